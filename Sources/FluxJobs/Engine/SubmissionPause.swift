/// Keeps all submissions back for some time after the service found them too many (contract §5: 429).
struct SubmissionPause {
    /// Nothing is submitted before this.
    private(set) var until: Duration = .zero
    private var waves = 0

    /// The service refused one. Several refusals of one time count once.
    ///
    /// - Parameters:
    ///   - retryAfter: what the service says; it is waited for in full.
    ///   - jitter: from 0 up to 1: programs that were refused together do not come back together.
    mutating func refused(at now: Duration, retryAfter: Duration?, jitter: Double) {
        if now >= until || waves == 0 { waves += 1 }
        let backoff = Backoff.wait(afterFailures: waves, first: .seconds(1), longest: .seconds(30), jitter: jitter)
        until = max(until, now + max(backoff, (retryAfter ?? .zero) + backoff / 4))
    }

    /// Another program was refused.
    mutating func hold(until moment: Duration) { until = max(until, moment) }

    mutating func accepted() { waves = 0 }
}

/// Waits that double with every failure in a row.
enum Backoff {
    /// - Parameter jitter: from 0 up to 1; the wait is from half of the full one to all of it.
    static func wait(
        afterFailures failures: Int, first: Duration, longest: Duration, jitter: Double
    ) -> Duration {
        let full = min(first * (1 << min(max(failures, 1) - 1, 20)), longest)
        return full / 2 + full / 2 * jitter
    }
}
