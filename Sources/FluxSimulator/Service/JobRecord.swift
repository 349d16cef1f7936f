import FluxClient

/// A job as the service remembers it: small, since there may be many. What it was asked lies in its body, read again when
/// somebody wants to know; its pictures are painted from that.
struct JobRecord: Sendable {
    /// Its place in the order of acceptance, from 1.
    let number: Int
    let id: String
    let idempotencyKey: String?
    let call: SubmitCall
    /// The request as it came.
    let body: [UInt8]
    let model: String
    let pictureCount: Int
    /// Extension of its files, which is also its format's name.
    let format: String
    /// Drawn by the service where the request had none.
    let seed: Int64
    /// Credits, charged at once and given back if the job fails.
    let cost: Int
    let createdAt: Duration
    /// What passes in the queue even where there is room, and what the work takes, unless its pictures take longer.
    let queueTime: Duration
    let workTime: Duration

    var startedAt: Duration?
    var finishedAt: Duration?
    /// Why it fails; nil: it does not, so far as is known.
    var failure: String?
    /// Whether it is known how it ends: not of a job that was given pictures, until they are read.
    var isSettled: Bool
    /// The pictures that were given, once fetched; kept so that the job can be painted again.
    var inputs: [JobInput] = []
    var webhook: Webhook?
    /// What the faults have in store for it.
    var trouble = JobFaults()

    /// When the work is over; nil before its start.
    var endsAt: Duration? { startedAt.map { $0 + workTime } }

    var status: JobStatus {
        if finishedAt != nil { return failure == nil ? .completed : .failed }
        return startedAt == nil ? .queued : .processing
    }

    /// 0–100, never falling; nil of a failed job.
    func progress(at now: Duration) -> Int? {
        switch status {
        case .queued: return 0
        case .processing:
            guard let startedAt, now < startedAt + workTime else { return 99 }
            return 1 + Int((now - startedAt) / workTime * 98)
        case .completed: return 100
        case .failed, .cancelled: return nil
        }
    }

    /// How long the CDN keeps pictures (contract §4).
    static let retention = Duration.seconds(24 * 3600)

    /// The CDN has deleted its pictures.
    func isExpired(at now: Duration) -> Bool {
        guard failure == nil, let finishedAt else { return false }
        return now >= finishedAt + Self.retention
    }

    /// The CDN has its pictures now.
    func hasPictures(at now: Duration) -> Bool {
        guard status == .completed, !isExpired(at: now), let finishedAt else { return false }
        return now >= finishedAt + trouble.lateness
    }

    /// The last part on the CDN of the picture, counted from 0.
    func pictureName(_ index: Int) -> String { "\(id)-\(index + 1).\(format)" }

    /// The body, read as it was when it was accepted, in whichever dialect.
    /// - Throws: `Submission.Refusal` or a parsing error, where a state file holds what another version accepted.
    func submission() throws -> Submission {
        try Submission(JSONValue(parsing: body), call: call, accepting: .either)
    }
}

/// A picture that a request names, once its bytes are there.
struct JobInput: Sendable, Hashable {
    /// The parameter that named it, such as `image_prompt`.
    let parameter: String
    /// Of the content; see `Files`.
    let fingerprint: String
}

/// The same with its bytes.
struct InputPicture: Sendable {
    let parameter: String
    let bytes: [UInt8]
}
