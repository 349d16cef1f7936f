import CSQLite
import SQL

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension SQLError {
    /// - Parameters:
    ///   - code: SQLite's extended result code.
    ///   - reason: the system's number of what went wrong below SQLite.
    init(code: Int32, message: String, reason: Int32 = 0) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .locked
            case SQLITE_FULL: .full
            case SQLITE_READONLY, SQLITE_PERM: .readOnly
            case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
            case SQLITE_CANTOPEN, SQLITE_AUTH: .cannotOpen
            case SQLITE_IOERR: .disk
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_NOMEM: .outOfMemory
            default: .other
            }
        // SQLite itself knows a full disk where it writes rows, but not where it makes files or shares memory.
        let isFull = (kind == .cannotOpen || kind == .disk) && (reason == ENOSPC || reason == EDQUOT)
        self.init(isFull ? .full : kind, message)
    }

    /// What has just gone wrong on a connection.
    init(code: Int32, on connection: OpaquePointer) {
        self.init(
            code: code, message: String(cString: sqlite3_errmsg(connection)), reason: sqlite3_system_errno(connection))
    }
}
