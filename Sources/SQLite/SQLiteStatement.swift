import CSQLite
import SQL

/// A prepared statement of a connection, which keeps it, ends it, and outlives it in no case.
final class SQLiteStatement {
    private let connection: OpaquePointer
    private let handle: OpaquePointer
    private let columns: [String]

    init(_ sql: String, on connection: OpaquePointer) throws(SQLError) {
        self.connection = connection
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw code == SQLITE_OK
                ? SQLError(code: SQLITE_MISUSE, message: "an empty statement")
                : SQLError(code: code, on: connection)
        }
        self.handle = handle
        columns = (0..<sqlite3_column_count(handle)).map { String(cString: sqlite3_column_name(handle, $0)) }
    }

    func finish() {
        sqlite3_finalize(handle)
    }

    /// Ready to run again, with no values. What went wrong in its last run was told by `step`.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func bind(_ values: [SQLValue]) throws(SQLError) {
        let expected = sqlite3_bind_parameter_count(handle)
        guard values.count == expected else {
            throw SQLError(code: SQLITE_MISUSE, message: "\(expected) values expected, \(values.count) given")
        }
        for (index, value) in zip(Int32(1)..., values) {
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, index)
                case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
                case .real(let real): sqlite3_bind_double(handle, index, real)
                case .text(var text):
                    // Without a copy of the text, which a C string would be.
                    text.withUTF8 { bytes in
                        bytes.isEmpty
                            ? csqlite_bind_text(handle, index, "", 0)
                            : bytes.withMemoryRebound(to: CChar.self) {
                                csqlite_bind_text(handle, index, $0.baseAddress, UInt64($0.count))
                            }
                    }
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(handle, index, 0)
                        : csqlite_bind_blob(handle, index, bytes, UInt64(bytes.count))
                }
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    /// The next row; nil at the end.
    func step() throws(SQLError) -> SQLRow? {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW:
            return SQLRow(columns: columns, values: (0..<Int32(columns.count)).map(value))
        case SQLITE_DONE:
            return nil
        default:
            throw error(code)
        }
    }

    private func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER:
            return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT:
            return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            // The text first: SQLite may convert it, and the count is that of the result.
            let text = sqlite3_column_text(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let bytes = sqlite3_column_blob(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default:
            return .null
        }
    }

    private func error(_ code: Int32) -> SQLError {
        SQLError(code: code, on: connection)
    }
}
