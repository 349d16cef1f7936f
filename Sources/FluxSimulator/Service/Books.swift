/// All that the service remembers of jobs and money. No clock, no sockets: the same calls at the same times give the same
/// books.
struct Books: Sendable {
    /// In the order of their acceptance.
    private(set) var jobs: [JobRecord] = []
    private var places: [String: Int] = [:]
    private var acceptances: [String: Acceptance] = [:]
    private var random: RandomSource
    private let jobDuration: Duration
    private let jobsAtWork: Int
    private var balance: Int
    /// Credits of failed jobs that go back when the job is over.
    private var refunds: [(at: Duration, credits: Int)] = []
    private(set) var replayCount = 0
    var faults: FaultPlan

    private struct Acceptance {
        let place: Int
        let path: String
        let body: [UInt8]
        let at: Duration
    }

    init(_ configuration: SimulatorConfiguration) {
        random = RandomSource(seed: configuration.seed)
        jobDuration = max(.zero, configuration.jobDuration)
        jobsAtWork = max(1, configuration.jobsAtWork)
        balance = configuration.credits
        faults = FaultPlan(configuration.faults, seed: configuration.seed)
    }

    // MARK: Accepting

    enum Outcome {
        case made(JobRecord, loss: Fault.Loss?)
        case replayed(JobRecord)
        /// The key was used for another body.
        case conflict
        case tooExpensive(required: Int, available: Int)
    }

    /// How long an idempotency key is remembered (contract §6).
    static let keyLifetime = Duration.seconds(24 * 3600)

    mutating func accept(
        _ submission: Submission, path: String, body: [UInt8], key: String?, occasion: FaultPlan.Occasion, now: Duration
    ) -> Outcome {
        if let key, let earlier = acceptances[key], now < earlier.at + Self.keyLifetime {
            guard earlier.path == path, earlier.body == body else { return .conflict }
            replayCount += 1
            return .replayed(jobs[earlier.place])
        }
        let available = credits(at: now)
        guard submission.cost <= available else {
            return .tooExpensive(required: submission.cost, available: available)
        }
        balance -= submission.cost
        let (startsAt, endsAt) = schedule(now)
        let trouble = faults.trouble(ofJobMadeBy: occasion)
        let job = JobRecord(
            id: random.uuid(), submission: submission, seed: submission.seed ?? drawnSeed(), cost: submission.cost,
            createdAt: now, startsAt: startsAt, endsAt: endsAt, trouble: trouble)
        if job.failure != nil { refunds.append((endsAt, job.cost)) }
        places[job.id] = jobs.count
        if let key { acceptances[key] = Acceptance(place: jobs.count, path: path, body: body, at: now) }
        jobs.append(job)
        return .made(job, loss: faults.loss(of: occasion))
    }

    /// All jobs take equally long, so they end in the order of their beginning, and the job that makes room for a new one
    /// is the one that came `jobsAtWork` before it. A tenth of a job's time passes in the queue even where there is room.
    private func schedule(_ now: Duration) -> (startsAt: Duration, endsAt: Duration) {
        var startsAt = now + jobDuration / 10
        if jobs.count >= jobsAtWork { startsAt = max(startsAt, jobs[jobs.count - jobsAtWork].endsAt) }
        return (startsAt, startsAt + jobDuration * 9 / 10)
    }

    private mutating func drawnSeed() -> Int64 { Int64(random.next() >> 32) }

    // MARK: Reading

    func job(_ id: String) -> JobRecord? {
        places[id.lowercased()].map { jobs[$0] }
    }

    /// What can still be spent.
    mutating func credits(at now: Duration) -> Int {
        refunds.removeAll { refund in
            guard refund.at <= now else { return false }
            balance += refund.credits
            return true
        }
        return balance
    }

    /// The jobs before the cursor's, newest first: a page stays the same however many jobs are added meanwhile. Nil: no
    /// such cursor.
    func page(
        before cursor: String?, limit: Int, where matches: (JobRecord) -> Bool
    ) -> (jobs: [JobRecord], hasMore: Bool)? {
        var place = jobs.count
        if let cursor {
            guard let found = places[cursor] else { return nil }
            place = found
        }
        var page: [JobRecord] = []
        while place > 0 {
            place -= 1
            guard matches(jobs[place]) else { continue }
            if page.count == limit { return (page, true) }
            page.append(jobs[place])
        }
        return (page, false)
    }

    // MARK: Working

    /// The job's pictures are there, or its inputs could not be used.
    mutating func settle(_ id: String, failure: String?, inputs: [InputPicture] = [], now: Duration) {
        guard let place = places[id] else { return }
        jobs[place].inputs = inputs
        jobs[place].settle(failure: failure, at: now)
        if failure != nil, let end = jobs[place].finishedAt { refunds.append((end, jobs[place].cost)) }
    }

    mutating func uuid() -> String { random.uuid() }
}
