import FluxClient

/// The files of pictures, for rooms that look into them.
public enum PictureFile {
    /// All bytes of a file, or as many of its first as `limit` says.
    /// - Throws: `FluxError` of kind `io`.
    public static func contents(of path: String, limit: Int = .max) throws(FluxError) -> [UInt8] {
        try Files.contents(of: path, limit: limit)
    }
}

extension PictureFile {
    /// SHA-256 of a file's bytes: 64 hexadecimal digits.
    public static func hash(of bytes: [UInt8]) -> String {
        var hash = ContentHash()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.digits()
    }

    /// In words, why a file could not be opened.
    /// - Parameters:
    ///   - path: of the file.
    ///   - code: of `errno`.
    public static func problem(opening path: String, code: Int32) -> String {
        Files.failure("read", path, code: code).message
    }

    /// Bytes of a file; nil when there is none.
    public static func size(of path: String) -> Int? {
        guard case .file(let identity)? = try? Files.entry(at: path) else { return nil }
        return identity.byteCount
    }
}
