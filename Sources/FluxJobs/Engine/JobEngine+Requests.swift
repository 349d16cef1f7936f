import FluxClient

extension JobEngine {
    /// Checks a request and starts its job. The handle comes back at once; local pictures are uploaded on the way, each
    /// content once.
    ///
    /// - Parameters:
    ///   - request: of one of the four main models.
    ///   - name: a label of yours, for file names.
    /// - Throws: `.invalid` before anything is sent or paid.
    public func start(_ request: some ModelRequest, name: String? = nil) throws(FluxError) -> Job {
        try request.check(against: client.catalogue)
        var plain = JobRequest(request)
        plain.name = name
        return start(plain)
    }

    /// Waits for a job and saves its pictures under the names that a pattern gives, such as `out/{model}-{seed}.{ext}`
    /// (see ``PictureSaver``). Whole files or none, and never over a file with other content unless told so.
    ///
    /// - Returns: the path of each.
    /// - Throws: why the job has no pictures; `.invalid` for a wrong pattern; `.io`.
    public func save(_ job: Job, to pattern: String, overwrite: Bool = false) async throws(FluxError) -> [String] {
        let pattern = try FilePattern(parsing: pattern)
        _ = try await job.pictures
        return try await saver.saved(PictureSaver.Item.all(of: job), pattern: pattern, overwrite: overwrite)
            .map(\.path)
    }

    /// The pictures of a request, on disk and checked. If the waiting task is cancelled the job goes on.
    public func pictures(of request: some ModelRequest) async throws(FluxError) -> [Picture] {
        try await start(request).pictures
    }
}

extension JobRequest {
    /// A typed request, unchecked.
    public init<Request: ModelRequest>(_ request: Request) {
        self.init(
            call: Request.call, model: Request.model, prompt: request.prompt, parameters: request.parameters,
            images: request.images.mapValues { $0.map { ImageSource($0) } })
        seed = parameters.removeValue(forKey: "seed")?.integerValue
    }
}

extension ImageSource {
    /// That of a typed request.
    public init(_ input: ImageInput) {
        switch input {
        case .url(let url): self = .url(url)
        case .file(let path): self = .file(path)
        }
    }
}
