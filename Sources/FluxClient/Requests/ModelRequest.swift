/// A request of one model, typed: ``Flux2Pro``, ``Flux11Pro``, ``Flux11ProUltra``, ``FluxFillPro``. What cannot be asked
/// cannot be written; ranges are checked against the catalogue before anything is sent.
public protocol ModelRequest: Sendable, Hashable {
    /// The service's name of the model, such as `flux-2-pro`.
    static var model: String { get }
    /// The submit call that takes the model.
    static var call: SubmitCall { get }

    /// 1–2,000 characters.
    var prompt: String { get }
    /// The model's parameters that are set, under the service's names, without pictures.
    var parameters: [String: JSONValue] { get }
    /// Its pictures, under the service's names; one picture or a list as the catalogue says.
    var images: [String: [ImageInput]] { get }
}

/// A picture to send along.
public enum ImageInput: Sendable, Hashable {
    /// A URL that the service can read.
    case url(String)
    /// A local PNG, JPEG, WebP or GIF of at most 25 MB; uploaded before the request is sent (contract §7).
    case file(String)

    /// The URL, or the path that stands for it until the file is uploaded.
    var text: String {
        switch self {
        case .url(let text), .file(let text): text
        }
    }
}

extension ModelRequest {
    /// The untyped request.
    ///
    /// - Parameters:
    ///   - urls: the URLs of its pictures, under the service's names. Where there is none, a path stands for the picture,
    ///     which is enough to check a request, not to send it.
    ///   - catalogue: tells which parameters take a list of pictures.
    public func imageRequest(urls: [String: [String]] = [:], catalogue: Catalogue = .flux) -> ImageRequest {
        var parameters = parameters
        for (name, inputs) in images {
            let texts = (urls[name] ?? inputs.map(\.text)).map(JSONValue.string)
            if case .images = catalogue[Self.model]?[parameter: name]?.kind {
                parameters[name] = .array(texts)
            } else {
                parameters[name] = texts.first
            }
        }
        return ImageRequest(call: Self.call, model: Self.model, prompt: prompt, parameters: parameters)
    }

    /// Finds what is wrong before anything is sent or paid.
    ///
    /// - Throws: `.invalid`, with the first problem as its message and all of them by parameter as its `details`.
    public func check(against catalogue: Catalogue = .flux) throws(FluxError) {
        let problems = catalogue.validate(imageRequest(catalogue: catalogue)).problems
        guard let first = problems.first else { return }
        throw FluxError(
            .invalid, "\(Self.model): \(first.message)",
            details: Dictionary(grouping: problems, by: \.field).mapValues { $0.map(\.message) })
    }
}

extension FluxClient {
    /// Checks a request, uploads its local pictures, and submits it.
    ///
    /// - Parameters:
    ///   - request: of one of the four main models.
    ///   - idempotencyKey: at most 255 characters. The same key within 24 hours gives the same job, so that a call whose
    ///     answer was lost can be made again without a second charge; its pictures must then be URLs, because a file
    ///     that is uploaded again has another one (contract §6).
    public func submit(
        _ request: some ModelRequest, idempotencyKey: String
    ) async throws(FluxError) -> JobAccepted {
        try request.check(against: catalogue)
        var urls: [String: [String]] = [:]
        for (name, inputs) in request.images.sorted(by: { $0.key < $1.key }) {
            for input in inputs {
                switch input {
                case .url(let url): urls[name, default: []].append(url)
                case .file(let path): urls[name, default: []].append(try await upload(file: path).url)
                }
            }
        }
        return try await submit(request.imageRequest(urls: urls, catalogue: catalogue), idempotencyKey: idempotencyKey)
    }
}
