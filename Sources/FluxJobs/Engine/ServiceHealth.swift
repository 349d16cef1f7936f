/// Whether the service is there at all: a circuit that opens when call after call finds nobody, lets a probe through now
/// and then, and closes when anything is answered. Knows no service and no clock: told what happened, it tells what to do.
struct ServiceHealth {
    /// Calls in a row, each tried several times, that open the circuit.
    static let failuresToOpen = 5

    /// Whether any call was ever answered. What never was there is not waited for: its address may be wrong.
    private(set) var hasAnswered = false
    private(set) var isOpen = false
    private var probeTime: Duration = .zero
    private var isProbing = false
    private var failures = 0
    private var probes = 0

    /// When the next submission may try; nil while it is not known, because one is trying.
    var nextProbe: Duration? { isProbing ? nil : probeTime }

    /// The service answered something, be it a refusal.
    /// - Returns: whether this closes the circuit.
    mutating func answered() -> Bool {
        let wasOpen = isOpen
        self = ServiceHealth()
        hasAnswered = true
        return wasOpen
    }

    /// A call was given up: nobody was there, or only a proxy that says so.
    /// - Parameter jitter: from 0 up to 1.
    /// - Returns: whether this opens the circuit.
    mutating func failed(at now: Duration, jitter: Double) -> Bool {
        failures += 1
        let opens = !isOpen && failures >= Self.failuresToOpen
        guard opens || isProbing else { return false }
        isOpen = true
        isProbing = false
        probes += 1
        probeTime = now + Backoff.wait(afterFailures: probes, first: .seconds(2), longest: .seconds(30), jitter: jitter)
        return opens
    }

    /// A submission ended before anything was sent, and tells nothing of the service.
    mutating func undecided() { isProbing = false }

    /// Whether a submission may go out now. While the circuit is open, one at a time may, to see.
    mutating func letsThrough(at now: Duration) -> Bool {
        guard isOpen else { return true }
        guard !isProbing, now >= probeTime else { return false }
        isProbing = true
        return true
    }
}
