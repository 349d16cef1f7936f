import CDisk
import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The few calls of POSIX that this room needs. Each failure is a `FluxError` of kind `io` that names path and reason.
enum Files {
    /// The error of the call that has just failed, such as `cannot write out/a.png: permission denied`.
    static func failure(_ action: String, _ path: String, code: Int32 = errno) -> FluxError {
        if code == ENAMETOOLONG { return tooLong(path) }
        let reason = String(cString: strerror(code))
        return FluxError(.io, "cannot \(action) \(path): \(reason.prefix(1).lowercased())\(reason.dropFirst())")
    }

    /// A name, or a whole path, that no file can have.
    static func tooLong(_ path: String) -> FluxError {
        let most = 255
        guard let name = path.split(separator: "/").first(where: { $0.utf8.count > most }) else {
            let shown = path.count > 60 ? "\(path.prefix(60))…" : path
            return FluxError(.io, "a path of \(path.utf8.count) bytes is longer than any file's: \(shown)")
        }
        return FluxError(
            .io,
            "a name of \(name.utf8.count) bytes is too long for a file or folder (\(most) is the most): \(name.prefix(60))…"
        )
    }

    /// What tells whether a file is still the one that was read before, without reading it again.
    struct Identity: Sendable, Hashable {
        var device: UInt64
        var node: UInt64
        var byteCount: Int
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
        var changedSeconds: Int
        var changedNanoseconds: Int

        /// Whether the file was last written at least a tenth of a second before a moment: file systems tell times in
        /// steps of up to some hundredths.
        func isOlder(than moment: (seconds: Int, nanoseconds: Int)) -> Bool {
            let ages = [
                (moment.seconds - modifiedSeconds, moment.nanoseconds - modifiedNanoseconds),
                (moment.seconds - changedSeconds, moment.nanoseconds - changedNanoseconds),
            ]
            return ages.allSatisfy { $0.0 > 3600 || $0.0 * 1_000_000_000 + $0.1 > 100_000_000 }
        }

        /// Whether it is the same file with the same content, although its name may have changed.
        func isRenamed(_ other: Identity) -> Bool {
            var renamed = other
            (renamed.changedSeconds, renamed.changedNanoseconds) = (changedSeconds, changedNanoseconds)
            return self == renamed
        }
    }

    /// The time of the clock that file systems use.
    static var now: (seconds: Int, nanoseconds: Int) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (time.tv_sec, time.tv_nsec)
    }

    /// What stands at a path.
    enum Entry: Sendable, Hashable {
        case nothing
        case file(Identity)
        case folder
        /// A pipe, a device, a link that leads nowhere.
        case other
    }

    static func entry(at path: String) throws(FluxError) -> Entry {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                guard lstat(path, &status) == 0 else { return .nothing }
                // A link that leads nowhere takes the name, although `stat` does not see it. Anything else has come between
                // the two looks.
                return status.st_mode & S_IFMT == S_IFLNK ? .other : entry(status)
            }
            throw failure("read", path)
        }
        return entry(status)
    }

    /// Opens a regular file for reading; anything else is an error rather than a wait for a pipe's other end.
    static func openForReading(_ path: String) throws(FluxError) -> (descriptor: Int32, identity: Identity) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("read", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = failure("read", path)
            close(descriptor)
            throw error
        }
        switch entry(status) {
        case .file(let identity):
            return (descriptor, identity)
        case .folder:
            close(descriptor)
            throw FluxError(.io, "cannot read \(path): it is a folder")
        case .nothing, .other:
            close(descriptor)
            throw FluxError(.io, "cannot read \(path): it is not a file")
        }
    }

    /// Hands a file's bytes to `body` piece by piece, at most `limit` of them, and tells which file it was.
    @discardableResult
    static func stream(
        _ path: String, limit: Int = .max, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(FluxError) -> Identity {
        let (descriptor, identity) = try openForReading(path)
        defer { close(descriptor) }
        var left = limit
        var piece = [UInt8](repeating: 0, count: min(limit, max(1, min(identity.byteCount, 1 << 16))))
        while left > 0 {
            let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, min(left, $0.count)) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("read", path)
            }
            if count == 0 { break }
            left -= count
            piece.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return identity
    }

    static func contents(of path: String, limit: Int = .max) throws(FluxError) -> [UInt8] {
        var bytes: [UInt8] = []
        try stream(path, limit: limit) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Makes a folder and those above it. One that is there already is no error.
    static func makeFolder(_ path: String) throws(FluxError) {
        if path.isEmpty { return }
        // Looked at first: it mostly is there, and making one holds up whoever uses the folder around it.
        if try entry(at: path) == .folder { return }
        if mkdir(path, 0o777) == 0 { return }
        var code = errno
        if code == ENOENT, let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")), cut != path.startIndex {
            try makeFolder(String(path[..<cut]))
            if mkdir(path, 0o777) == 0 { return }
            code = errno
        }
        switch try entry(at: path) {
        case .folder: return
        case .nothing: throw failure("make the folder", path, code: code)
        case .file, .other: throw FluxError(.io, "cannot make the folder \(path): a file of that name is in the way")
        }
    }

    /// Makes an empty file that only its owner can read, and a folder for it that only they can enter. A file that is
    /// there already is no error.
    static func makePrivateFile(_ path: String) throws(FluxError) {
        if let cut = path.utf8.lastIndex(of: UInt8(ascii: "/")), cut != path.startIndex {
            let folder = String(path[..<cut])
            if let cut = folder.utf8.lastIndex(of: UInt8(ascii: "/")) { try makeFolder(String(folder[..<cut])) }
            if mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure("make the folder", folder) }
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        close(descriptor)
    }

    /// A file is used now: those that were not for the longest time go first when room is needed.
    static func touch(_ path: String) {
        utimes(path, nil)
    }

    /// Blocks the calling thread for a moment.
    static func pause(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }

    /// Writes a new file, down to the disk; leaves none behind when that fails. `shown` is the name told in errors.
    /// - Returns: which file it is, if its times would tell that somebody has written to it since.
    @discardableResult
    static func writeNew(_ content: FileContent, to path: String, shownAs shown: String) throws(FluxError) -> Identity?
    {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("write", shown) }
        var problem: FluxError?
        var identity: Identity?
        do throws(FluxError) {
            try content.write(to: descriptor, shownAs: shown)
            try startWriting(descriptor, shown)
            identity = stamp(descriptor)
        } catch {
            problem = error
        }
        if close(descriptor) != 0, problem == nil { problem = failure("write", shown) }
        if let problem {
            unlink(path)
            throw problem
        }
        return identity
    }

    /// Gives a file this very moment for its time, to the nanosecond: what is written to it later, even at once, gets the time
    /// of one of the system's ticks.
    /// - Returns: nil where the file system keeps coarser times.
    private static func stamp(_ descriptor: Int32) -> Identity? {
        let now = now
        let time = timespec(tv_sec: now.seconds, tv_nsec: now.nanoseconds)
        var status = stat()
        guard futimens(descriptor, [time, time]) == 0, fstat(descriptor, &status) == 0,
            case .file(let identity) = entry(status),
            (identity.modifiedSeconds, identity.modifiedNanoseconds) == now
        else { return nil }
        return identity
    }

    /// Gives a file the name `path`, which nobody may have: two processes cannot both get it.
    /// - Returns: false when the name is taken; the file then keeps its own.
    static func claim(_ path: String, for file: String) throws(FluxError) -> Bool {
        if fluxlua_rename_to_free(file, path) == 0 { return true }
        if errno == EEXIST { return false }
        guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else { throw failure("write", path) }
        if link(file, path) == 0 {
            remove(file)
            return true
        }
        if errno == EEXIST { return false }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { throw failure("write", path) }
        // A file system without hard links, such as FAT: an empty file keeps the name while the real one takes it.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw failure("write", path)
        }
        close(descriptor)
        do {
            try replace(path, with: file)
            return true
        } catch {
            remove(path)
            throw error
        }
    }

    /// Who may do what with a file or folder, as `chmod` has it.
    static func permissions(of path: String) throws(FluxError) -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("read", path) }
        return status.st_mode & 0o7777
    }

    /// What the file system does not let us change stays.
    static func setPermissions(of path: String, to mode: mode_t) {
        chmod(path, mode)
    }

    /// Puts a file in the place of whatever has the name `path`, in one step.
    static func replace(_ path: String, with file: String) throws(FluxError) {
        guard rename(file, path) == 0 else { throw failure("write", path) }
    }

    /// Removes a file that nobody will miss.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// Starts to bring a file's bytes to the disk. Where the system can, it does not wait for the disk, which may take
    /// longer than fetching the picture did; the file then gets its name on disk after its bytes, or neither.
    static func startWriting(_ descriptor: Int32, _ path: String) throws(FluxError) {
        let status = fluxlua_start_writing(descriptor)
        // Some file systems cannot; they are no worse off than without.
        if status != 0, errno == ENOSPC || errno == EIO || errno == EDQUOT { throw failure("write", path) }
    }

    /// The same of a file that stands, so that a power cut costs less than where the system writes when it likes, which may
    /// be half a minute later. What cannot be started the system does itself, later.
    static func startWriting(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = fluxlua_start_writing(descriptor)
    }

    private static func entry(_ status: stat) -> Entry {
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            return .folder
        case S_IFREG:
            #if canImport(Darwin)
                let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
            #else
                let (modified, changed) = (status.st_mtim, status.st_ctim)
            #endif
            return .file(
                Identity(
                    device: UInt64(truncatingIfNeeded: status.st_dev), node: UInt64(status.st_ino),
                    byteCount: Int(status.st_size), modifiedSeconds: modified.tv_sec,
                    modifiedNanoseconds: modified.tv_nsec, changedSeconds: changed.tv_sec,
                    changedNanoseconds: changed.tv_nsec))
        default:
            return .other
        }
    }
}
