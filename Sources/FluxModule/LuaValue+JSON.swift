import FluxClient
import LuaRuntime

extension LuaValue {
    /// The value as a parameter of a request; nil for what JSON cannot say. Whole floats become whole numbers.
    var json: JSONValue? {
        switch self {
        case .boolean(let flag): return .bool(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number):
            if let whole = Int64(exactly: number) { return .integer(whole) }
            return number.isFinite ? .number(number) : nil
        case .string(let text): return .string(text)
        case .table(let table):
            if table.pairs.isEmpty {
                let items = table.items.compactMap(\.json)
                return items.count == table.items.count ? .array(items) : nil
            }
            guard table.items.isEmpty else { return nil }
            var object: [String: JSONValue] = [:]
            for (key, value) in table.pairs {
                guard let name = key.string, let value = value.json else { return nil }
                object[name] = value
            }
            return .object(object)
        default: return nil
        }
    }

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .nil
        case .bool(let flag): self = .boolean(flag)
        case .integer(let whole): self = .integer(whole)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .list(items.map { LuaValue($0) })
        case .object(let object): self = .fields(object.mapValues { LuaValue($0) })
        }
    }

    /// The value as it is shown in a message.
    package var shown: String {
        if let json, json.arrayValue == nil, json.objectValue == nil {
            return String(decoding: json.encoded(), as: UTF8.self)
        }
        return typeName
    }
}
