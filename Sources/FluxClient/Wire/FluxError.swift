/// Why a call of the service, or a job, did not give what was asked (contract §5).
public struct FluxError: Error, Sendable, Hashable {
    /// What to branch on; scripts read it as `err.kind`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request is wrong: nothing was made or paid (HTTP 400, 404, 409, 413 …).
        case invalid
        /// The key is missing, wrong, inactive or without permission (401, 403).
        case auth
        /// Not enough credits (402).
        case credits
        /// Too many requests, for longer than it was tried again (429).
        case rateLimited = "rate_limited"
        /// The job failed at the service.
        case failed
        /// The job was refused by content moderation.
        case moderated
        /// The pictures are gone from the CDN.
        case expired
        /// The service was not reached, or the connection broke.
        case network
        /// Trouble at the service (5xx), or an answer that cannot be read.
        case service
        /// A wait, or a call of the service, took too long.
        case timeout
        /// The caller gave up, or somebody ended the job at the service.
        case cancelled
        /// It could cost more than the budget leaves; nothing was sent.
        case budget
        /// Nobody can tell whether the service has the request: it is not sent again by itself.
        case unknownOutcome = "unknown_outcome"
        /// A file could not be read or written.
        case io
    }

    /// What to branch on.
    public var kind: Kind
    /// One readable line.
    public var message: String
    /// HTTP status.
    public var status: Int?
    /// JSON path → messages, of a 400.
    public var details: [String: [String]]
    /// What the user can do about it.
    public var hint: String?
    /// What the service's `Retry-After` says.
    public var retryAfter: Duration?
    /// The service's `X-Request-Id`.
    public var requestID: String?
    /// Of a 402.
    public var creditsRequired: Int?
    public var creditsAvailable: Int?
    /// Trying again cannot help although the kind suggests it: a certificate that nobody trusts stays so.
    public var isPermanent = false
    /// Nothing of the request has left this machine: nobody was there to take it.
    public var isUnsent = false
    /// What came and could not be read, or its beginning: something that is paid may be in it.
    public var answer: String?
    /// An earlier attempt of the same call may have arrived, whatever this answer to the last one says: its own answer was
    /// lost, or was trouble.
    public var mayHaveArrived = false

    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, details: [String: [String]] = [:], hint: String? = nil,
        retryAfter: Duration? = nil, requestID: String? = nil, creditsRequired: Int? = nil,
        creditsAvailable: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.details = details
        self.hint = hint
        self.retryAfter = retryAfter
        self.requestID = requestID
        self.creditsRequired = creditsRequired
        self.creditsAvailable = creditsAvailable
    }
}
