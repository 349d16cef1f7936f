/// A Swift object that scripts can hold. One object is one Lua value for as long as a script has it, so it can be
/// compared and used as a table's key.
public protocol LuaObject: AnyObject, Sendable, LuaEncodable, LuaDecodable {}

/// An object, compared by identity.
public struct LuaObjectReference: Sendable, Hashable {
    public let object: any LuaObject

    public init(_ object: any LuaObject) { self.object = object }

    public static func == (left: Self, right: Self) -> Bool { left.object === right.object }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(object)) }
}

/// What scripts can do with objects of one Swift type.
public struct LuaObjectType<Object: LuaObject>: Sendable {
    /// What `type` errors and `tostring` call it.
    public let name: String
    var field: (@Sendable (Object, String) throws(LuaError) -> LuaValue)?
    var methods: [String: LuaHostFunction] = [:]
    var named: [String: LuaField<Object>] = [:]
    var text: (@Sendable (Object) -> String)?
    var onCall: LuaHostFunction?
    var onClose: LuaHostFunction?

    public init(_ name: String) { self.name = name }

    /// Reading of a field that was not named one by one; throws for one that does not exist.
    public mutating func fields(_ read: @escaping @Sendable (Object, String) throws(LuaError) -> LuaValue) {
        field = read
    }

    /// A method: its first argument is the object.
    public mutating func method(_ name: String, _ body: @escaping LuaHostFunction) { methods[name] = body }

    /// What `tostring` gives.
    public mutating func text(_ describe: @escaping @Sendable (Object) -> String) { text = describe }

    /// Called when the object itself is called.
    public mutating func call(_ body: @escaping LuaHostFunction) { onCall = body }

    /// Called at the end of the scope of a `local x <close>`.
    public mutating func close(_ body: @escaping LuaHostFunction) { onClose = body }
}
