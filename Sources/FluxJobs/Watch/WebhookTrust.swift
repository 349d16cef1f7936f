/// Whether webhooks arrive here. Looks become rare only where they do, and usual again when jobs end without one: the
/// public address may be wrong, a tunnel may be down.
struct WebhookTrust {
    /// How much wider the steps between looks are.
    static let stretch = 4
    private static let mostMisses = 3

    private(set) var isEarned = false
    private var misses = 0

    /// A webhook told of a job's end.
    mutating func told() {
        isEarned = true
        misses = 0
    }

    /// A look found a job's end before any webhook told it.
    mutating func missed() {
        misses += 1
        if misses >= Self.mostMisses { isEarned = false }
    }
}
