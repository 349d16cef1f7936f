/// What Lua raises, and what a host function throws to raise.
public struct LuaError: Error, Sendable, Hashable {
    /// A short word that scripts can branch on (`err.kind`).
    public var kind: String
    /// One line, without the place.
    public var message: String
    /// Further fields of the error as scripts see it (`err.hint`, …).
    public var fields: [String: LuaValue]
    /// The value itself, where a script raised something of its own.
    public var value: LuaValue?
    /// The author's frames, innermost first, headed `stack traceback:`; empty where none is known.
    public var traceback: String

    public init(
        kind: String = "error", _ message: String, fields: [String: LuaValue] = [:], value: LuaValue? = nil,
        traceback: String = ""
    ) {
        self.kind = kind
        self.message = message
        self.fields = fields
        self.value = value
        self.traceback = traceback
    }

    static let interrupted = LuaError(kind: "cancelled", "interrupted!")
    static let outOfMemory = LuaError(kind: "memory", "not enough memory")

    /// The traceback's lines without its head.
    var frames: String {
        traceback.firstIndex(of: "\n").map { String(traceback[$0...]) } ?? ""
    }

    /// What one runtime made means nothing to another.
    static func check(_ mailbox: LuaMailbox, belongsTo state: LuaState, _ what: String) throws(LuaError) {
        guard mailbox === state.mailbox else {
            throw LuaError(kind: "invalid", "this \(what) belongs to another Lua runtime")
        }
    }
}

extension LuaError: CustomStringConvertible {
    public var description: String { message }
}

extension LuaError {
    /// The error as scripts see it: what was raised, or a table with `kind`, `message` and the further fields.
    public var luaValue: LuaValue { value ?? .error(self) }

    var table: LuaTable {
        var table = LuaTable()
        table["kind"] = .string(kind)
        table["message"] = .string(message)
        for (name, value) in fields { table[name] = value }
        return table
    }
}
