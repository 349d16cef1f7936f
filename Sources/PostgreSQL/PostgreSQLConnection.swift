import CPostgreSQL
import SQL

/// One connection to a PostgreSQL server, with its prepared statements kept.
///
/// It belongs to one thread at a time, and is not `Sendable`. Passwords, TLS and all else are libpq's: what the address
/// does not say comes from the `PG…` variables, `~/.pgpass` and the service file.
public final class PostgreSQLConnection {
    private let handle: OpaquePointer
    /// The name of each prepared statement; the types of its values belong to it.
    private var statements: [String: String] = [:]
    private let patience: Int32
    /// Rows that the last statement changed.
    public private(set) var changes = 0

    /// Connects. Blocks.
    /// - Parameters:
    ///   - url: `postgresql://user@host:port/database?…`, or libpq's `key=value` words.
    ///   - patience: milliseconds to wait for an answer before the server counts as gone.
    /// - Throws: `unavailable` where a server may be there later, `cannotOpen` where it refuses us, or there is no libpq.
    public init(url: String, patience: Int32 = 30_000) throws(SQLError) {
        guard cpq_load() else {
            throw SQLError(.cannotOpen, "the library libpq is missing (Debian's package libpq5)")
        }
        guard let handle = cpq_connect(url, String(max(2, patience / 3000))) else {
            throw SQLError(.outOfMemory, "no memory for a connection")
        }
        guard cpq_is_connected(handle) else {
            let message = Self.text(cpq_error_message(handle))
            cpq_finish(handle)
            throw SQLError(Self.isForGood(message) ? .cannotOpen : .unavailable, message)
        }
        self.handle = handle
        self.patience = patience
    }

    deinit { cpq_finish(handle) }

    /// What waiting does not mend, of a connection that was not made: libpq tells it in words only.
    private static func isForGood(_ message: String) -> Bool {
        let lasting = [
            "authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry",
            "permission denied", "invalid", "missing", "could not translate host name", "certificate",
        ]
        return lasting.contains { message.contains($0) }
    }

    /// Runs statements that take no values and whose rows do not matter.
    public func execute(_ statements: String) throws(SQLError) {
        let result = try checked(cpq_execute(handle, statements, patience))
        cpq_clear(result)
    }

    /// Runs one statement.
    /// - Parameter values: for its `?`, in order; those of `?1`, `?2` by their numbers.
    /// - Returns: its rows.
    @discardableResult
    public func run(_ sql: String, _ values: [SQLValue] = []) throws(SQLError) -> [SQLRow] {
        let name = try prepared(sql, values)
        var texts: [[CChar]?] = []
        var formats: [Int32] = []
        var lengths: [Int32] = []
        for value in values {
            switch value {
            case .blob(let bytes):
                texts.append(bytes.map { CChar(bitPattern: $0) })
                lengths.append(Int32(bytes.count))
                formats.append(1)
            default:
                texts.append(Self.wireText(value).map { Array($0.utf8CString) })
                lengths.append(0)
                formats.append(0)
            }
        }
        let result = Self.withPointers(texts) { pointers in
            cpq_execute_prepared(handle, name, Int32(values.count), pointers, lengths, formats, patience)
        }
        let checked = try checked(result)
        defer { cpq_clear(checked) }
        changes = Int(cpq_changes(checked))
        return Self.rows(checked)
    }

    /// All of `body`, or nothing of it when it throws.
    public func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        try execute("BEGIN")
        let result: Result
        do throws(SQLError) {
            result = try body()
        } catch {
            rollBack()
            throw error
        }
        do throws(SQLError) {
            try execute("COMMIT")
        } catch {
            rollBack()
            throw error
        }
        return result
    }

    /// A connection that is broken has rolled back by itself.
    private func rollBack() {
        guard isConnected, cpq_is_in_transaction(handle) else { return }
        if let result = cpq_execute(handle, "ROLLBACK", patience) { cpq_clear(result) }
    }

    public var isConnected: Bool { cpq_is_connected(handle) }

    // MARK: Notifications

    /// To wait for with `poll`: it can be read when something has come.
    public var descriptor: Int32 { cpq_socket(handle) }

    /// What was told with `NOTIFY` on channels that this connection listens to.
    /// - Throws: `unavailable` when the connection is broken.
    public func notifications() throws(SQLError) -> [(channel: String, payload: String)] {
        guard cpq_consume(handle) else { throw SQLError(.unavailable, Self.text(cpq_error_message(handle))) }
        var notifications: [(channel: String, payload: String)] = []
        while let next = cpq_next_notification(handle) {
            notifications.append((String(cString: next.pointee.channel), String(cString: next.pointee.payload)))
            cpq_free(next)
        }
        return notifications
    }

    // MARK: Helpers

    private func prepared(_ sql: String, _ values: [SQLValue]) throws(SQLError) -> String {
        let types = values.map(Self.type)
        let key = "\(types) \(sql)"
        if let name = statements[key] { return name }
        let name = "s\(statements.count)"
        let numbered = PostgreSQLText.numberingPlaceholders(of: sql)
        let result = cpq_prepare(handle, name, numbered, Int32(types.count), types, patience)
        cpq_clear(try checked(result))
        statements[key] = name
        return name
    }

    private static func type(_ value: SQLValue) -> UInt32 {
        switch value {
        // Whatever fits there.
        case .null: 0
        case .integer: UInt32(CPQ_BIGINT)
        case .real: UInt32(CPQ_FLOAT8)
        case .text: UInt32(CPQ_TEXT)
        case .blob: UInt32(CPQ_BYTEA)
        }
    }

    private static func wireText(_ value: SQLValue) -> String? {
        switch value {
        case .null, .blob: nil
        case .integer(let integer): String(integer)
        case .real(let real): String(real)
        // A text cannot hold NUL there.
        case .text(let text): text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
        }
    }

    private static func withPointers<Result>(
        _ texts: [[CChar]?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        let lengths = texts.map { $0?.count ?? 0 }
        let all = texts.flatMap { $0 ?? [] }
        return all.withUnsafeBufferPointer { buffer in
            var offset = 0
            var pointers: [UnsafePointer<CChar>?] = []
            for (text, length) in zip(texts, lengths) {
                // An empty blob still is one.
                pointers.append(text == nil ? nil : (buffer.baseAddress.map { $0 + offset } ?? Self.nothing))
                offset += length
            }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }

    private nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
        let place = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        place.initialize(to: 0)
        return UnsafePointer(place)
    }()

    private static func rows(_ result: OpaquePointer) -> [SQLRow] {
        let columns = (0..<cpq_column_count(result)).map { String(cString: cpq_column_name(result, $0)) }
        let types = (0..<cpq_column_count(result)).map { cpq_column_type(result, $0) }
        return (0..<cpq_row_count(result)).map { row in
            let values = types.indices.map { column in
                value(result, row: row, column: Int32(column), type: types[column])
            }
            return SQLRow(columns: columns, values: values)
        }
    }

    private static func value(_ result: OpaquePointer, row: Int32, column: Int32, type: UInt32) -> SQLValue {
        guard !cpq_is_null(result, row, column), let start = cpq_value(result, row, column) else { return .null }
        let count = Int(cpq_length(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        switch Int(type) {
        case CPQ_BYTEA: return .blob(PostgreSQLText.bytes(ofHex: bytes))
        case CPQ_BIGINT, CPQ_INTEGER, CPQ_SMALLINT,
            CPQ_NUMERIC:
            let text = String(decoding: bytes, as: UTF8.self)
            // Sums of integers come as numbers of any size.
            return Int64(text).map(SQLValue.integer) ?? Double(text).map(SQLValue.real) ?? .text(text)
        case CPQ_FLOAT8:
            let text = String(decoding: bytes, as: UTF8.self)
            return Double(text).map(SQLValue.real) ?? .text(text)
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func checked(_ result: OpaquePointer?) throws(SQLError) -> OpaquePointer {
        guard let result else {
            let message = Self.text(cpq_error_message(handle))
            throw SQLError(.unavailable, message.isEmpty ? "the server does not answer" : message)
        }
        guard !cpq_is_success(result) else { return result }
        defer { cpq_clear(result) }
        let message = Self.text(cpq_result_message(result))
        let state = cpq_sqlstate(result).map { String(cString: $0) } ?? ""
        throw SQLError(isConnected ? SQLError.Kind(sqlstate: state) : .unavailable, message)
    }

    /// The first line has what went wrong; the others guess why.
    private static func text(_ text: UnsafePointer<CChar>?) -> String {
        var line = text.map { String(cString: $0) }?.prefix { $0 != "\n" } ?? ""
        for severity in ["ERROR:", "FATAL:", "PANIC:"] {
            guard let found = line.firstRange(of: severity) else { continue }
            let end = line[found.upperBound...].firstIndex { $0 != " " } ?? line.endIndex
            line.removeSubrange(found.lowerBound..<end)
        }
        return String(line)
    }
}

extension SQLError.Kind {
    /// - Parameter sqlstate: PostgreSQL's error code, of five characters (appendix A of its manual).
    init(sqlstate: String) {
        switch sqlstate {
        case "53100": self = .full
        case "53200": self = .outOfMemory
        case "25006": self = .readOnly
        case "40001", "40P01": self = .conflict
        case "55P03": self = .locked
        case "42501", "3F000", "28000", "28P01", "3D000": self = .cannotOpen
        case _ where sqlstate.hasPrefix("23"): self = .constraint
        // No connection; no more of them; shut down, crashed or starting.
        case _ where sqlstate.hasPrefix("08") || sqlstate.hasPrefix("53") || sqlstate.hasPrefix("57P"):
            self = .unavailable
        case _ where sqlstate.hasPrefix("XX00"): self = .damaged
        case _ where sqlstate.hasPrefix("58"): self = .disk
        default: self = .other
        }
    }
}
