import Synchronization

/// Requests that are written down for whoever is on the ledger, and that nobody waits for here.
public final class Handover: Sendable {
    /// How many were handed over, and how many could not be asked for: they need pictures of others.
    public struct Counts: Sendable, Hashable {
        public var handedOver = 0
        public var leftOut = 0
    }

    private struct State {
        var counts = Counts()
        var observer: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    public var counts: Counts { state.withLock(\.counts) }

    /// Calls `body` whenever there is one more. It must be quick and must not block.
    public func whenChanged(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.observer = body } }

    fileprivate func add(_ change: (inout Counts) -> Void) {
        let observer = state.withLock { state in
            change(&state.counts)
            return state.observer
        }
        observer?()
    }
}

extension EngineCore {
    /// Lets go of a job: its request is in the ledger, for others to send. It never settles here, and neither does what
    /// needs its pictures.
    func handOver(_ number: Int) { letGo(number) { $0.handedOver += 1 } }

    /// Whether the pictures that a job needs are those of one that was let go.
    func isLeftOut(_ job: Job) -> Bool { job.request.sourceJobs.contains { letGo.contains($0.number) } }

    func leaveOut(_ number: Int) { letGo(number) { $0.leftOut += 1 } }

    private func letGo(_ number: Int, _ count: (inout Handover.Counts) -> Void) {
        guard let handover, let entry = progress.removeValue(forKey: number) else { return }
        letGo.insert(number)
        if entry.holdsSlot {
            limiter.leave()
            health.undecided()
        }
        registry.letGo(entry.job)
        handover.add(count)
        for (other, waiting) in progress where waiting.awaited > 0 && isLeftOut(waiting.job) { leaveOut(other) }
        admitWaiting()
    }
}
