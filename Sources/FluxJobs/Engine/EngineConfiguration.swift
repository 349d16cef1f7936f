/// How an engine works. May be changed while it runs; what is under way goes on as it began.
public struct EngineConfiguration: Sendable {
    /// Jobs between submission and completion at a time; the others wait in the order in which they were started.
    public var concurrency = 100
    /// Jobs being submitted at a time, with what they upload; the others wait.
    public var submissionConcurrency = 64
    /// From acceptance to the first look at a job. Nil: when the job should be ready.
    public var firstLook: Duration?
    /// Whether the first job of a model of which nobody has seen how long it takes is looked at a few times before it
    /// should be ready, so that no job waits for a look that comes much too late.
    public var scouts = true
    /// How long a job takes as long as this process has not seen a few of its model. Nil: as its model's page says.
    public var expectedDuration: Duration?
    /// The same for single models, by their `id`.
    public var expectedDurations: [String: Duration] = [:]
    /// Pictures fetched at a time.
    public var fetchConcurrency = 32
    /// While so many pictures wait to be fetched, no further job is submitted: what was paid for is to be here soon, and
    /// not for the service to lose.
    public var fetchBacklog = 500
    /// How often a picture is fetched again when what came is none, beyond the attempts that the client makes each time.
    /// A full disk is not tried again.
    public var fetchRetries = 3
    /// How often a picture that the CDN does not have, of a job that has just completed, is asked for again.
    public var missingPictureRetries = 4
    /// Looks in a row that may find a job unknown, or its state unreadable, before it is given up.
    public var unknownJobLooks = 5
    /// For how long a job is submitted again when the service says that there are too many requests. All submissions wait
    /// meanwhile, at no time longer than this.
    public var rateLimitPatience: Duration = .seconds(600)
    /// For how long a service that has answered before, and then is gone, is waited for: by jobs that are not submitted
    /// yet, and by pictures that are not fetched yet.
    public var patience: Duration = .seconds(600)
    /// How often a job is submitted again when only its own submissions meet trouble, beyond the attempts that the client
    /// makes each time.
    public var submissionRetries = 3
    /// Looks a second that may find nothing new, whatever the number of jobs: the more there are, the rarer they get.
    public var looksPerSecond = 10.0
    /// Where the service is to tell of the jobs by itself (contract §8): what comes there is handed to
    /// `JobEngine.receive`. Jobs that name a webhook of their own keep it. Looks go on as a safety net.
    public var webhookURL: String?
    /// How long the URL of an uploaded file is used again. The service keeps files for one to two hours (contract §7).
    public var uploadLifetime: Duration = .seconds(45 * 60)
    /// How long a picture of a completed job is given to other jobs by its URL. The service keeps it for 24 hours by
    /// default (contract §4); afterwards the fetched file is uploaded instead.
    public var pictureLifetime: Duration = .seconds(12 * 3600)
    /// Credits that the run may cost, with what it took up of earlier ones; nil: no limit.
    public var budget: Int?
    /// Credits that all runs of the account may cost from one local midnight to the next; nil: no limit.
    public var dayBudget: Int?

    public init() {}

    /// For the local service inside `fluxlua`, which takes about half a second for a job.
    public static var local: EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.expectedDuration = .milliseconds(450)
        return configuration
    }
}
