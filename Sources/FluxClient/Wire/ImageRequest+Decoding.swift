extension ImageRequest {
    /// Reads the body of a submit call, such as a job's `input`, in either dialect (contract §9); nil when it names no
    /// model. The counterpart of `encoded(in:catalogue:)`: what that wrote is read back as it was.
    public init?(body: JSONValue, catalogue: Catalogue = .flux) {
        guard let members = body.objectValue, let model = members["model"]?.stringValue else { return nil }
        let known = catalogue[model]
        let ownKey = members.keys.sorted().first { members[$0]?.objectValue != nil }
        let key = ownKey ?? known?.parametersKey
        var parameters = key.flatMap { members[$0]?.objectValue } ?? [:]
        let inner = members["prompt"] == nil ? parameters.removeValue(forKey: "prompt")?.stringValue : nil
        self.init(
            // An edit may carry its prompt among its parameters, which no generate does.
            call: known?.call ?? (inner == nil ? .generate : .edit), model: model,
            prompt: members["prompt"]?.stringValue ?? inner ?? "", parameters: parameters,
            webhookURL: members["webhookUrl"]?.stringValue ?? members["webhook_url"]?.stringValue,
            webhookEvents: members["webhookEvents"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            parametersKey: ownKey == known?.parametersKey ? nil : ownKey)
    }
}
