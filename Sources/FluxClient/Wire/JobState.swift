/// The service's word for where a job is (contract §4).
public enum JobStatus: String, Sendable, Hashable, CaseIterable {
    case queued = "QUEUED"
    case processing = "PROCESSING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"

    /// No later state follows.
    public var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
}

/// What the service tells of a job (contract §4).
public struct JobState: Sendable, Hashable {
    /// A UUID.
    public var id: String
    public var status: JobStatus
    public var model: String
    /// 0–100.
    public var progress: Int?
    /// Absolute URLs of the pictures, or `data:` ones, read tolerantly from `result`; empty until the job completed.
    public var imageURLs: [String]
    /// The `result` of a completed job in which no picture could be made out, or its beginning: nothing that was paid for
    /// may vanish quietly.
    public var unreadableResult: String?
    /// The service's word where nobody knows it; `status` then is what else the answer tells. Empty where it has none.
    public var unknownStatus: String?
    /// The service has told of the job by itself, in vain (`webhookStatus`).
    public var webhookFailed = false
    /// The service's reason of a failure.
    public var error: String?
    /// Credits.
    public var creditCost: Int?
    /// Milliseconds since 1970, the service's clock.
    public var createdAt: Int64?
    public var completedAt: Int64?
    /// The pictures are gone from the CDN.
    public var isExpired: Bool
    /// The body that was submitted, where the service tells it: lists leave it out.
    public var input: JSONValue?

    public init(
        id: String, status: JobStatus, model: String, progress: Int? = nil, imageURLs: [String] = [],
        error: String? = nil, creditCost: Int? = nil, createdAt: Int64? = nil, completedAt: Int64? = nil,
        isExpired: Bool = false, input: JSONValue? = nil
    ) {
        self.id = id
        self.status = status
        self.model = model
        self.progress = progress
        self.imageURLs = imageURLs
        self.error = error
        self.creditCost = creditCost
        self.createdAt = createdAt
        self.completedAt = completedAt
        self.isExpired = isExpired
        self.input = input
    }
}
