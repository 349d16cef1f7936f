/// What a function can return to Lua: one value, or several (``LuaResults``).
public protocol LuaReturnable: SendableMetatype {
    var luaResults: [LuaValue] { get }
}

/// What becomes one value of Lua.
public protocol LuaEncodable: LuaReturnable {
    var luaValue: LuaValue { get }
}

extension LuaEncodable {
    public var luaResults: [LuaValue] { [luaValue] }
}

/// Several results of a function, also of different types, or none.
public struct LuaResults: LuaReturnable, Sendable {
    public let luaResults: [LuaValue]

    public init<each Value: LuaEncodable>(_ values: repeat each Value) {
        luaResults = LuaArguments.encoded(repeat each values)
    }
}

/// What can be made from one value of Lua.
public protocol LuaDecodable: SendableMetatype {
    /// As in "number expected, got string".
    static var luaTypeName: String { get }

    /// Nil for a value of another kind. Nothing is guessed: a string is no number, a float with a fraction no `Int`.
    static func decoded(from value: LuaValue) -> Self?
}

extension LuaValue: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { self }
    public static var luaTypeName: String { "value" }
    public static func decoded(from value: LuaValue) -> LuaValue? { value }

    /// The value as another type.
    /// - Throws: kind `invalid`, "number expected, got string".
    public func decoded<Value: LuaDecodable>(as type: Value.Type = Value.self) throws(LuaError) -> Value {
        guard let value = Value.decoded(from: self) else {
            throw LuaError(kind: "invalid", "\(Value.luaTypeName) expected, got \(typeName)")
        }
        return value
    }
}

extension Bool: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .boolean(self) }
    public static var luaTypeName: String { "boolean" }

    public static func decoded(from value: LuaValue) -> Bool? {
        if case .boolean(let flag) = value { flag } else { nil }
    }
}

extension Int: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .integer(Int64(self)) }
    public static var luaTypeName: String { "whole number" }
    public static func decoded(from value: LuaValue) -> Int? { value.integer.flatMap { Int(exactly: $0) } }
}

extension Int64: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .integer(self) }
    public static var luaTypeName: String { "whole number" }
    public static func decoded(from value: LuaValue) -> Int64? { value.integer }
}

extension Double: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .number(self) }
    public static var luaTypeName: String { "number" }
    public static func decoded(from value: LuaValue) -> Double? { value.number }
}

/// Strings that are not valid UTF-8 are read as ``LuaValue``.
extension String: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .string(self) }
    public static var luaTypeName: String { "string" }
    public static func decoded(from value: LuaValue) -> String? { value.string }
}

extension Optional: LuaReturnable, LuaEncodable where Wrapped: LuaEncodable {
    public var luaValue: LuaValue { self?.luaValue ?? .nil }
}

/// Nil, or an argument that is absent.
extension Optional: LuaDecodable where Wrapped: LuaDecodable {
    public static var luaTypeName: String { "\(Wrapped.luaTypeName) or nil" }

    public static func decoded(from value: LuaValue) -> Wrapped?? {
        if value.isNil { return .some(nil) }
        return Wrapped.decoded(from: value).map { .some($0) }
    }
}

extension Array: LuaReturnable, LuaEncodable where Element: LuaEncodable {
    public var luaValue: LuaValue { .list(map(\.luaValue)) }
}

/// A table with nothing but items 1…n.
extension Array: LuaDecodable where Element: LuaDecodable {
    public static var luaTypeName: String { "list of \(Element.luaTypeName)s" }

    public static func decoded(from value: LuaValue) -> [Element]? {
        guard let table = value.table, table.pairs.isEmpty else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(table.items.count)
        for item in table.items {
            guard let element = Element.decoded(from: item) else { return nil }
            elements.append(element)
        }
        return elements
    }
}

extension Dictionary: LuaReturnable, LuaEncodable where Key == String, Value: LuaEncodable {
    public var luaValue: LuaValue { .fields(mapValues(\.luaValue)) }
}

/// A table with nothing but fields.
extension Dictionary: LuaDecodable where Key == String, Value: LuaDecodable {
    public static var luaTypeName: String { "table of \(Value.luaTypeName)s" }

    public static func decoded(from value: LuaValue) -> [String: Value]? {
        guard let table = value.table, table.items.isEmpty else { return nil }
        var fields: [String: Value] = [:]
        for (key, field) in table.pairs {
            guard let name = key.string, let decoded = Value.decoded(from: field) else { return nil }
            fields[name] = decoded
        }
        return fields
    }
}

extension LuaTable: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .table(self) }
    public static var luaTypeName: String { "table" }
    public static func decoded(from value: LuaValue) -> LuaTable? { value.table }

    /// The value under a name, as a Swift type.
    /// - Throws: kind `invalid`, "field 'width': number expected, got string".
    public func value<Value: LuaDecodable>(_ name: String, as type: Value.Type = Value.self) throws(LuaError) -> Value {
        do throws(LuaError) {
            return try self[name].decoded(as: type)
        } catch {
            throw LuaError(kind: "invalid", "field '\(name)': \(error.message)")
        }
    }
}

extension LuaFunction: LuaEncodable, LuaDecodable {
    public var luaValue: LuaValue { .function(self) }
    public static var luaTypeName: String { "function" }

    public static func decoded(from value: LuaValue) -> Self? {
        if case .function(let function) = value { function as? Self } else { nil }
    }
}

extension LuaError: LuaEncodable {}

extension LuaObject {
    public var luaValue: LuaValue { .object(LuaObjectReference(self)) }
    public static var luaTypeName: String { String(describing: Self.self) }
    public static func decoded(from value: LuaValue) -> Self? { value.object(Self.self) }
}
