import FluxClient

/// What was asked for before, and what is asked of the service beside jobs.
extension JobEngine {
    /// Uploads a local picture and gives its URL. A content that was uploaded already is not sent again as long as its
    /// URL is good (contract §7).
    public func upload(_ path: String) async throws(FluxError) -> String {
        let file = try await Disk.run { [files] () throws(FluxError) in try files.file(at: path) }
        // No job's submission waits for this one's turn: the client itself tries again where there are too many requests.
        return try await core.uploads.url(of: file, lifetime: configuration.uploadLifetime, through: client)
    }

    /// Ends all jobs that the service was not asked for so far, as `.cancelled`, and those that are started later. The
    /// others go on.
    public func askNoMore() async { await core.askNoMore() }

    /// The job of that id, if this process knows it; from now on it is watched and fetched, if it was not before.
    public func knownJob(_ id: String) -> Job? {
        let job = registry.job(id)
        job?.wake()
        return job
    }

    /// The job of that id, also one of an earlier run or another program. From now on it is like a job that was started
    /// here: watched until it ends, its pictures fetched. The same id always gives the same handle.
    ///
    /// - Throws: `.invalid` with status 404 when the service knows no such job.
    public func job(_ id: String) async throws(FluxError) -> Job {
        if let known = knownJob(id) { return known }
        if let ledger, let remembered = try await rememberedJob(id, ledger) {
            remembered.wake()
            return remembered
        }
        let state = try await client.job(id)
        let (job, isNew) = registry.place(JobRequest(of: state, catalogue: client.catalogue), id: id)
        if isNew { await core.takeIn(job, state) } else { job.wake() }
        return job
    }

    /// The one job of the ledger whose id begins so.
    ///
    /// - Throws: `.invalid` when there is none, or more than one.
    public func job(beginning: String) async throws(FluxError) -> Job {
        let ids = try await ledger?.jobs(beginning: beginning) ?? []
        guard let id = ids.first else {
            throw FluxError(.invalid, "no job of this machine has an id that begins with '\(beginning)'")
        }
        guard ids.count == 1 else {
            throw FluxError(
                .invalid, "'\(beginning)' matches \(ids.count) jobs: \(ids.joined(separator: ", "))")
        }
        return try await job(id)
    }

    /// The jobs that were asked for, newest first: those of the ledger, which asks nobody; without a ledger those of the
    /// service's lists.
    ///
    /// Jobs that this engine does not know yet are told as they are at this moment and then left alone: they are watched,
    /// and their pictures fetched, once somebody waits for them. Lists leave out what was asked (contract §4), so the
    /// prompt and the parameters of those are empty; the ledger remembers them.
    public func jobs(matching filter: JobFilter = JobFilter()) async throws(FluxError) -> [Job] {
        let unsent = filter.status == nil ? unsentJobs(of: filter.model) : []
        if let ledger {
            let remembered = try await rememberedJobs(matching: filter, ledger)
            let new = unsent.filter { job in !remembered.contains { $0 === job } }
            return Array((new + remembered).prefix(max(0, filter.limit)))
        }
        var jobs = Array(unsent.prefix(max(0, filter.limit)))
        // The service has none of these.
        if filter.isUnsent { return jobs }
        var numbers = Set(jobs.map(\.number))
        var cursor: String?
        while jobs.count < filter.limit {
            let page = try await client.jobs(
                status: filter.status, model: filter.model, limit: min(100, filter.limit - jobs.count), cursor: cursor)
            for state in page.jobs where filter.admits(state) && jobs.count < filter.limit {
                let job = listed(state)
                // One that was sent meanwhile is here already.
                if numbers.insert(job.number).inserted { jobs.append(job) }
            }
            let isPast = filter.since.map { since in page.jobs.contains { ($0.createdAt ?? .max) < since } } ?? false
            guard page.hasMore, !isPast, let next = page.nextCursor, next != cursor else { break }
            cursor = next
        }
        return jobs
    }

    /// Started here, and no id from the service yet.
    private func unsentJobs(of model: String?) -> [Job] {
        registry.openJobs.reversed().filter { $0.snapshot.id == nil && (model ?? $0.request.model) == $0.request.model }
    }

    private func listed(_ state: JobState) -> Job {
        let (job, isNew) = registry.place(JobRequest(of: state, catalogue: client.catalogue), id: state.id)
        guard isNew else { return job }
        job.update { snapshot in
            snapshot.id = state.id
            snapshot.take(state)
            snapshot.elapsed = state.duration
        }
        switch state.status {
        case .failed: job.settle(FluxError(jobFailure: state.error))
        case .cancelled: job.settle(.cancelledAtService)
        case .completed where state.isExpired: job.settle(.picturesGone)
        default: job.sleep(until: Job.Wake { [core] job in Task { await core.takeIn(job, state) } })
        }
        return job
    }
}

extension JobRequest {
    /// What the job of an earlier run was made from, as far as the service tells.
    init(of state: JobState, catalogue: Catalogue) {
        guard let input = state.input, let request = ImageRequest(body: input, catalogue: catalogue) else {
            let call = catalogue[state.model]?.call ?? .generate
            self.init(call: call, model: state.model, prompt: "")
            return
        }
        self.init(request, catalogue: catalogue)
    }

    /// A request whose pictures are all URLs.
    public init(_ request: ImageRequest, catalogue: Catalogue = .flux) {
        self.init(
            call: request.call, model: request.model, prompt: request.prompt, parameters: request.parameters,
            webhookURL: request.webhookURL, webhookEvents: request.webhookEvents, parametersKey: request.parametersKey)
        if let seed = parameters["seed"]?.integerValue {
            self.seed = seed
            parameters["seed"] = nil
        }
        for parameter in catalogue[model]?.parameters ?? [] {
            guard let value = parameters[parameter.name] else { continue }
            let urls: [String]
            switch parameter.kind {
            case .image: urls = [value.stringValue].compactMap(\.self)
            case .images: urls = value.arrayValue?.compactMap(\.stringValue) ?? []
            default: continue
            }
            images[parameter.name] = urls.map { .url($0) }
            parameters[parameter.name] = nil
        }
    }
}
