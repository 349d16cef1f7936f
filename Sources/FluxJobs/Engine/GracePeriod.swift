/// For how long something has been in the way, without the time for which the machine slept: who opens a laptop in the
/// morning finds jobs that are as patient as they were in the evening.
struct GracePeriod: Sendable {
    /// Attempts that follow each other are never further apart.
    private static let usualGap: Duration = .seconds(180)

    private(set) var spent: Duration = .zero
    private var last: Duration?
    private var longestGap = Self.usualGap

    /// One more attempt has failed.
    /// - Parameter wait: what comes before the next one, where that is known.
    mutating func failed(at now: Duration, before wait: Duration = .zero) {
        if let last { spent += min(now - last, longestGap) }
        last = now
        longestGap = max(Self.usualGap, wait * 2)
    }
}
