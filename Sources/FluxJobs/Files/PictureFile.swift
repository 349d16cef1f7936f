import FluxClient

/// The files of pictures, for rooms that look into them.
public enum PictureFile {
    /// All bytes of a file.
    /// - Throws: `FluxError` of kind `io`.
    public static func contents(of path: String) throws(FluxError) -> [UInt8] {
        try Files.contents(of: path)
    }
}
