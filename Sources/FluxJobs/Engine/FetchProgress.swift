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

    private struct Trouble {
        /// Attempts in a row for which the way to the picture was at fault, and for how long.
        var passing = 0
        var patience = GracePeriod()
        /// Attempts that found no picture at the end of the way.
        var vain = 0
    }

    private var troubles: [Int: Trouble] = [:]
    private var left = 0
    private var error: FluxError?

    /// - Parameter count: how many pictures there are.
    mutating func begin(count: Int) { left = count }

    mutating func succeeded() -> Step {
        left -= 1
        return left == 0 ? .done(error) : .wait
    }

    /// The picture is paid, and the service keeps it for a day: while it is only out of reach, it is asked for again for
    /// as long as patience lasts; what came but is no picture, a few times.
    ///
    /// - Parameter jitter: from 0 up to 1.
    mutating func failed(
        index: Int, with error: FluxError, at now: Duration, jitter: Double, _ configuration: EngineConfiguration
    ) -> Step {
        var trouble = troubles[index] ?? Trouble()
        if error.isPassing {
            trouble.passing += 1
            trouble.patience.failed(at: now, before: error.retryAfter ?? .zero)
        } else {
            trouble.passing = 0
            trouble.patience = GracePeriod()
            trouble.vain += 1
        }
        troubles[index] = trouble
        let goesOn =
            switch error.kind {
            case .expired: trouble.vain <= configuration.missingPictureRetries
            // Nobody is let in by asking again.
            case .io, .invalid, .auth, .cancelled: false
            default:
                error.isPassing
                    ? trouble.patience.spent < configuration.patience : trouble.vain <= configuration.fetchRetries
            }
        if goesOn {
            let wait = Backoff.wait(
                afterFailures: max(trouble.passing, trouble.vain), first: .seconds(1), longest: .seconds(30),
                jitter: jitter)
            return .again(after: max(wait, min(error.retryAfter ?? .zero, configuration.patience)))
        }
        if self.error == nil { self.error = error }
        return succeeded()
    }
}

extension FluxError {
    /// The other side was not reached, or is busy, or in trouble: it may be well again later.
    var isPassing: Bool {
        switch kind {
        case .network: !isPermanent
        case .rateLimited: true
        case .service: (status ?? 0) >= 500
        default: false
        }
    }
}
