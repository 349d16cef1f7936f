import FluxClient

/// How far a completed job's pictures are fetched. Knows no files: told what happened, it tells what to do.
struct FetchProgress {
    enum Step: Sendable, Hashable {
        /// Others of the job are under way.
        case wait
        /// Try this one again after some time.
        case again(after: Duration)
        /// All have come or will not; the first error, if any.
        case done(FluxError?)
    }

    private var attempts: [Int: Int] = [:]
    private var left = 0
    private var error: FluxError?

    /// - Parameter count: how many pictures there are.
    mutating func begin(count: Int) { left = count }

    mutating func succeeded() -> Step {
        left -= 1
        return left == 0 ? .done(error) : .wait
    }

    mutating func failed(index: Int, with error: FluxError, _ configuration: EngineConfiguration) -> Step {
        let attempt = attempts[index, default: 0] + 1
        attempts[index] = attempt
        let retries =
            switch error.kind {
            case .expired: configuration.missingPictureRetries
            case .io, .invalid, .cancelled: 0
            default: configuration.fetchRetries
            }
        if attempt <= retries {
            let wait = Duration.milliseconds(500) * (1 << min(attempt - 1, 6))
            return .again(after: max(wait, error.retryAfter ?? .zero))
        }
        if self.error == nil { self.error = error }
        return succeeded()
    }
}
