import FluxClient
import Synchronization

/// What callers of any thread share with the engine's actor: the open jobs, the new ones among them, the configuration.
final class JobRegistry: Sendable {
    private struct State {
        var configuration: EngineConfiguration
        var lastNumber = 0
        var open: [Int: Job] = [:]
        var new: [Job] = []
        /// By the service's id: every job that somebody still holds.
        var known = KnownJobs()
        var idleWaiters: [Waiter] = []
        var isClosed = false
        var tally = JobCounts()
        /// Those that were asked for here and have not settled.
        var uncounted: Set<Int> = []
    }

    private let state: Mutex<State>

    init(_ configuration: EngineConfiguration) {
        state = Mutex(State(configuration: configuration))
    }

    var configuration: EngineConfiguration {
        get { state.withLock(\.configuration) }
        set { state.withLock { $0.configuration = newValue } }
    }

    var openJobs: [Job] {
        state.withLock { Array($0.open.values) }.sorted { $0.number < $1.number }
    }

    /// How the jobs ended that were asked for here and have settled.
    var tally: JobCounts { state.withLock(\.tally) }

    /// - Returns: the job, and whether it is the first since the engine last took the new ones.
    func add(
        _ request: JobRequest, inputs: [String: Result<InputFile, FluxError>], draftIdentity: DraftIdentity? = nil
    ) -> (job: Job, isFirst: Bool) {
        let (job, isFirst, isClosed) = state.withLock { state in
            state.lastNumber += 1
            let job = Job(number: state.lastNumber, request: request, inputs: inputs, draftIdentity: draftIdentity)
            if state.isClosed { return (job, false, true) }
            state.open[job.number] = job
            state.new.append(job)
            state.uncounted.insert(job.number)
            return (job, state.new.count == 1, false)
        }
        if isClosed { job.settle(Self.givenUp(job)) }
        return (job, isFirst)
    }

    /// The jobs added since the last time, in their order.
    func takeNew() -> [Job] {
        state.withLock { state in
            defer { state.new = [] }
            return state.new
        }
    }

    /// A job has settled.
    func remove(_ job: Job) { remove(job, isCounted: true) }

    /// It never settles here, so nobody can tell how it ended.
    func letGo(_ job: Job) { remove(job, isCounted: false) }

    private func remove(_ job: Job, isCounted: Bool) {
        let waiters: [Waiter] = state.withLock { state in
            if state.uncounted.remove(job.number) != nil, isCounted { state.tally.add(job.snapshot) }
            state.open[job.number] = nil
            guard state.open.isEmpty else { return [] }
            defer { state.idleWaiters = [] }
            return state.idleWaiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Finishes the waiter when no job is open, at once if none is.
    func whenIdle(_ waiter: Waiter) {
        let isIdle = state.withLock { state in
            if !state.open.isEmpty { state.idleWaiters.append(waiter) }
            return state.open.isEmpty
        }
        if isIdle { waiter.finish() }
    }

    /// The job that has that id at the service, if this process knows it.
    func job(_ id: String) -> Job? { state.withLock { $0.known[id] } }

    /// The service has told a job's id.
    func know(_ job: Job, as id: String) { state.withLock { $0.known[id] = job } }

    /// A job that the service has already, unless it is known by now. It is not open until it is taken in.
    func place(_ request: JobRequest, id: String) -> (job: Job, isNew: Bool) {
        state.withLock { state in
            if let known = state.known[id] { return (known, false) }
            state.lastNumber += 1
            let job = Job(number: state.lastNumber, request: request)
            state.known[id] = job
            return (job, true)
        }
    }

    /// Makes a job that the service has already an open one.
    /// - Returns: false when no job is taken any more.
    func reopen(_ job: Job) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.open[job.number] = job }
            return !state.isClosed
        }
    }

    /// No job is taken from now on.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    static func givenUp(_ job: Job) -> FluxError {
        let isSubmitted = job.snapshot.id != nil
        return FluxError(
            .cancelled,
            isSubmitted ? "no longer waited for; the job goes on at the service" : "cancelled before it started",
            hint: isSubmitted ? "it is paid for when it completes" : nil)
    }
}
