/// Whether webhooks arrive here. Looks become rare only where they do, and usual again when jobs end without one: the
/// public address may be wrong, a tunnel may be down.
struct WebhookHealth {
    /// How much wider the steps between looks are.
    static let stretch = 4
    private static let mostMisses = 3

    private(set) var isEarned = false
    private var misses = 0
    private var firstMiss: Duration?
    private var hasHeard = false

    /// How long a webhook may be on its way.
    private static let longestWay: Duration = .seconds(10)

    /// A webhook told of a job's end.
    mutating func told() {
        isEarned = true
        misses = 0
    }

    /// Any webhook has come: the way is open.
    mutating func heard() { hasHeard = true }

    /// A look found a job's end before any webhook told it.
    mutating func missed(at now: Duration) {
        misses += 1
        firstMiss = firstMiss ?? now
        if misses >= Self.mostMisses { isEarned = false }
    }

    /// Whether none has ever come although several jobs have ended.
    /// - Parameter now: nil: it is the end, and none is waited for any more.
    func areMissing(at now: Duration?) -> Bool {
        guard !hasHeard, misses >= Self.mostMisses, let firstMiss else { return false }
        return now.map { $0 - firstMiss >= Self.longestWay } ?? true
    }
}
