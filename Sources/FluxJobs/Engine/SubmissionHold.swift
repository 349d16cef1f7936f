/// Keeps all submissions back for some time after the service found them too many (contract §5: 429).
struct SubmissionHold {
    /// Nothing is submitted before this.
    private(set) var until: Duration = .zero
    private var waves = 0

    /// The service refused one, also after the client had tried again. Several refusals of one time count once.
    mutating func refused(at now: Duration, retryAfter: Duration?) {
        if now >= until || waves == 0 { waves += 1 }
        let backoff = min(.seconds(1) * (1 << min(waves - 1, 5)), .seconds(30))
        until = max(until, now + max(backoff, retryAfter ?? .zero))
    }

    mutating func accepted() { waves = 0 }
}
