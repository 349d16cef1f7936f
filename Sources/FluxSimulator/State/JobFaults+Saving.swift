import FluxClient

/// What faults have in store for a job, as a state file has it. Why it fails is told by the job itself.
extension JobFaults {
    var saved: JSONValue {
        var members: [String: JSONValue] = [:]
        if lateness > .zero { members["late"] = .integer(Int64(lateness / .milliseconds(1))) }
        if let shape { members["result"] = .string(shape.rawValue) }
        if !webhooks.isEmpty { members["webhooks"] = .array(webhooks.map { .string($0.rawValue) }) }
        if !inherited.isEmpty { members["rules"] = .array(inherited.map { .string($0.description) }) }
        return .object(members)
    }

    init(saved: String) {
        self.init()
        guard let members = try? JSONValue(parsing: Array(saved.utf8)) else { return }
        lateness = .milliseconds(members["late"]?.integerValue ?? 0)
        shape = members["result"]?.stringValue.flatMap(Fault.ResultShape.init)
        webhooks = Set(Self.words(members["webhooks"]).compactMap(Fault.WebhookFault.init))
        inherited = Self.words(members["rules"]).compactMap { try? Fault(parsing: $0) }
    }

    private static func words(_ value: JSONValue?) -> [String] { (value?.arrayValue ?? []).compactMap(\.stringValue) }
}
