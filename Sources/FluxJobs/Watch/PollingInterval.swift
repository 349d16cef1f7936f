/// How often one job is looked at.
struct PollingInterval: Sendable, Hashable {
    /// From acceptance to the first look.
    var firstLook: Duration
    /// Between the first looks after that: a fifth of what the job should take, within bounds.
    var step: Duration

    static let steps: ClosedRange<Duration> = .milliseconds(20)...(.seconds(2))
    static let widest: Duration = .seconds(15)

    /// - Parameters:
    ///   - expected: how long the job should take.
    ///   - firstLook: what the author wants instead for the first look.
    init(expected: Duration, firstLook: Duration? = nil) {
        self.firstLook = max(.zero, firstLook ?? expected)
        step = min(max(expected / 5, Self.steps.lowerBound), Self.steps.upperBound)
    }

    /// From one look to the next, when the job has been open for `overdue` since its first look: wider with age.
    func step(overdue: Duration) -> Duration {
        max(step, min(overdue / 5, Self.widest))
    }
}
