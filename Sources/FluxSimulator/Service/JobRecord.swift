import FluxClient

/// A job as the service remembers it. Where it stands follows from the time alone.
struct JobRecord: Sendable {
    let id: String
    let submission: Submission
    /// Drawn by the service where the request had none.
    let seed: Int64
    /// Credits, charged at once and given back if the job fails.
    let cost: Int
    let webhookStatus: String?
    let createdAt: Duration
    /// When it is worked on, and when that is over, unless its pictures take longer to make.
    let startsAt: Duration
    let endsAt: Duration
    /// What the faults have in store for it.
    let trouble: JobTrouble
    /// Why it fails; nil: it does not, so far as is known.
    private(set) var failure: String?
    /// When it was known how it ends: nil for a job that has pictures to read, until they are read.
    private(set) var settledAt: Duration?
    /// The pictures that were given, once fetched; kept so that the job can be painted again.
    var inputs: [InputPicture] = []

    init(
        id: String, submission: Submission, seed: Int64, cost: Int, createdAt: Duration, startsAt: Duration,
        endsAt: Duration, trouble: JobTrouble = JobTrouble()
    ) {
        self.id = id
        self.submission = submission
        self.seed = seed
        self.cost = cost
        self.webhookStatus = submission.hasWebhook ? "pending" : nil
        self.createdAt = createdAt
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.trouble = trouble
        failure = trouble.failure
        settledAt = failure != nil || submission.references.isEmpty ? createdAt : nil
    }

    /// Its pictures were painted, or could not be.
    mutating func settle(failure: String?, at now: Duration) {
        guard settledAt == nil else { return }
        self.failure = failure
        settledAt = now
    }

    /// How long the CDN keeps pictures (contract §4).
    static let retention = Duration.seconds(24 * 3600)

    /// The moment of its end; nil while that is not known.
    var finishedAt: Duration? { settledAt.map { max($0, endsAt) } }

    func status(at now: Duration) -> JobStatus {
        if now < startsAt { return .queued }
        guard let finishedAt, now >= finishedAt else { return .processing }
        return failure == nil ? .completed : .failed
    }

    /// 0–100, never falling; nil of a failed job.
    func progress(at now: Duration) -> Int? {
        switch status(at: now) {
        case .queued: return 0
        case .processing:
            guard now < endsAt else { return 99 }
            return 1 + Int((now - startsAt) / (endsAt - startsAt) * 98)
        case .completed: return 100
        case .failed, .cancelled: return nil
        }
    }

    /// The CDN has deleted its pictures.
    func isExpired(at now: Duration) -> Bool {
        guard failure == nil, let finishedAt else { return false }
        return now >= finishedAt + Self.retention
    }

    /// The CDN has its pictures now.
    func hasPictures(at now: Duration) -> Bool {
        guard status(at: now) == .completed, !isExpired(at: now), let finishedAt else { return false }
        return now >= finishedAt + trouble.lateness
    }

    var pictureCount: Int {
        submission.request.parameters["num_outputs"]?.integerValue.map { Int($0) } ?? 1
    }

    /// Extension of its files, which is also its format's name.
    var format: String { submission.request.parameters["output_format"]?.stringValue ?? "jpg" }
}

/// A picture that a request names, once its bytes are there.
struct InputPicture: Sendable {
    /// The parameter that named it, such as `image_prompt`.
    let parameter: String
    let bytes: [UInt8]
}
