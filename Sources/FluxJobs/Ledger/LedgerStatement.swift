import FluxClient
import SQL

/// A change to a ledger that may be made again, and later: from memory, or from the journal of a ledger whose server was
/// away.
struct LedgerStatement: Sendable, Hashable {
    var sql: String
    var values: [SQLValue]
    /// Of the request that it changes, where others want to know of it.
    var key: String?

    init(_ sql: String, _ values: [SQLValue], changes key: String? = nil) {
        self.sql = sql
        self.values = values
        self.key = key
    }
}

extension LedgerStatement {
    /// One line of the journal.
    var json: JSONValue {
        var members: [String: JSONValue] = ["sql": .string(sql), "values": .array(values.map(Self.json))]
        if let key { members["key"] = .string(key) }
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let sql = json["sql"]?.stringValue, let values = json["values"]?.arrayValue else { return nil }
        self.init(sql, values.map(Self.value), changes: json["key"]?.stringValue)
    }

    private static func json(_ value: SQLValue) -> JSONValue {
        switch value {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .real(let real): .number(real)
        case .text(let text): .string(text)
        case .blob(let bytes): .array(bytes.map { .integer(Int64($0)) })
        }
    }

    private static func value(_ json: JSONValue) -> SQLValue {
        switch json {
        case .null: .null
        case .bool(let bool): SQLValue(bool)
        case .integer(let integer): .integer(integer)
        case .number(let number): .real(number)
        case .string(let text): .text(text)
        case .array(let elements): .blob(elements.compactMap { $0.integerValue.map { UInt8(truncatingIfNeeded: $0) } })
        case .object: .null
        }
    }
}
