/// A Lua value as Swift sees it. Tables are copies; objects and functions are references.
public enum LuaValue: Sendable, Hashable {
    case `nil`
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    /// A string that is valid UTF-8.
    case string(String)
    /// A string that is not.
    case bytes([UInt8])
    case table(LuaTable)
    case object(LuaObjectReference)
    case function(LuaFunction)
    /// To Lua: a table that prints as one line. From Lua it comes back as a table.
    indirect case error(LuaError)
    /// To Lua only: the first result of a task that is done, as it is; nil of one that is not.
    case firstResult(of: LuaTask)
    /// A coroutine, or userdata that is not the host's.
    case other
}

/// A table's content: the items 1…n, and every other pair.
public struct LuaTable: Sendable, Hashable {
    public var items: [LuaValue]
    public var pairs: [LuaValue: LuaValue]

    public init(items: [LuaValue] = [], pairs: [LuaValue: LuaValue] = [:]) {
        self.items = items
        self.pairs = pairs
    }

    /// The value under a name; absent is `nil` of Lua.
    public subscript(name: String) -> LuaValue {
        get { pairs[.string(name)] ?? .nil }
        set { pairs[.string(name)] = newValue == .nil ? nil : newValue }
    }
}

extension LuaValue {
    public init(_ text: String?) { self = text.map(LuaValue.string) ?? .nil }
    public init(_ whole: Int?) { self = whole.map { .integer(Int64($0)) } ?? .nil }
    public init(_ whole: Int64?) { self = whole.map(LuaValue.integer) ?? .nil }
    public init(_ number: Double?) { self = number.map(LuaValue.number) ?? .nil }

    public static func object(_ object: some LuaObject) -> LuaValue { .object(LuaObjectReference(object)) }

    public static func list(_ items: [LuaValue]) -> LuaValue { .table(LuaTable(items: items)) }

    public static func fields(_ fields: [String: LuaValue]) -> LuaValue {
        var table = LuaTable()
        for (name, value) in fields { table[name] = value }
        return .table(table)
    }

    /// A string of any bytes.
    public init(bytes: [UInt8]) {
        self = String(validating: bytes, as: UTF8.self).map(LuaValue.string) ?? .bytes(bytes)
    }

    public var isNil: Bool { self == .nil }

    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// A string's text, bytes that are not UTF-8 replaced; empty for other values.
    var lossyText: String {
        switch self {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: ""
        }
    }

    public var table: LuaTable? { if case .table(let table) = self { table } else { nil } }

    public func object<Object: LuaObject>(_ type: Object.Type = Object.self) -> Object? {
        if case .object(let reference) = self { reference.object as? Object } else { nil }
    }

    /// Whole numbers, also those that Lua holds as floats (`3.0`).
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Lua's word for the value's type.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string, .bytes: "string"
        case .table, .error: "table"
        case .function: "function"
        case .object, .other: "userdata"
        case .firstResult: "value"
        }
    }
}

extension LuaValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
