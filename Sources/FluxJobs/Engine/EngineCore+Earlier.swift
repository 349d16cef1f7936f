import FluxClient

extension EngineCore {
    /// Takes in a job that the service has already, with what it just said of it. It takes a turn beyond the limit, since
    /// it is under way, and goes on like any other.
    /// - Parameter record: what the ledger has of it, so that what becomes of it is noted there.
    func takeIn(_ job: Job, _ state: JobState, recorded record: RequestRecord? = nil) {
        guard registry.reopen(job) else {
            job.update { $0.id = state.id }
            return job.settle(JobRegistry.givenUp(job))
        }
        let now = clock.now
        progress[job.number] = Progress(job: job, holdsSlot: true, acceptedAt: now)
        if let record {
            // Only watched: whatever is found, nothing is asked for again.
            var recorded = RecordedRequest(identity: record.identity, digest: record.digest, isFresh: false)
            recorded.attempt = record.attempt
            recorded.plan = .watch(id: state.id, status: state.status)
            recorded.isOld = true
            progress[job.number]?.record = recorded
        }
        limiter.admit()
        numbers[state.id] = job.number
        job.update { snapshot in
            snapshot.id = state.id
            snapshot.status = state.status
        }
        // Its age is unknown to our clock, so the looks follow each other from now on.
        schedule.add(job.number, pace: pace(of: job.request.model, isFinal: true), at: now)
        observe(job.number, state)
        // When it completed is unknown to our clock as well: its URLs may be about to go.
        job.completionSeen = nil
        rearm()
    }
}

extension FluxError {
    static let cancelledAtService = FluxError(.cancelled, "the job was cancelled at the service")

    static let picturesGone = FluxError(
        .expired, "the pictures are gone",
        hint: "the service keeps pictures for a limited time, usually a day; fresh = true requests a new one")
}
