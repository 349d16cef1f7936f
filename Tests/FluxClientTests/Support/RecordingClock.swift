import Synchronization

/// A clock on which no time passes by itself: it writes down how long somebody wanted to sleep and, unless it holds
/// sleepers, lets that time pass at once.
final class RecordingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))
    private let fallenAsleep = AsyncStream<Void>.makeStream()
    private let holdsSleepers: Bool

    init(holdsSleepers: Bool = false) { self.holdsSleepers = holdsSleepers }

    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .zero }
    /// Every sleep that was asked for.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            if !holdsSleepers { state.now = max(state.now, deadline.offset) }
        }
        fallenAsleep.continuation.yield()
        // A stream that nobody feeds ends when its task is cancelled.
        if holdsSleepers { for await _ in AsyncStream<Void>.makeStream().stream {} }
        try Task.checkCancellation()
    }

    /// Returns when somebody has fallen asleep.
    func asleep() async {
        for await _ in fallenAsleep.stream { return }
    }
}
