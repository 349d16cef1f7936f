/// What is asked of the service, free of how a dialect spells it (contract §2, §9).
public struct ImageRequest: Sendable, Hashable {
    public var call: SubmitCall
    /// A model's `id`.
    public var model: String
    public var prompt: String
    /// The model's parameters under the service's names, flat, without `prompt`. Pictures are URLs by now.
    public var parameters: [String: JSONValue]
    public var webhookURL: String?
    /// Any of `progress`, `completed`, `failed`.
    public var webhookEvents: [String]
    /// Of a model that the catalogue does not know: the key of its own object in the request. Its parameters then go out
    /// unchecked, and the service has the word on them. Nil: what the catalogue says.
    public var parametersKey: String?

    public init(
        call: SubmitCall, model: String, prompt: String, parameters: [String: JSONValue] = [:],
        webhookURL: String? = nil, webhookEvents: [String] = [], parametersKey: String? = nil
    ) {
        self.call = call
        self.model = model
        self.prompt = prompt
        self.parameters = parameters
        self.webhookURL = webhookURL
        self.webhookEvents = webhookEvents
        self.parametersKey = parametersKey
    }
}
