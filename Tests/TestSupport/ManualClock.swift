import Dispatch
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: Clock, Sendable {
    public struct Instant: InstantProtocol {
        public var offset: Duration
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private struct State {
        var now: Duration = .zero
        var lastSleeper = 0
        var sleepers: [Int: (deadline: Duration, wake: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    public init() {}

    public var now: Instant { Instant(offset: elapsed) }
    public var minimumResolution: Duration { .zero }
    public var elapsed: Duration { state.withLock(\.now) }

    /// When the first sleeper wakes.
    public var nextDeadline: Duration? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
                    if deadline.offset <= state.now { return .success(()) }
                    state.sleepers[number] = (deadline.offset, wake)
                    return nil
                }
                if let result { wake.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: number)
                if sleeper == nil { state.cancelled.insert(number) }
                return sleeper
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }

    public func advance(by duration: Duration) { advance(to: elapsed + duration) }

    public func advance(to moment: Duration) {
        let due = state.withLock { state in
            state.now = max(state.now, moment)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Moves on to the next deadline whenever nothing else happens, until the condition holds.
    public func run(until condition: () -> Bool) async {
        while !condition() {
            // Tasks work on the pool, and what blocks on the disk or the ledger on queues beside it: both get their turns
            // before time moves, also where the machine is busy.
            for turn in 0..<200 where !condition() { await turn % 5 == 4 ? throughQueues() : Task.yield() }
            if !condition(), let nextDeadline { advance(to: nextDeadline) }
        }
    }
}

/// Comes back behind all that waits for the system's queues.
private func throughQueues() async {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume() }
    }
}

/// Lets other tasks work until the condition holds.
public func until(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}
