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
    /// Whether a request says in words what is wanted.
    public let prompt: PromptUse
    /// Every parameter that the service accepts for this model, documented ones first.
    public let parameters: [Parameter]

    public init(
        id: String, title: String, call: SubmitCall, parametersKey: String, averageDuration: Duration?, credits: Int?,
        prompt: PromptUse = .required, parameters: [Parameter]
    ) {
        self.id = id
        self.title = title
        self.call = call
        self.parametersKey = parametersKey
        self.averageDuration = averageDuration
        self.credits = credits
        self.prompt = prompt
        self.parameters = parameters
    }
}

/// Whether a model takes a prompt (contract §10).
public enum PromptUse: Sendable, Hashable {
    case required, optional, none
}

/// The submit calls (contract §1, §10), by the names of their functions in Lua.
public enum SubmitCall: String, Sendable, Hashable, CaseIterable {
    case generate
    case edit
    case upscale
    case removeBackground = "remove_background"

    /// Path below the base URL.
    public var path: String {
        switch self {
        case .generate, .edit, .upscale: "/v2/images/\(rawValue)"
        case .removeBackground: "/v2/images/background-remove"
        }
    }

    /// The model of a request that names none (lua-api §1).
    public var usualModel: String {
        switch self {
        case .generate: "flux-2-pro"
        case .edit: "flux-fill-pro"
        case .upscale: "topaz-image-upscale"
        case .removeBackground: "bria-bg-remove"
        }
    }
}
