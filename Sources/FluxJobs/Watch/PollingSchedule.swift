/// Decides when to look at which jobs, and how. Knows no service and no clock: times are the engine's, since its start.
///
/// A job is first looked at when it should be ready, then in short steps that widen with its age. Where nobody has seen
/// how long jobs of its kind take, one of them, the scout, is looked at a few times before. Jobs that become due within a quarter of a step of a look wait for the next one, so that they share a call. Trouble of the service holds all
/// looks back together, trouble of one job only that job's.
struct PollingSchedule {
    /// One look at the service.
    enum Look: Sendable, Hashable {
        /// Ask for these one by one.
        case single([Int])
        /// Ask for lists until these were seen, at most so many pages without news of them.
        case list([Int], pages: Int)
    }

    private struct PolledJob {
        var pace: PollingInterval
        var accepted: Duration
        /// When the job should be ready; a scout is looked at before, too.
        var firstLook: Duration
        /// Jobs accepted before this one: how deep it stands in the service's list, newest first.
        var position: Int
        var isScout = false
        /// The service tells of it by itself, if all goes well.
        var hasWebhook: Bool
        /// Its first look was put off because of that.
        var isPutOff = false
        /// Looks in a row that gave no state of this job.
        var failures = 0
    }

    /// Jobs that one list call tells of (contract §4).
    static let pageSize = 100

    private var jobs: [Int: PolledJob] = [:]
    private var deadlines = DeadlineQueue<Int>()
    private var accepted = 0
    private var heldUntil: Duration = .zero
    private var troubles = 0
    /// Until then jobs are asked for one by one.
    private var listsAvoidedUntil: Duration = .zero
    private var webhooks = WebhookHealth()

    var count: Int { jobs.count }

    /// When to look next; nil when nothing waits for a look.
    var nextLook: Duration? { deadlines.next.map { max($0, heldUntil) } }

    /// A job was accepted just now.
    /// - Parameter isScout: it is to show how long jobs of its kind take.
    mutating func add(
        _ job: Int, pace: PollingInterval, hasWebhook: Bool = false, isScout: Bool = false, at now: Duration
    ) {
        accepted += 1
        jobs[job] = PolledJob(
            pace: pace, accepted: now, firstLook: now + pace.firstLook, position: accepted, isScout: isScout,
            hasWebhook: hasWebhook)
        deadlines.set(job, to: now + (isScout ? pace.firstLook / 8 : pace.firstLook))
    }

    /// The job should be ready sooner than was thought when it was accepted.
    mutating func expect(_ job: Int, pace: PollingInterval, at now: Duration) {
        guard var watched = jobs[job], now < watched.firstLook, pace.firstLook < watched.pace.firstLook else { return }
        watched.pace = pace
        watched.firstLook = watched.accepted + pace.firstLook
        jobs[job] = watched
        deadlines.set(job, to: max(now, watched.firstLook))
    }

    mutating func remove(_ job: Int) {
        jobs[job] = nil
        deadlines.remove(job)
    }

    /// What to look at by now. Each job of it must be given back by `seen`, `failed`, `postponed` or `remove`.
    /// - Parameter foreign: jobs among these of which only others know where they stand in the service's list.
    mutating func takeLook(at now: Duration, foreign: Int = 0) -> Look? {
        guard now >= heldUntil else { return nil }
        let due = deadlines.takeDue(by: now).filter { !putOff($0, at: now) }
        guard let first = due.first else { return nil }
        let step = due.compactMap { jobs[$0]?.pace.step }.min() ?? .zero
        heldUntil = max(heldUntil, now + step / 4)
        if due.count == 1 { return .single([first]) }
        // Each page costs as much as asking for one job.
        let oldest = due.compactMap { jobs[$0]?.position }.min() ?? accepted
        let pages = (accepted - oldest) / Self.pageSize + 1
        guard due.count > pages, now >= listsAvoidedUntil else { return .single(due) }
        return .list(due, pages: foreign == 0 ? pages : pages + foreign / Self.pageSize + 1)
    }

    /// A list showed none of the jobs that the service tells of one by one: so will the next, for some time.
    mutating func listsTellNothing(at now: Duration) { listsAvoidedUntil = now + .seconds(10) }

    /// A webhook should have told of the job by now, or will in a moment: its first look waits a little longer.
    private mutating func putOff(_ job: Int, at now: Duration) -> Bool {
        guard webhooks.isEarned, var watched = jobs[job], watched.hasWebhook, !watched.isPutOff else { return false }
        watched.isPutOff = true
        jobs[job] = watched
        deadlines.set(job, to: now + max(.seconds(5), watched.pace.firstLook / 2))
        return true
    }

    /// A webhook told that a job is over.
    mutating func told() { webhooks.told() }

    /// A look found that the job is over.
    mutating func found(_ job: Int, at now: Duration) {
        if jobs[job]?.hasWebhook == true { webhooks.missed(at: now) }
    }

    /// Any webhook has come.
    mutating func heard() { webhooks.heard() }

    /// Whether jobs end and no webhook ever comes.
    /// - Parameter now: nil: it is the end, and none is waited for any more.
    func webhooksAreMissing(at now: Duration?) -> Bool { webhooks.areMissing(at: now) }

    /// The job deserves a look now.
    mutating func hurry(_ job: Int, at now: Duration) {
        guard jobs[job] != nil else { return }
        jobs[job]?.isPutOff = true
        deadlines.set(job, to: now)
    }

    /// From one look at the job to the next.
    private func step(_ watched: PolledJob, at now: Duration) -> Duration {
        let step = watched.pace.step(overdue: max(.zero, now - watched.firstLook))
        return webhooks.isEarned && watched.hasWebhook ? step * WebhookHealth.stretch : step
    }

    /// A look found the job, and it is still open. A job that was not due keeps its first look if that is to come.
    mutating func seen(_ job: Int, at now: Duration) {
        guard var watched = jobs[job] else { return }
        watched.failures = 0
        jobs[job] = watched
        guard now >= watched.firstLook else {
            // A scout is looked at next when it is twice as old.
            let age = max(now - watched.accepted, watched.pace.firstLook / 8)
            return deadlines.set(job, to: watched.isScout ? min(now + age, watched.firstLook) : watched.firstLook)
        }
        deadlines.set(job, to: now + step(watched, at: now))
    }

    /// A look gave no state of the job. The next comes later with every failure in a row.
    mutating func failed(_ job: Int, at now: Duration) {
        guard var watched = jobs[job] else { return }
        watched.failures += 1
        jobs[job] = watched
        deadlines.set(job, to: now + Self.backoff(step(watched, at: now), watched.failures))
    }

    /// The look at the job came to nothing for reasons that are not the job's.
    mutating func postponed(_ job: Int, at now: Duration) {
        guard let watched = jobs[job] else { return }
        deadlines.set(job, to: now + step(watched, at: now))
    }

    /// The service could not be asked at all: no look before some time has passed, longer with every trouble in a row.
    mutating func trouble(at now: Duration, retryAfter: Duration?, jitter: Double) {
        troubles += 1
        // A service that asks for a day of rest is still looked at before its pictures are gone.
        let wait = min(retryAfter ?? .zero, .seconds(3600))
        let backoff = Backoff.wait(
            afterFailures: troubles, first: .seconds(1), longest: .seconds(30), jitter: jitter)
        heldUntil = max(heldUntil, now + max(backoff, wait))
    }

    /// A look has cost calls that told nothing new: no look before they are made up for.
    mutating func charge(_ seconds: Double, at now: Duration) {
        heldUntil = max(heldUntil, now + .seconds(seconds))
    }

    /// The service answered.
    mutating func recovered() { troubles = 0 }

    private static func backoff(_ step: Duration, _ failures: Int) -> Duration {
        min(step * (1 << min(failures - 1, 10)), max(step, .seconds(30)))
    }
}
