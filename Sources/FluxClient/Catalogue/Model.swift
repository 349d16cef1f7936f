/// One of the service's Flux models: what it is called, how it is asked, what it accepts (contract §3).
public struct Model: Sendable, Identifiable {
    /// The service's name, such as `flux-2-pro`.
    public let id: String
    /// The name on its product page, such as `Flux 2 Pro`.
    public let title: String
    /// The submit call that takes it.
    public let call: SubmitCall
    /// The key of the model's own object in a request, such as `fluxParams`.
    public let parametersKey: String
    /// What the service states as usual; schedules the first look at a job, never a limit. Nil where it states none.
    public let averageDuration: Duration?
    /// Credits of one picture where the service documents them.
    public let credits: Int?
    /// Every parameter that the service accepts for this model, documented ones first.
    public let parameters: [Parameter]

    public init(
        id: String, title: String, call: SubmitCall, parametersKey: String, averageDuration: Duration?, credits: Int?,
        parameters: [Parameter]
    ) {
        self.id = id
        self.title = title
        self.call = call
        self.parametersKey = parametersKey
        self.averageDuration = averageDuration
        self.credits = credits
        self.parameters = parameters
    }
}

/// The two submit calls (contract §1).
public enum SubmitCall: String, Sendable, Hashable {
    case generate
    case edit

    /// Path below the base URL.
    public var path: String { "/v2/images/\(rawValue)" }
}
