/// The one place that decides whether a call that failed is tried again, and when (contract §5).
public struct RetryPolicy: Sendable {
    /// After the first attempt.
    public var retries: Int
    /// Upper bound of the first wait; each further one is twice as long.
    public var firstBackoff: Duration
    /// No backoff is longer.
    public var longestBackoff: Duration
    /// A `Retry-After` beyond this is not waited for: the error tells it.
    public var longestRetryAfter: Duration
    /// Whether a 429 is waited for. Not where the caller holds back all its calls instead.
    public var retriesRateLimits = true

    public init(
        retries: Int = 4, firstBackoff: Duration = .milliseconds(500), longestBackoff: Duration = .seconds(30),
        longestRetryAfter: Duration = .seconds(300)
    ) {
        self.retries = retries
        self.firstBackoff = firstBackoff
        self.longestBackoff = longestBackoff
        self.longestRetryAfter = longestRetryAfter
    }

    /// How long to wait before the next attempt; nil: there is none.
    ///
    /// - Parameters:
    ///   - attempts: how many were made, at least 1.
    ///   - method: to repeat a GET does no harm.
    ///   - hasIdempotencyKey: whether the service would recognise the call when it comes again.
    ///   - error: what the last attempt came to.
    ///   - random: from 0 up to 1, the share of the backoff that is waited ("full jitter": callers that failed together
    ///     do not come back together). A `Retry-After` is waited for in full, and the jitter comes on top.
    public func delay(
        afterAttempts attempts: Int, method: HTTPRequest.Method, hasIdempotencyKey: Bool, error: FluxError,
        random: Double
    ) -> Duration? {
        guard attempts <= retries, mayRetry(method, hasIdempotencyKey, error) else { return nil }
        let retryAfter = error.retryAfter ?? .zero
        guard retryAfter <= longestRetryAfter else { return nil }
        var backoff = firstBackoff
        for _ in 1..<max(attempts, 1) where backoff < longestBackoff { backoff *= 2 }
        return retryAfter + min(backoff, longestBackoff) * min(max(random, 0), 1)
    }

    private func mayRetry(_ method: HTTPRequest.Method, _ hasIdempotencyKey: Bool, _ error: FluxError) -> Bool {
        switch error.status {
        case 429: retriesRateLimits  // The service did nothing yet.
        case let status? where status >= 500: method == .get || hasIdempotencyKey
        case nil where error.kind == .network && !error.isPermanent: method == .get || hasIdempotencyKey
        default: false
        }
    }
}
