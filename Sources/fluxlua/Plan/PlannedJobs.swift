import FluxClient
import FluxJobs
import Synchronization

/// The jobs that a planned script asks for, in their order.
final class PlannedJobs: Sendable {
    /// For whom the plan is.
    struct Context {
        var account: LedgerAccount
        /// The ledger; nil where there is none yet.
        var ledger: String?
        /// It would go on with a run that did not end well, whose drawn seeds stay.
        var takesUp: Bool
    }

    private let jobs = Mutex<[Job]>([])
    private let stored = Mutex<Context?>(nil)

    /// Nil as long as the script has asked for nothing.
    var circumstances: Context? {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }

    func add(_ job: Job) { jobs.withLock { $0.append(job) } }

    /// What would become of them, once all have settled.
    /// - Parameters:
    ///   - knows: whether the ledger has a request of that idempotency key which was not refused.
    ///   - costs: what a request costs; nil where nobody knows.
    func entries(
        knows: (String) throws(FluxError) -> Bool, costs: (JobRequest) -> ClosedRange<Int>?
    ) throws(FluxError) -> [PlanEntry] {
        var entries: [PlanEntry] = []
        for job in jobs.withLock({ $0 }) {
            let outcome = try outcome(of: job, knows)
            entries.append(
                PlanEntry(
                    request: job.request, outcome: outcome, credits: outcome == .new ? costs(job.request) : 0...0,
                    error: job.snapshot.error))
        }
        return entries
    }

    private func outcome(
        of job: Job, _ knows: (String) throws(FluxError) -> Bool
    ) throws(FluxError) -> PlanEntry.Outcome {
        let snapshot = job.snapshot
        if snapshot.error != nil { return .refused }
        if snapshot.isReused { return .reused }
        return try job.recordKey.map(knows) == true ? .takenUp : .new
    }
}

/// A job that a script would ask for.
struct PlanEntry {
    enum Outcome: String {
        case new
        /// Answered from what was already made.
        case reused
        /// An earlier run has asked for it: it is waited for and not asked for again.
        case takenUp = "taken up"
        /// It would not be sent, or could not be.
        case refused
    }

    var request: JobRequest
    var outcome: Outcome
    /// Nil where nobody knows.
    var credits: ClosedRange<Int>?
    var error: FluxError?
}

extension JobRequest {
    /// Nobody can tell its seed before the run, unless the run is one that is taken up.
    var drawsSeed: Bool { seedIsDrawn || group?.drawsSeeds == true }
}

/// What a plan comes to.
struct PlanTotals {
    var counts: [PlanEntry.Outcome: Int] = [:]
    var drawnSeeds = 0
    var least = 0
    var most = 0
    /// Models whose cost is not known, each once.
    var unknown: [String] = []

    init(_ entries: [PlanEntry]) {
        for entry in entries {
            counts[entry.outcome, default: 0] += 1
            if entry.outcome == .new, entry.request.drawsSeed { drawnSeeds += 1 }
            if let credits = entry.credits {
                least += credits.lowerBound
                most += credits.upperBound
            } else if !unknown.contains(entry.request.model) {
                unknown.append(entry.request.model)
            }
        }
    }

    var count: Int { counts.values.reduce(0, +) }
}
