/// A submit call exactly as it goes over the wire. The body is what is stored and sent again (contract §6).
public struct EncodedRequest: Sendable, Hashable {
    /// Below the base URL.
    public var path: String
    public var body: [UInt8]
    public var dialect: Dialect

    public init(path: String, body: [UInt8], dialect: Dialect) {
        self.path = path
        self.body = body
        self.dialect = dialect
    }
}

/// How the webhook's fields and an edit's prompt are spelled (contract §9).
public enum Dialect: String, Sendable, Hashable, CaseIterable {
    /// The interface description's: `webhookUrl` and `webhookEvents`; the prompt of an edit inside `fluxFillParams`.
    case description
    /// The product pages': `webhook_url`; the prompt of an edit at top level.
    case productPages

    public var other: Dialect { self == .description ? .productPages : .description }
}

extension ImageRequest {
    /// The one place that knows the wire's spelling of a request. The same request gives the same bytes.
    ///
    /// The product pages know no field for the events of a webhook, and unknown keys are refused, so that dialect leaves
    /// them out: the webhook then gets every event. A request that brings its own parameters key, or whose model needs none,
    /// may have no prompt; beside a picture to enlarge it is among the parameters (contract §10).
    public func encoded(in dialect: Dialect, catalogue: Catalogue = .flux) -> EncodedRequest {
        var members: [String: JSONValue] = ["model": .string(model)]
        var parameters = parameters
        let needsPrompt = parametersKey == nil && catalogue[model].map { $0.prompt == .required } ?? true
        if needsPrompt || !prompt.isEmpty {
            switch call {
            case .edit where dialect == .description, .upscale, .removeBackground:
                parameters["prompt"] = .string(prompt)
            case .generate, .edit:
                members["prompt"] = .string(prompt)
            }
        }
        if !parameters.isEmpty || parametersKey != nil { members[parametersKey(in: catalogue)] = .object(parameters) }
        if let webhookURL {
            members[dialect == .description ? "webhookUrl" : "webhook_url"] = .string(webhookURL)
        }
        if dialect == .description, !webhookEvents.isEmpty {
            members["webhookEvents"] = .array(webhookEvents.map { .string($0) })
        }
        return EncodedRequest(path: call.path, body: JSONValue.object(members).encoded(), dialect: dialect)
    }

    private func parametersKey(in catalogue: Catalogue) -> String {
        parametersKey ?? catalogue[model]?.parametersKey ?? catalogue[call.usualModel]?.parametersKey ?? "fluxParams"
    }
}
