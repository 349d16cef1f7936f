import FluxClient

/// What becomes of one job's submission that did not succeed. Every attempt bears the same idempotency key, so none makes
/// a second job. Knows no service and no clock.
struct SubmissionProgress {
    enum Step: Sendable, Hashable {
        /// Step back in line: all submissions are held back anyhow.
        case inLine
        /// Try again after some time; others may go on meanwhile.
        case again(after: Duration)
        /// It is the job's error.
        case done
    }

    /// For how long nothing but passing trouble was in its way.
    private var patience = GracePeriod()
    private var troubles = 0

    /// - Parameter jitter: from 0 up to 1.
    mutating func failed(
        with error: FluxError, at now: Duration, _ health: ServiceHealth, jitter: Double,
        _ configuration: EngineConfiguration
    ) -> Step {
        guard error.isPassing else { return .done }
        patience.failed(at: now, before: error.retryAfter ?? .zero)
        // What the service asks for takes patience as well.
        let trouble = patience.spent + (error.retryAfter ?? .zero)
        if error.kind == .rateLimited { return trouble < configuration.rateLimitPatience ? .inLine : .done }
        guard health.hasAnswered, trouble < configuration.patience else { return .done }
        if health.isOpen { return .inLine }
        troubles += 1
        guard troubles <= configuration.submissionRetries else { return .done }
        let wait = Backoff.wait(afterFailures: troubles, first: .seconds(2), longest: .seconds(30), jitter: jitter)
        return .again(after: max(wait, error.retryAfter ?? .zero))
    }
}
