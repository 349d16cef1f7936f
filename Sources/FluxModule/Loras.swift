import FluxClient
import LuaRuntime

/// `flux.loras`: the trained styles of the account.
extension FluxModule {
    /// `flux.loras { include_archived = true }`: a list; `flux.loras(id)`: one.
    func loras(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "flux.loras"
        let value = try call[1]
        if let id = value.string {
            guard !id.isEmpty else { throw LuaError(kind: "invalid", "\(name): the id of a LoRA must not be empty") }
            let engine = try engine(for: name)
            return try later(call) { () throws(FluxError) in
                .value(try await engine.client.lora(id).luaValue)
            }
        }
        let options = try Options(value, of: name, known: ["include_archived"], example: "include_archived = true")
        let includesArchived = try options.flag("include_archived")
        let engine = try engine(for: name)
        return try later(call) { () throws(FluxError) in
            .value(.list(try await engine.client.loras(includingArchived: includesArchived).map(\.luaValue)))
        }
    }
}

extension Lora {
    /// Every field that the service tells, in the spelling of `flux`: `trigger_word`; times in seconds since 1970.
    fileprivate var luaValue: LuaValue {
        var fields: [String: LuaValue] = [:]
        for (key, value) in raw.objectValue ?? [:] where value != .null {
            let name = key.snakeCased
            let time = name.hasSuffix("_at") ? value.stringValue.flatMap(Timestamp.milliseconds(iso8601:)) : nil
            fields[name] = time.map { .number(Double($0) / 1000) } ?? LuaValue(value)
        }
        fields["id"] = .string(id)
        return .fields(fields)
    }
}

extension String {
    /// `triggerWord` → `trigger_word`.
    fileprivate var snakeCased: String {
        reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
