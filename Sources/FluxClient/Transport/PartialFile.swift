#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// A file in the making beside the path where it is to stand: it gets there whole or not at all.
struct PartialFile: Sendable {
    let descriptor: Int32
    private let partialPath: String

    /// - Parameter isInPlace: it is made at `path` itself, which must be free.
    /// - Throws: `.io` when it cannot be made.
    init(for path: String, isInPlace: Bool) throws(FluxError) {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        partialPath = isInPlace ? path : folder + TemporaryName.new("part", random: .random(in: 0 ... .max))
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    func write(_ content: [UInt8]) throws(FluxError) {
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Self.failure(partialPath)
            }
        }
    }

    /// Puts the file at its path, replacing what stands there.
    func keep(as path: String) throws(FluxError) {
        // Some file systems report only here that the disk was full.
        guard close(descriptor) == 0, partialPath == path || rename(partialPath, path) == 0 else {
            let failure = Self.failure(path)
            unlink(partialPath)
            throw failure
        }
    }

    func discard() {
        close(descriptor)
        unlink(partialPath)
    }

    private static func failure(_ path: String) -> FluxError {
        FluxError(.io, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}

/// `write`, which has the name of a method above.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}
