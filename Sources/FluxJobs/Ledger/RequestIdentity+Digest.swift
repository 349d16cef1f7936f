import FluxClient

extension RequestIdentity {
    /// SHA-256 over a form that does not depend on how the request was written down: 64 hexadecimal digits.
    public var digest: String {
        var members: [String: JSONValue] = [
            "form": 1, "account": .string(account), "call": .string(call.rawValue), "model": .string(model),
            "prompt": .string(prompt), "parameters": JSONValue.object(parameters).normalised,
            "inputs": .object(inputs.mapValues { .array($0.map { .string($0) }) }),
            "occurrence": .integer(Int64(occurrence)),
        ]
        if let parametersKey { members["parameters key"] = .string(parametersKey) }
        if let seed { members["seed"] = .integer(seed) }
        if seedSource != .given { members["lineage"] = .integer(lineage) }
        return ContentHash.of(JSONValue.object(members).encoded())
    }

    /// Whether another's pictures are those that this one asks for, wherever its seed came from: who writes down the seed
    /// of a picture that was made without one asks for that picture.
    func isAnswered(by drawn: RequestIdentity) -> Bool {
        drawn.account == account && drawn.call == call && drawn.model == model && drawn.prompt == prompt
            && drawn.seed == seed && drawn.inputs == inputs && parametersKey == nil
            && JSONValue.object(drawn.parameters).normalised == JSONValue.object(parameters).normalised
    }

    /// The `Idempotency-Key` of one of its attempts (contract §6). It follows from the request alone: a ledger that was
    /// lost does not make the service take a request twice within the day that it remembers keys.
    public static func key(digest: String, attempt: Int) -> String {
        "flx1-" + ContentHash.of("\(digest) \(attempt)")
    }
}

extension JSONValue {
    /// With whole numbers written as such: 3.0 and 3 ask for the same.
    var normalised: JSONValue {
        switch self {
        case .number: integerValue.map(JSONValue.integer) ?? self
        case .array(let elements): .array(elements.map(\.normalised))
        case .object(let members): .object(members.mapValues(\.normalised))
        default: self
        }
    }
}
