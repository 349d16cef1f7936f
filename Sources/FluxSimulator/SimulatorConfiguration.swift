/// How a simulator behaves. The defaults are those of `fluxlua --simulate`.
public struct SimulatorConfiguration: Sendable {
    /// Which of the two spellings of contract §9 a submit may have.
    public enum AcceptedDialect: Sendable, Hashable {
        case either
        case interfaceDescription
        case productPages
    }

    /// A name or an address. One that other machines can reach needs an `apiKey`.
    public var host: String
    /// 0: a free one.
    public var port: UInt16
    /// The one key that is accepted; nil: every key of the right form (`afk_…`).
    public var apiKey: String?
    /// From a job's acceptance to its end, when no other job is in its way.
    public var jobDuration: Duration
    /// So many jobs are worked on at the same time; the others stay `QUEUED`.
    public var jobsAtWork: Int
    /// What the account holds in the beginning.
    public var credits: Int
    public var acceptedDialect: AcceptedDialect
    /// Ids, and the seeds of jobs that came without one, follow from it. Random by default, so that two simulators never
    /// give the same id to two jobs.
    public var seed: UInt64
    public var faults: [Fault]

    public init(
        host: String = "127.0.0.1", port: UInt16 = 0, apiKey: String? = nil,
        jobDuration: Duration = .milliseconds(500), jobsAtWork: Int = 64, credits: Int = 100_000,
        acceptedDialect: AcceptedDialect = .either, seed: UInt64 = .random(in: .min ... .max), faults: [Fault] = []
    ) {
        self.host = host
        self.port = port
        self.apiKey = apiKey
        self.jobDuration = jobDuration
        self.jobsAtWork = jobsAtWork
        self.credits = credits
        self.acceptedDialect = acceptedDialect
        self.seed = seed
        self.faults = faults
    }

    /// Seconds by which the faults put the clock ahead.
    var clockSkew: Int {
        faults.reduce(0) { sum, fault in
            if case .clock(let seconds) = fault.effect { sum + seconds } else { sum }
        }
    }
}
