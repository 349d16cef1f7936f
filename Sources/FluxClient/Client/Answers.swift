/// The service's 202 to a submit call (contract §2).
public struct JobAccepted: Sendable, Hashable {
    /// A UUID.
    public var jobID: String
    /// `queued`, or how far the job is when its idempotency key was replayed.
    public var status: JobStatus

    public init(jobID: String, status: JobStatus) {
        self.jobID = jobID
        self.status = status
    }
}

/// One page of the list of jobs, newest first (contract §4).
public struct JobPage: Sendable, Hashable {
    /// An entry that could not be read; the others of its page are not lost for it.
    public struct Unreadable: Sendable, Hashable {
        /// Nil where not even that could be read.
        public var jobID: String?
        public var error: FluxError

        public init(jobID: String?, error: FluxError) {
            self.jobID = jobID
            self.error = error
        }
    }

    /// Without their `input`.
    public var jobs: [JobState]
    /// Entries that make no sense; the others do not suffer for them.
    public var unreadable: [Unreadable]
    /// What the next page is asked for with; nil at the end.
    public var nextCursor: String?
    /// Whether there are older jobs.
    public var hasMore: Bool

    public init(jobs: [JobState], unreadable: [Unreadable] = [], nextCursor: String? = nil, hasMore: Bool = false) {
        self.jobs = jobs
        self.unreadable = unreadable
        self.nextCursor = nextCursor
        self.hasMore = hasMore
    }
}

/// An uploaded file (contract §7).
public struct Upload: Sendable, Hashable {
    /// The service's name of the file.
    public var id: String
    /// Stands for the picture in requests.
    public var url: String
    /// What the service found it to be, such as `image/png`.
    public var contentType: String?
    public var byteSize: Int64?
    /// Milliseconds since 1970, the service's clock; files live one to two hours.
    public var expiresAt: Int64?

    public init(id: String, url: String, contentType: String? = nil, byteSize: Int64? = nil, expiresAt: Int64? = nil) {
        self.id = id
        self.url = url
        self.contentType = contentType
        self.byteSize = byteSize
        self.expiresAt = expiresAt
    }
}

/// A file that was fetched.
public struct Download: Sendable, Hashable {
    public var byteCount: Int64
    /// What the server declared, such as `image/jpeg`.
    public var contentType: String?

    public init(byteCount: Int64, contentType: String? = nil) {
        self.byteCount = byteCount
        self.contentType = contentType
    }
}

/// An entry of the service's own catalogue (contract §1).
public struct ModelListing: Sendable, Hashable {
    public var id: String
    public var title: String?
    /// Credits of one picture: the least and the most.
    public var credits: ClosedRange<Int>?
    /// The key of the model's own object in a request, where the service tells it.
    public var parametersKey: String?
    /// All that the service said.
    public var raw: JSONValue

    public init(
        id: String, title: String? = nil, credits: ClosedRange<Int>? = nil, parametersKey: String? = nil,
        raw: JSONValue = .null
    ) {
        self.id = id
        self.title = title
        self.credits = credits
        self.parametersKey = parametersKey
        self.raw = raw
    }
}

/// Whose key it is (contract §1).
public struct Account: Sendable, Hashable {
    /// Name or address of the user.
    public var user: String?
    public var credits: Int?
    public var plan: String?
    /// The beginning of the key.
    public var keyPrefix: String?
    /// All that the service said.
    public var raw: JSONValue

    public init(
        user: String? = nil, credits: Int? = nil, plan: String? = nil, keyPrefix: String? = nil, raw: JSONValue = .null
    ) {
        self.user = user
        self.credits = credits
        self.plan = plan
        self.keyPrefix = keyPrefix
        self.raw = raw
    }
}
