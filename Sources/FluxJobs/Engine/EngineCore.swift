import FluxClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The engine's one actor: it holds the state of every open job and starts all work. What to do next is decided by the
/// plain structs that it holds; what takes time runs in tasks that come back here. One timer serves all jobs.
///
/// A job passes through: waiting for the jobs whose pictures it needs; waiting for its turn; uploading and submitting;
/// being watched; its pictures being fetched; settled. It takes a turn from submission until it is final.
actor EngineCore {
    /// What is known of an open job beside its snapshot. An object, since it is asked for at every step: copies of all
    /// this cost more than the steps.
    final class Progress {
        let job: Job
        /// Source jobs that are not settled.
        var awaited = 0
        var holdsSlot: Bool
        /// Ready to be sent, under the key that all its submissions bear.
        var prepared: (request: ImageRequest, key: String)?
        var submission = SubmissionProgress()
        /// The service was asked to tell of the job by itself.
        var hasWebhook = false
        var acceptedAt: Duration
        /// By the service's clock the job is not older than this; nil where nothing is known.
        var notOlderThan: Int64?
        /// Looks in a row that found the job unknown or unreadable.
        var unknownLooks = 0
        var fetch = FetchProgress()
        /// What is known of it to the ledger, if there is one.
        var record: RecordedRequest?
        /// The key of another run's request: this run only looks how its job is doing.
        var foreignKey: String?
        /// The ledger told of the job's end: it need not be told.
        var isTold = false

        init(job: Job, holdsSlot: Bool = false, acceptedAt: Duration = .zero) {
            self.job = job
            self.holdsSlot = holdsSlot
            self.acceptedAt = acceptedAt
        }
    }

    let client: FluxClient
    /// Gives a 429 back at once, since it is waited for by all submissions together.
    let submitter: FluxClient
    let registry: JobRegistry
    let store: PictureStore
    let clock: EngineClock
    let uploads: UploadCache
    let ledger: Ledger?
    let handover: Handover?
    /// Jobs that wait to be compared with the ledger.
    var lookups = LedgerLookups()
    let notice: @Sendable (String) -> Void
    private let random: @Sendable () -> UInt64

    var progress: [Int: Progress] = [:]
    /// The service's ids of the watched jobs.
    var numbers: [String: Int] = [:]
    var limiter: ConcurrencyLimiter<Int>
    var fetches: ConcurrencyLimiter<FetchKey>
    /// Pictures that wait for their next attempt.
    var fetchDelays = DeadlineQueue<FetchKey>()
    /// What has come of some of them.
    var begunFetches: [FetchKey: PictureFetch] = [:]
    var schedule = PollingSchedule()
    var expected = ExpectedDurations()
    /// Models that have had their scout.
    var scouted: Set<String> = []
    private var hasRecalled = false
    var team = Team()
    /// The newest time by the service's clock that any answer told.
    var newestServiceTime: Int64?
    var submissionPause = SubmissionPause()
    /// What the service charges, once it was asked.
    var prices: PriceList?
    /// While it is asked.
    var priceQuestion: Task<Result<PriceList, FluxError>, Never>?
    /// Submissions under way.
    var submitting = 0
    /// Jobs that others send, or that need the pictures of such.
    var letGo: Set<Int> = []
    /// Whether only what was sent before goes on.
    var asksNoMore = false
    /// Jobs that wait for their next submission.
    var submissionDelays = DeadlineQueue<Int>()
    var health = ServiceHealth()
    /// What the service told by itself of jobs that nobody knows here.
    var early = EarlyWebhooks()
    /// Words for the state of a job that nobody knows, and that were told.
    private var toldStatuses: Set<String> = []
    private var hasToldOfWebhooks = false

    /// Looks under way at a time. More than one, so that a stalled connection does not blind the engine.
    private static let mostLooks = 4
    private var looks = 0

    private var timer: (task: Task<Void, Never>, deadline: Duration)?
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var lastTask = 0
    private(set) var isShutDown = false

    init(
        client: FluxClient, registry: JobRegistry, store: PictureStore, ledger: Ledger?, handover: Handover?,
        clock: EngineClock,
        now: @escaping @Sendable () -> Date,
        random: @escaping @Sendable () -> UInt64, files: InputFiles, notice: @escaping @Sendable (String) -> Void
    ) {
        self.client = client
        submitter = client.leavingRateLimits()
        self.notice = notice
        self.registry = registry
        self.store = store
        self.ledger = ledger
        self.handover = handover
        self.clock = clock
        self.random = random
        uploads = UploadCache(client: submitter, clock: clock, now: now, files: files)
        limiter = ConcurrencyLimiter(limit: registry.configuration.concurrency)
        fetches = ConcurrencyLimiter(limit: registry.configuration.fetchConcurrency)
    }

    var configuration: EngineConfiguration { registry.configuration }

    /// Remembers what the jobs of earlier runs took.
    private func recall(_ ledger: Ledger) async {
        // A ledger that cannot be read fails the jobs that need it, and says why there.
        guard let durations = try? await ledger.recentDurations() else { return }
        for (model, duration) in durations.reversed() { expected.add(duration, of: model) }
    }

    /// Takes in new jobs and a changed configuration.
    func takeNews() {
        if let ledger, !hasRecalled {
            hasRecalled = true
            run { await self.recall(ledger) }
            if ledger.isShared { joinTeam(ledger) }
        }
        limiter.limit = configuration.concurrency
        fetches.limit = configuration.fetchConcurrency
        for job in registry.takeNew() { begin(job) }
        admitWaiting()
        startFetches()
    }

    /// Settles a job: the last thing that happens to it.
    func settle(_ number: Int, error: FluxError?) {
        if renews(number, after: error) { return }
        let error = error.map { verdict(on: number, $0) }
        if dropForeign(number) { return }
        guard let ended = progress.removeValue(forKey: number) else { return }
        schedule.remove(number)
        submissionDelays.remove(number)
        if let id = ended.job.snapshot.id { numbers[id] = nil }
        if let key = ended.job.recordKey { team.numbers[key] = nil }
        if ended.holdsSlot { limiter.leave() }
        note(ended, endedWith: error)
        ended.job.settle(error)
        registry.remove(ended.job)
        admitWaiting()
    }

    func newKey() -> String {
        let digits = [random(), random()].map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return "fluxlua-" + digits.joined()
    }

    /// From 0 up to 1, new each time.
    var jitter: Double { Double(random() >> 11) * 0x1p-53 }

    // MARK: The service as a whole

    func serviceAnswered() {
        guard health.answered() else { return }
        notice("the service answers again")
        admitWaiting()
    }

    /// A call was given up: the service was not reached, or in trouble.
    func serviceFailed(_ error: FluxError) {
        guard health.failed(at: clock.now, jitter: jitter) else { return }
        if health.hasAnswered || schedule.count > 0 {
            notice("the service does not answer; waiting for it: \(error.message)")
        }
        guard !health.hasAnswered else { return }
        // Nobody was ever there: what is in line would meet the same.
        for number in limiter.takeWaiting() { settle(number, error: error) }
    }

    /// Says once what is odd about the states that the service tells.
    func tellOddities(of state: JobState, hasWebhook: Bool) {
        if let word = state.unknownStatus, toldStatuses.insert(word).inserted {
            let what =
                word.isEmpty ? "does not say the state of a job" : "uses the unknown state '\(word)' for a job"
            notice("the service \(what): treated as \(state.status.rawValue)")
        }
        if state.webhookFailed, hasWebhook { tellOfWebhooks("the service could not deliver its webhooks") }
    }

    /// Says once that webhooks do not come.
    func tellOfWebhooks(_ what: String) {
        guard !hasToldOfWebhooks, let url = configuration.webhookURL else { return }
        hasToldOfWebhooks = true
        notice("\(what) to \(url): check that this address leads here. The jobs are polled as usual")
    }

    // MARK: Work and time

    /// Starts work that shutting down cancels and waits for.
    func run(_ body: @escaping () async -> Void) {
        lastTask += 1
        let number = lastTask
        tasks[number] = Task {
            await body()
            tasks[number] = nil
        }
    }

    /// Sets the timer to what comes next. A timer that is too early is left to ring: it sets the next itself.
    func rearm() {
        guard !isShutDown else { return }
        let nextLook = looks < Self.mostLooks ? nextLook : nil
        let nextProbe = health.isOpen ? health.nextProbe : .zero
        let nextTurn = canSubmit ? nextProbe.map { max($0, submissionPause.until) } : nil
        let next = [nextLook, nextTurn, fetchDelays.next, submissionDelays.next, nextTeamCheck].compactMap(\.self).min()
        guard let next else {
            timer?.task.cancel()
            timer = nil
            return
        }
        if let timer, timer.deadline <= next { return }
        timer?.task.cancel()
        let task = Task {
            guard (try? await clock.sleep(until: next)) != nil, !Task.isCancelled else { return }
            ring()
        }
        timer = (task, next)
    }

    private func ring() {
        timer = nil
        for key in fetchDelays.takeDue(by: clock.now) { fetches.enter(key) }
        startFetches()
        for number in submissionDelays.takeDue(by: clock.now) { stepBack(number) }
        admitWaiting()
        checkFollowed()
        if looks < Self.mostLooks, let look = takeLook() {
            looks += 1
            run {
                await self.look(look)
                self.looks -= 1
                self.rearm()
            }
        }
        rearm()
    }

    func shutDown() async {
        isShutDown = true
        ledger?.giveUpWaiting()
        if schedule.webhooksAreMissing(at: nil) { tellOfWebhooks("no webhook has arrived") }
        priceQuestion?.cancel()
        timer?.task.cancel()
        timer = nil
        for job in registry.takeNew() { begin(job) }
        let running = Array(tasks.values)
        for task in running { task.cancel() }
        for number in progress.keys.sorted() {
            guard let job = progress[number]?.job else { continue }
            settle(number, error: JobRegistry.givenUp(job))
        }
        await uploads.shutDown()
        for task in running { await task.value }
        begunFetches = [:]
    }
}
