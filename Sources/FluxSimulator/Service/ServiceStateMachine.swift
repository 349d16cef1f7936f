import FluxClient
import FluxImaging
import HTTPServer

/// All that the service remembers of jobs and money. No clock, no sockets: the same calls at the same times give the same
/// state. What happens by itself happens in `advance(to:)`, each thing at its own moment, however late that is called.
struct ServiceStateMachine: Sendable {
    var jobs = JobTable()
    var keys: IdempotencyKeys
    var files: Files
    var faults: FaultPlan
    var tally = Counters()
    var random: RandomSource
    /// Number of the job that was accepted last.
    var lastNumber = 0
    /// What can still be spent.
    var credits: Int

    // Work; see `ServiceStateMachine+Working`.
    var clock = Duration.zero
    var eventQueue = EventQueue<Event>()
    /// Numbers of jobs for which there is no room yet.
    var line: ArraySlice<Int> = []
    var jobsAtWork = 0
    /// Numbers of the jobs that are over, in the order of their ends. Some may be gone.
    var finished: ArraySlice<Int> = []
    var effects: [Effect] = []
    /// What has changed since it was last taken; nil: nobody writes it down.
    var changes: [Change]?

    let limits: Limits
    private let pace: JobDuration

    struct Limits: Sendable {
        var jobsAtWork: Int
        /// Of remembered jobs.
        var jobs: Int
        /// Of their bodies in all.
        var bytes = 128 << 20
    }

    /// What has happened since the service was started.
    struct Counters: Sendable {
        var made = 0
        var replayed = 0
        var completed = 0
        var failed = 0
        var billed = 0
    }

    init(_ configuration: SimulatorConfiguration) {
        random = RandomSource(seed: configuration.seed)
        pace = configuration.pace
        credits = configuration.credits
        faults = FaultPlan(configuration.faults, seed: configuration.seed)
        limits = Limits(jobsAtWork: max(1, configuration.jobsAtWork), jobs: max(1, configuration.jobsKept))
        keys = IdempotencyKeys(limit: 3 * limits.jobs)
        files = Files()
    }

    // MARK: Accepting

    /// What comes with a submit beside its meaning.
    struct SubmitMetadata: Sendable {
        let body: [UInt8]
        var key: String?
        /// `IdempotencyKeys.digest` of call and body; not looked at without a key.
        var digest = ""
        var webhook: Webhook?
    }

    enum Outcome {
        case made(JobRecord, loss: Fault.LostAnswer?)
        case replayed(id: String, JobStatus)
        /// The key was used for another body.
        case conflict
        case tooExpensive(required: Int, available: Int)
        /// As many jobs are waiting as the service remembers.
        case tooMany
    }

    /// - Parameter occasion: what the faults may look at.
    mutating func accept(
        _ submission: Submission, _ envelope: SubmitMetadata,
        _ occasion: FaultPlan.RequestFacts = FaultPlan.RequestFacts()
    ) -> Outcome {
        let now = clock
        if let key = envelope.key, let earlier = keys.acceptance(of: key, now: now) {
            guard earlier.digest == envelope.digest else { return .conflict }
            tally.replayed += 1
            return .replayed(id: earlier.jobID, jobs[number: earlier.number]?.status ?? earlier.status ?? .completed)
        }
        guard submission.cost <= credits else {
            return .tooExpensive(required: submission.cost, available: credits)
        }
        guard jobs.count < limits.jobs || makeRoom() else { return .tooMany }
        let duration = pace.duration(of: submission.model, &random)
        let trouble = faults.trouble(ofJobMadeBy: occasion)
        let failure = trouble.failure
        lastNumber += 1
        let job = JobRecord(
            number: lastNumber, id: random.uuid(), idempotencyKey: envelope.key, call: submission.request.call,
            body: envelope.body, model: submission.model.id, pictureCount: submission.pictureCount,
            format: submission.format, seed: submission.seed ?? drawnSeed(), cost: submission.cost, createdAt: now,
            queueTime: duration / 10, workTime: duration - duration / 10, failure: failure,
            isSettled: failure != nil || submission.references.isEmpty, webhook: envelope.webhook, trouble: trouble)
        credits -= job.cost
        tally.made += 1
        tally.billed += job.cost
        jobs.append(job)
        record(.job(job))
        if let key = envelope.key {
            let acceptance = IdempotencyKeys.Acceptance(
                key: key, number: job.number, jobID: job.id, digest: envelope.digest, at: now)
            keys.add(acceptance)
            record(.key(acceptance))
        }
        eventQueue.enter(.ready(job.number), at: now + job.queueTime)
        return .made(job, loss: faults.loss(of: occasion))
    }

    private mutating func drawnSeed() -> Int64 { Int64(random.next() >> 32) }

    // MARK: Uploads

    mutating func add(_ content: FileContent, _ format: ImageFormat) -> Files.Upload {
        let upload = Files.Upload(
            id: random.uuid(), format: format, fingerprint: content.fingerprint, expiresAt: clock + Files.lifetime)
        files.add(upload, content)
        recordFiles()
        return upload
    }

    // MARK: Pages

    /// The place in the list at which a page ends. Says nothing to clients, and holds when its job is forgotten.
    static func cursor(after job: JobRecord) -> String { "c\(String(job.number, radix: 36))" }

    /// The jobs behind the cursor, newest first. Nil: no such cursor.
    func page(
        from cursor: String?, limit: Int, where matches: (JobRecord) -> Bool
    ) -> (jobs: [JobRecord], hasMore: Bool)? {
        var end = lastNumber + 1
        if let cursor {
            guard cursor.first == "c", let number = Int(cursor.dropFirst(), radix: 36), (1..<end).contains(number)
            else { return nil }
            end = number
        }
        return jobs.page(before: end, limit: limit, where: matches)
    }

    // MARK: Forgetting

    /// How long a finished job is told of: its pictures go first.
    static let memory = JobRecord.retention * 2

    /// Forgets what has had its time, and the jobs that ended first when there are too many.
    mutating func forget() {
        files.expire(at: clock)
        recordFiles()
        for key in keys.expire(at: clock) { record(.forgottenKey(key)) }
        while let number = finished.first {
            if let job = jobs[number: number] {
                let isOld = job.finishedAt.map { clock >= $0 + Self.memory } ?? false
                guard isOld || jobs.count > limits.jobs || jobs.byteCount > limits.bytes else { break }
                drop(number)
            }
            finished.removeFirst()
        }
    }

    /// For one more job. False: none of those that are remembered is over.
    private mutating func makeRoom() -> Bool {
        guard let number = finished.popFirst() else { return false }
        drop(number)
        return true
    }

    private mutating func drop(_ number: Int) {
        guard let job = jobs.remove(number) else { return }
        if let acceptance = keys.close(job) { record(.key(acceptance)) }
        files.release(inputsOfJob: number)
        recordFiles()
        record(.forgottenJob(number))
    }
}
