import FluxClient

/// Where a picture comes from, before it is a URL.
public enum ImageSource: Sendable {
    /// A URL that the service can read; sent as it is.
    case url(String)
    /// A local file, with the content that it has when it is asked; uploaded once for each content (contract §7).
    case file(String)
    /// A picture of a job, counted from 1. The job is awaited if need be.
    case picture(Job, index: Int)
}

/// What is asked of the engine: a request whose pictures may still be files or jobs.
public struct JobRequest: Sendable {
    public var call: SubmitCall
    /// A model's `id`.
    public var model: String
    public var prompt: String
    /// The model's parameters under the service's names, without pictures and without `seed`.
    public var parameters: [String: JSONValue]
    /// Parameter → its pictures. Sent as a list where the catalogue says so, or where there are several.
    public var images: [String: [ImageSource]]
    /// Nil sends none. One that was drawn may be replaced, when the request is started, by the one that an earlier start of
    /// the same run had drawn.
    public var seed: Int64?
    /// `seed` is not the author's. A request without a seed of the author's is answered from what was made before only
    /// when its run is taken up.
    public var seedIsDrawn = false
    /// Asks for new pictures, whatever was made before.
    public var isFresh = false
    /// The author's label.
    public var name: String?
    public var webhookURL: String?
    /// Any of `progress`, `completed`, `failed`.
    public var webhookEvents: [String]
    /// Where it was asked, such as `sweep.lua:7`.
    public var origin: String?
    /// Of a model that the catalogue does not know: see `ImageRequest.parametersKey`.
    public var parametersKey: String?
    /// Asked when the jobs are settled that its pictures come from, and before anything is uploaded or sent: what it throws
    /// is why the job fails. It may block on the disk.
    public var inspection: (@Sendable () throws(FluxError) -> Void)?
    /// Who asks: requests of different lanes take turns when they wait to be submitted.
    public var lane = 0
    /// What it belongs to, such as a sweep.
    public var group: RequestGroup?

    public init(
        call: SubmitCall, model: String, prompt: String, parameters: [String: JSONValue] = [:],
        images: [String: [ImageSource]] = [:], seed: Int64? = nil, name: String? = nil, webhookURL: String? = nil,
        webhookEvents: [String] = [], origin: String? = nil, parametersKey: String? = nil
    ) {
        self.call = call
        self.model = model
        self.prompt = prompt
        self.parameters = parameters
        self.images = images
        self.seed = seed
        self.name = name
        self.webhookURL = webhookURL
        self.webhookEvents = webhookEvents
        self.origin = origin
        self.parametersKey = parametersKey
    }
}

extension JobRequest {
    var seedSource: SeedSource { seed == nil ? .none : seedIsDrawn ? .drawn : .given }

    /// The jobs whose pictures this one needs, each once.
    var sourceJobs: [Job] {
        var jobs: [Int: Job] = [:]
        for case .picture(let job, _) in images.values.joined() { jobs[job.number] = job }
        return jobs.values.sorted { $0.number < $1.number }
    }

    /// What is sent, once each source has its URL.
    func imageRequest(urls: [String: [String]], catalogue: Catalogue = .flux) -> ImageRequest {
        var parameters = parameters
        if let seed { parameters["seed"] = .integer(seed) }
        for (name, urls) in urls {
            var isList = urls.count != 1
            if case .images = catalogue[model]?[parameter: name]?.kind { isList = true }
            parameters[name] = isList ? .array(urls.map(JSONValue.string)) : .string(urls[0])
        }
        return ImageRequest(
            call: call, model: model, prompt: prompt, parameters: parameters, webhookURL: webhookURL,
            webhookEvents: webhookEvents, parametersKey: parametersKey)
    }
}
