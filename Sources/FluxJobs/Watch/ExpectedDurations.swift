/// What jobs of each model have taken so far, by the service's clock, in this process and in those that the ledger knows
/// of: the running median of the last ones tells when to look at the next.
struct ExpectedDurations: Sendable {
    /// Fewer say nothing.
    static let leastCount = 3
    static let mostCount = 31

    private struct Recent: Sendable {
        var durations: [Duration] = []
        var next = 0
        /// Kept with the durations: asked more often than they change.
        var median: Duration?
    }

    private var models: [String: Recent] = [:]

    mutating func add(_ duration: Duration, of model: String) {
        guard duration >= .zero else { return }
        var recent = models[model] ?? Recent()
        if recent.durations.count < Self.mostCount {
            recent.durations.append(duration)
        } else {
            recent.durations[recent.next] = duration
            recent.next = (recent.next + 1) % Self.mostCount
        }
        if recent.durations.count >= Self.leastCount {
            recent.median = recent.durations.sorted()[recent.durations.count / 2]
        }
        models[model] = recent
    }

    /// Nil until enough is known.
    func median(of model: String) -> Duration? { models[model]?.median }
}
