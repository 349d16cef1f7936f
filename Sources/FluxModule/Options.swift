import FluxClient
import LuaRuntime

/// The table of options that a function takes last, such as `{ timeout = 30 }`.
struct Options {
    private let function: String
    private let table: LuaTable

    /// - Parameters:
    ///   - known: the names that the function knows.
    ///   - example: one of them with a value, for the message.
    init(_ value: LuaValue, of function: String, known: [String], example: String) throws(LuaError) {
        self.function = function
        guard !value.isNil else {
            table = LuaTable()
            return
        }
        guard let table = value.table, table.items.isEmpty else {
            throw LuaError(
                kind: "invalid",
                "\(function): options must be a table such as { \(example) } (got \(value.shown))")
        }
        self.table = table
        for key in table.pairs.keys where !known.contains(key.string ?? "") {
            let name = key.string ?? key.shown
            let question = Suggestion.question(for: name, in: known)
            throw LuaError(kind: "invalid", "\(function): unknown option '\(name)'\(question)")
        }
    }

    func value(_ name: String) -> LuaValue? { table[name].isNil ? nil : table[name] }

    func text(_ name: String) throws(LuaError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw LuaError(kind: "invalid", "\(function): '\(name)' must be a string (got \(value.shown))")
        }
        return text
    }

    func count(_ name: String, _ range: ClosedRange<Int64>) throws(LuaError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let count = value.integer, range.contains(count) else {
            let bounds = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw LuaError(kind: "invalid", "\(function): '\(name)' must be \(bounds) (got \(value.shown))")
        }
        return Int(count)
    }

    func flag(_ name: String) throws(LuaError) -> Bool {
        switch table[name] {
        case .nil: return false
        case .boolean(let flag): return flag
        case let other:
            throw LuaError(kind: "invalid", "\(function): '\(name)' must be true or false (got \(other.shown))")
        }
    }

    /// Seconds; `otherwise` when the option is absent, nil when it is `false` or endless: none at all.
    func seconds(_ name: String, otherwise: Double?) throws(LuaError) -> Double? {
        if table[name].isNil { return otherwise }
        if table[name] == false || table[name].number == .infinity { return nil }
        return try Seconds.checked(table[name], "\(function): '\(name)'")
    }
}

/// Times in a script.
enum Seconds {
    /// About thirty years: longer than any wait, and far from what a clock cannot count.
    static let longest = 1e9

    /// - Parameter what: what the message begins with.
    static func checked(_ value: LuaValue, _ what: String) throws(LuaError) -> Double {
        guard let seconds = value.number, (0...longest).contains(seconds) else {
            throw LuaError(kind: "invalid", "\(what) must be seconds, 0 or more (got \(value.shown))")
        }
        return seconds
    }
}
