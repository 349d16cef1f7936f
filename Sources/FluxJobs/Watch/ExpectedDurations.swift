/// What jobs of each model have taken so far, by the service's clock, in this process and in those that the ledger knows
/// of: the running median of the last ones tells when to look at the next.
struct ExpectedDurations: Sendable {
    /// Fewer make no median.
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

    func knowsNothing(of model: String) -> Bool { models[model]?.durations.isEmpty ?? true }

    /// The median; before there is one, what is said of the model, unless a job took much less than that.
    func duration(of model: String, said: Duration) -> Duration {
        if let median = median(of: model) { return median }
        guard let shortest = models[model]?.durations.min(), Self.isMuchLess(shortest, than: said) else { return said }
        return shortest
    }

    /// By more than jobs of a model differ from each other.
    static func isMuchLess(_ duration: Duration, than other: Duration) -> Bool { duration < other * 3 / 4 }
}
