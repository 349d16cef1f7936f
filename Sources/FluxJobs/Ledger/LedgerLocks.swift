import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Tells which runs are alive: each holds a lock on the byte of its number in a file beside the ledger. The system takes
/// the lock away with the process, however that ends.
final class LedgerLocks: Sendable {
    private let descriptor: Int32

    /// - Parameter path: made if it is not there. It stays empty.
    init(path: String) throws(FluxError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
    }

    deinit { close(descriptor) }

    /// - Returns: false when another holds it.
    func hold(_ run: Int64) -> Bool {
        var lock = Self.lock(on: run)
        return withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, Self.set, $0) } == 0
    }

    func release(_ run: Int64) {
        var lock = Self.lock(on: run)
        lock.l_type = Int16(F_UNLCK)
        _ = withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, Self.set, $0) }
    }

    /// Whether somebody else holds the lock of a run: it is still going on.
    func isHeld(_ run: Int64) -> Bool {
        var lock = Self.lock(on: run)
        let code = withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, Self.get, $0) }
        return code == 0 && lock.l_type != Int16(F_UNLCK)
    }

    private static func lock(on run: Int64) -> flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(run)
        lock.l_len = 1
        return lock
    }

    #if canImport(Darwin)
        private static let set = F_SETLK
        private static let get = F_GETLK
    #else
        // F_OFD_SETLK and F_OFD_GETLK of <fcntl.h>, which Swift does not see. Such a lock belongs to the open file, not to
        // the process: nothing else that the process closes takes it away.
        private static let set: Int32 = 37
        private static let get: Int32 = 36
    #endif
}
