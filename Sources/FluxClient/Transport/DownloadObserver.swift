#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Sees a file's bytes while they come in, so that nobody has to read the file again.
///
/// It is called on the transport's threads, one call at a time, and must be quick.
public protocol DownloadObserver: AnyObject, Sendable {
    /// The file begins, perhaps anew: what was seen before does not count.
    func began()

    /// The next bytes of the file.
    func received(_ piece: UnsafeRawBufferPointer)
}

extension DownloadObserver {
    /// Sees a file that is there already.
    func observe(_ path: String) throws(FluxError) {
        began()
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw Self.unreadable(path) }
            if count == 0 { return }
            piece.withUnsafeBytes { received(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func unreadable(_ path: String) -> FluxError {
        FluxError(.io, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
}
