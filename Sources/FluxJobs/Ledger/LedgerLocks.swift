import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Tells which runs are alive: each holds a lock on the byte of its number in a file beside the ledger. The system takes
/// the lock away with the process, however that ends.
///
/// The file itself holds two numbers, which only grow: of the last run and of the last request that the ledger has had. A
/// ledger with less has lost some, and does not know it: it was removed, or an old copy is in its place, or its last
/// transactions could not be read any more.
final class LedgerLocks: RunPresence {
    private let descriptor: Int32

    /// - Parameter path: made if it is not there.
    init(path: String) throws(FluxError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
    }

    deinit { close(descriptor) }

    /// The last run and the last request; zero where nothing is known.
    struct Mark {
        var run: Int64 = 0
        var request: Int64 = 0
    }

    var mark: Mark {
        var mark = Mark()
        let size = MemoryLayout<Mark>.size
        return pread(descriptor, &mark, size, 0) == size ? mark : Mark()
    }

    /// It is no more than a help: where it cannot be written, the ledger works without.
    func set(_ mark: Mark) {
        var mark = mark
        _ = pwrite(descriptor, &mark, MemoryLayout<Mark>.size, 0)
    }

    /// To be called when these are on disk. Another process may do the same at this moment: then the mark stays a little
    /// behind.
    func raise(run: Int64, request: Int64 = 0) {
        let mark = mark
        guard mark.run < run || mark.request < request else { return }
        set(Mark(run: max(mark.run, run), request: max(mark.request, request)))
    }

    /// - Returns: false when another holds it.
    func hold(_ run: Int64) -> Bool {
        var lock = Self.lock(on: run)
        return withUnsafeMutablePointer(to: &lock) { fcntl(descriptor, Self.set, $0) } == 0
    }

    // Its locks go when it is closed, with the last who refers to it.
    func abandon() {}

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

    // Runs on one machine ask the service by themselves, and know nothing of each other but the locks.
    func listen(_ body: @escaping @Sendable (LedgerEvent) -> Void) {}

    func tellPause(until: Int64) {}

    func raise(request: Int64) { raise(run: 0, request: request) }

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
