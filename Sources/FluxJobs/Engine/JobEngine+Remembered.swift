import FluxClient

/// Jobs of earlier runs, as the ledger tells of them: with what was asked, and with the pictures that are on this machine.
extension JobEngine {
    /// The remembered job of that id; nil when the ledger knows none.
    func rememberedJob(_ id: String, _ ledger: Ledger) async throws(FluxError) -> Job? {
        var filter = RecordFilter()
        filter.account = ledger.run.account.name
        filter.job = id.lowercased()
        filter.limit = 1
        guard let record = try await ledger.requests(filter).first else { return nil }
        return await remembered([record], ledger).first
    }

    /// What this machine has asked for with this account, newest first.
    func rememberedJobs(matching wanted: JobFilter, _ ledger: Ledger) async throws(FluxError) -> [Job] {
        var filter = RecordFilter()
        filter.account = ledger.run.account.name
        filter.status = wanted.isUnsent ? RecordState.written.rawValue : wanted.status?.rawValue
        filter.model = wanted.model
        filter.since = wanted.since
        // The ledger counts cancelled jobs among the failed ones.
        filter.limit = wanted.status == .failed ? nil : wanted.limit
        let records = try await ledger.requests(filter).filter {
            wanted.isUnsent || wanted.status == nil || $0.statusWord == wanted.status?.rawValue
        }
        return await remembered(Array(records.prefix(max(0, wanted.limit))), ledger)
    }

    private func remembered(_ records: [RequestRecord], _ ledger: Ledger) async -> [Job] {
        let pictures = await Disk.run { [core] in records.map { core.store.pictures(of: $0) } }
        // Jobs of this run that the service does not have yet are known by their keys.
        let open = registry.openJobs
        var jobs: [Job] = []
        for (record, pictures) in zip(records, pictures) {
            if let job = open.first(where: { $0.recordKey == record.key }) {
                jobs.append(job)
                continue
            }
            let request = JobRequest(of: record, catalogue: client.catalogue)
            let (job, isNew) = registry.place(request, id: record.job ?? "request \(record.id)")
            if isNew { begin(job, from: record, pictures, ledger) }
            jobs.append(job)
        }
        return jobs
    }

    /// Tells of a job what is known, and leaves it alone until somebody waits for it.
    private func begin(_ job: Job, from record: RequestRecord, _ pictures: [Picture]?, _ ledger: Ledger) {
        let isCompleted = record.state == .completed || record.state == .fetched
        let state = JobState(
            id: record.job ?? "", status: isCompleted ? .completed : record.openStatus ?? record.status ?? .queued,
            model: record.identity.model, progress: isCompleted ? 100 : nil, imageURLs: record.imageURLs,
            creditCost: record.cost, createdAt: record.createdAt, completedAt: record.completedAt)
        job.recordKey = record.key
        job.update { snapshot in
            snapshot.cost = record.cost
            guard let id = record.job else { return }
            snapshot.id = id
            snapshot.take(state)
            snapshot.elapsed = state.duration
            snapshot.pictures = pictures ?? []
        }
        switch record.state {
        case .failed, .refused, .unknown: job.settle(record.error)
        case .written: job.sleep(until: Job.Wake { $0.settle(.notSentHere) })
        case .fetched where pictures != nil: job.settle(nil)
        case .accepted, .completed, .fetched:
            // The local service of another process is gone, and its jobs with it.
            if ledger.run.account.isInProcess, record.run != ledger.run.id {
                return job.settle(isCompleted ? .picturesGone : .notSentHere)
            }
            job.sleep(until: Job.Wake { [core] job in Task { await core.takeIn(job, state, recorded: record) } })
        }
    }
}

extension RequestRecord {
    /// Of one that was accepted and not looked at since. Its key was a repetition where that said more than that the job is
    /// under way, and what it made is still to be asked for.
    fileprivate var openStatus: JobStatus? {
        state == .accepted && status?.isFinal == true ? .processing : nil
    }
}

extension JobRequest {
    /// What a remembered job was made from: as it went over the wire, with the author's label and line.
    init(of record: RequestRecord, catalogue: Catalogue) {
        let identity = record.identity
        let body = (try? JSONValue(parsing: record.sent.body)).flatMap { ImageRequest(body: $0, catalogue: catalogue) }
        self.init(
            body
                ?? ImageRequest(
                    call: identity.call, model: identity.model, prompt: identity.prompt,
                    parameters: identity.parameters), catalogue: catalogue)
        call = identity.call
        seed = identity.seed
        name = record.name
        origin = record.origin
    }
}

extension RequestRecord {
    /// Why it has no pictures.
    var error: FluxError {
        let kind = errorKind.flatMap(FluxError.Kind.init) ?? (state == .unknown ? .unknownOutcome : .failed)
        return FluxError(kind, errorMessage ?? "it failed in an earlier run")
    }
}

extension FluxError {
    fileprivate static let notSentHere = FluxError(
        .cancelled, "an earlier run requested it and did not finish",
        hint: "run its script again, or finish it with 'fluxlua resume'")
}
