import FluxClient
import LuaRuntime

/// What Lua has no value for: JSON's null, and an object without members, which an empty table could not tell from an
/// empty list.
final class JSONConstant: LuaObject {
    static let null = JSONConstant("null", .null)
    static let emptyObject = JSONConstant("{}", .object([:]))

    let text: String
    let json: JSONValue

    private init(_ text: String, _ json: JSONValue) {
        self.text = text
        self.json = json
    }
}

/// `flux.json.encode`, `flux.json.decode`, `flux.json.null`, `flux.json.empty_object`.
extension FluxModule {
    func defineJSON(in lua: LuaRuntime) async throws(LuaError) {
        var constant = LuaObjectType<JSONConstant>("json constant")
        constant.fields { constant, field throws(LuaError) in
            throw LuaError(kind: "invalid", "JSON's \(constant.text) has no field '\(field)'")
        }
        constant.text { $0.text }
        try await lua.define(constant)
        try await lua.register("flux.json.encode") { call throws(LuaError) in
            try Self.encode(call)
        }
        try await lua.register("flux.json.decode") { call throws(LuaError) in
            try Self.decode(try call[1])
        }
        try await lua.setGlobal("flux.json.null", to: .object(JSONConstant.null))
        try await lua.setGlobal("flux.json.empty_object", to: .object(JSONConstant.emptyObject))
    }

    private static func encode(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let value: LuaValue
        do throws(LuaError) {
            value = try call[1]
        } catch {
            throw LuaError(kind: "invalid", "flux.json.encode: \(error.message)")
        }
        return .value(.string(try value.jsonValue(named: "the value", in: "flux.json.encode").encodedString))
    }

    private static func decode(_ value: LuaValue) throws(LuaError) -> LuaOutcome {
        let bytes: [UInt8]
        switch value {
        case .string(let text): bytes = Array(text.utf8)
        case .bytes(let raw): bytes = raw
        default:
            throw LuaError(kind: "invalid", "flux.json.decode: expected JSON text, got \(value.typeName)")
        }
        do throws(JSONValue.ParsingError) {
            return .value(LuaValue(decoding: try JSONValue(parsing: bytes)))
        } catch {
            let before = bytes.prefix(error.offset)
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
            throw LuaError(
                kind: "invalid", "flux.json.decode: \(error.message) at line \(line), column \(column) of the text")
        }
    }
}

extension LuaValue {
    /// The value as JSON; raises with the path of what JSON cannot say.
    ///
    /// A table with only the items 1…n is a list, and so is an empty one; a table with only names is an object. Whole
    /// numbers stay whole, floats stay floats.
    /// - Parameters:
    ///   - path: what messages call the value, such as `params.size`.
    ///   - function: what messages begin with.
    func jsonValue(named path: String, in function: String) throws(LuaError) -> JSONValue {
        func wrong(_ what: String) -> LuaError { LuaError(kind: "invalid", "\(function): \(path) \(what)") }
        switch self {
        case .boolean(let flag): return .bool(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number):
            guard number.isFinite else { throw wrong("is \(LuaValue.text(of: number)), which JSON has no number for") }
            return .number(number)
        case .string(let text): return .string(text)
        case .bytes: throw wrong("is not UTF-8 text")
        case .object(let reference):
            if let constant = reference.object as? JSONConstant { return constant.json }
            throw wrong("is \(reference.object is JobObject ? "a job" : "an object"), not a value that JSON has")
        case .table(let table):
            return try table.jsonValue(named: path, in: function)
        case .nil: throw wrong("is nil; flux.json.null stands for JSON's null")
        default: throw wrong("is a \(typeName), not a value that JSON has")
        }
    }

    private static func text(of number: Double) -> String {
        number.isNaN ? "not a number" : number < 0 ? "minus infinity" : "infinity"
    }

    /// As scripts get it: null is `flux.json.null`, so that it can be told from what is absent, and keeps its place in a
    /// list.
    init(decoding json: JSONValue) {
        switch json {
        case .null: self = .object(JSONConstant.null)
        case .array(let items): self = .list(items.map { LuaValue(decoding: $0) })
        case .object(let members): self = .fields(members.mapValues { LuaValue(decoding: $0) })
        default: self = LuaValue(json)
        }
    }
}

extension LuaTable {
    fileprivate func jsonValue(named path: String, in function: String) throws(LuaError) -> JSONValue {
        func wrong(_ what: String) -> LuaError { LuaError(kind: "invalid", "\(function): \(path) \(what)") }
        func inner(_ part: String) -> String { path == "the value" ? part : path + part }
        if pairs.isEmpty {
            var array: [JSONValue] = []
            array.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                array.append(try item.jsonValue(named: inner("[\(index + 1)]"), in: function))
            }
            return .array(array)
        }
        if let key = pairs.keys.first(where: { $0.string == nil }) {
            if case .bytes = key { throw wrong("has a name that is not UTF-8 text") }
            guard key.integer == nil else { throw wrong("is a list with gaps, or has numbers for names") }
            throw wrong("has a \(key.typeName) for a name")
        }
        guard items.isEmpty else { throw wrong("has both items and names: JSON has lists and objects") }
        var object: [String: JSONValue] = [:]
        for (key, value) in pairs.sorted(by: { ($0.key.string ?? "") < ($1.key.string ?? "") }) {
            guard let name = key.string else { continue }
            object[name] = try value.jsonValue(named: path == "the value" ? name : "\(path).\(name)", in: function)
        }
        return .object(object)
    }
}
