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
    /// How long jobs take.
    public var pace: JobDuration
    /// So many jobs are worked on at the same time; the others stay `QUEUED`.
    public var jobsAtWork: Int
    /// So many jobs are remembered; those that ended first are forgotten first. While all of them are still to be done,
    /// further submits are refused with 429.
    public var jobsKept: Int
    /// What the account holds in the beginning.
    public var credits: Int
    public var acceptedDialect: AcceptedDialect
    /// Ids, the seeds of jobs that came without one, and whatever else is chance follow from it. Random by default, so that two simulators never
    /// give the same id to two jobs.
    public var seed: UInt64
    public var faults: [Fault]
    /// The file in which jobs, credits, idempotency records and uploads are kept, to go on with them after a restart; nil:
    /// they end with the simulator. A file that has them already overrules `credits` and `seed`.
    public var stateFile: String?

    /// - Parameter jobDuration: short for a `pace` of exactly this.
    public init(
        host: String = "127.0.0.1", port: UInt16 = 0, apiKey: String? = nil,
        jobDuration: Duration = .milliseconds(500), pace: JobDuration? = nil, jobsAtWork: Int = 64,
        jobsKept: Int = 20_000, credits: Int = 100_000,
        acceptedDialect: AcceptedDialect = .either, seed: UInt64 = .random(in: .min ... .max), faults: [Fault] = [],
        stateFile: String? = nil
    ) {
        self.host = host
        self.port = port
        self.apiKey = apiKey
        self.pace = pace ?? .exactly(jobDuration)
        self.jobsAtWork = jobsAtWork
        self.jobsKept = jobsKept
        self.credits = credits
        self.acceptedDialect = acceptedDialect
        self.seed = seed
        self.faults = faults
        self.stateFile = stateFile
    }

    /// Seconds by which the faults put the clock ahead.
    var clockSkew: Int {
        faults.reduce(0) { sum, fault in
            if case .clock(let seconds) = fault.effect { sum + seconds } else { sum }
        }
    }
}
