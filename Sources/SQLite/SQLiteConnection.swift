import CSQLite
import SQL

/// One connection to one SQLite file, with its prepared statements kept.
///
/// It belongs to one actor or one thread at a time, and is not `Sendable`: SQLite's own locks are off.
public final class SQLiteConnection {
    public enum Mode: Sendable {
        /// Makes the file if there is none.
        case create
        case readWrite
        case readOnly
        /// Of a file that nobody changes meanwhile: nothing is locked, and no file is made beside it.
        case immutable
    }

    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]

    /// - Parameters:
    ///   - patience: milliseconds to wait for a lock of another connection, before `locked` is thrown.
    public init(path: String, mode: Mode, patience: Int32 = 5000) throws(SQLError) {
        var handle: OpaquePointer?
        let flags =
            switch mode {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        let name = mode == .immutable ? "file:\(Self.escaped(path))?immutable=1" : path
        let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            let error =
                handle.map { SQLError(code: code, on: $0) }
                ?? SQLError(code: code, message: String(cString: sqlite3_errstr(code)))
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, patience)
    }

    /// A path as it stands in a URI.
    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }

    deinit {
        for statement in statements.values { statement.finish() }
        sqlite3_close_v2(handle)
    }

    /// Runs statements that take no values and whose rows do not matter.
    public func execute(_ statements: String) throws(SQLError) {
        let code = sqlite3_exec(handle, statements, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs one statement to its end.
    /// - Parameter values: for its `?`, in order.
    /// - Returns: its rows.
    @discardableResult
    public func run(_ sql: String, _ values: [SQLValue] = []) throws(SQLError) -> [SQLRow] {
        var rows: [SQLRow] = []
        try forEach(sql, values) { rows.append($0) }
        return rows
    }

    /// Runs one statement and gives its rows one by one; `body` must not use the connection.
    public func forEach(_ sql: String, _ values: [SQLValue] = [], _ body: (SQLRow) -> Void) throws(SQLError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while let row = try statement.step() { body(row) }
    }

    /// All of `body`, or nothing of it when it throws. A write transaction from its first moment, so that it is never
    /// refused half-way because another connection wrote meanwhile.
    public func transaction<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result, orElse failed: (SQLError) -> Failure
    ) throws(Failure) -> Result {
        do throws(SQLError) { try execute("BEGIN IMMEDIATE") } catch { throw failed(error) }
        let result: Result
        do throws(Failure) {
            result = try body()
        } catch {
            rollBack()
            throw error
        }
        do throws(SQLError) {
            try execute("COMMIT")
        } catch {
            rollBack()
            throw failed(error)
        }
        return result
    }

    public func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        try transaction(body, orElse: { $0 })
    }

    /// SQLite itself has rolled back after some errors, such as a full disk; then there is nothing left to do.
    private func rollBack() {
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// Rows that the last statement changed.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    private func prepared(_ sql: String) throws(SQLError) -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        let statement = try SQLiteStatement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    private func error(_ code: Int32) -> SQLError { SQLError(code: code, on: handle) }
}
