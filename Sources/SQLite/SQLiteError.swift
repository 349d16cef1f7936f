import CSQLite

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What SQLite refused, and why.
public struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// Another connection holds it, longer than the connection's patience.
        case locked
        /// The disk, or the file's size limit, is full.
        case full
        case readOnly
        /// No database, or a broken one.
        case damaged
        /// The file cannot be opened, or made.
        case cannotOpen
        /// Reading or writing the disk failed.
        case disk
        /// A rule of the schema refused a row.
        case constraint
        case outOfMemory
        /// Anything else: mostly a mistake in a statement.
        case other
    }

    public var kind: Kind
    /// SQLite's extended result code.
    public var code: Int32
    /// SQLite's own words.
    public var message: String

    /// - Parameter reason: the system's number of what went wrong below SQLite.
    init(code: Int32, message: String, reason: Int32 = 0) {
        self.code = code
        self.message = message
        kind =
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
        if kind == .cannotOpen || kind == .disk, reason == ENOSPC || reason == EDQUOT { kind = .full }
    }

    /// What has just gone wrong on a connection.
    init(code: Int32, on connection: OpaquePointer) {
        self.init(
            code: code, message: String(cString: sqlite3_errmsg(connection)), reason: sqlite3_system_errno(connection))
    }

    /// What SQLite itself does not see: its pages are whole, but what they hold cannot be right.
    public init(damage message: String) {
        self.init(code: SQLITE_CORRUPT, message: message)
    }

    public var description: String { message }
}
