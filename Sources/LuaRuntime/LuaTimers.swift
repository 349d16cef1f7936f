import Synchronization

/// Calls back after a time, by an injected clock. However many timers there are, one task sleeps for the earliest.
public final class LuaTimers: Sendable {
    fileprivate struct Timer {
        var due: Duration
        var number: Int
        var body: @Sendable () -> Void
    }

    private struct State {
        /// A binary heap, the earliest in front.
        var heap: [Timer] = []
        /// Timers that were neither called nor cancelled.
        var pending: Set<Int> = []
        var lastNumber = 0
        var sleeper: Task<Void, Never>?
        var wakes: Duration?
    }

    private let state = Mutex(State())
    private let elapsed: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    public init(clock: any Clock<Duration> = ContinuousClock()) {
        (elapsed, sleep) = Self.reading(of: clock)
    }

    deinit { state.withLock { $0.sleeper?.cancel() } }

    private static func reading<C: Clock<Duration>>(
        of clock: C
    ) -> (@Sendable () -> Duration, @Sendable (Duration) async throws -> Void) {
        let start = clock.now
        return (
            { start.duration(to: clock.now) }, { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
        )
    }

    /// Calls `body` on any thread once the time is over. Returns what `cancel` takes.
    @discardableResult
    public func after(_ duration: Duration, _ body: @escaping @Sendable () -> Void) -> Int {
        let due = elapsed() + duration
        return state.withLock { state in
            state.lastNumber += 1
            state.pending.insert(state.lastNumber)
            state.heap.append(Timer(due: due, number: state.lastNumber, body: body))
            Self.siftUp(&state.heap)
            schedule(&state)
            return state.lastNumber
        }
    }

    public func cancel(_ number: Int) {
        state.withLock { state in
            guard state.pending.remove(number) != nil else { return }
            // Cancelled timers stay in the heap until they are due, or are most of it.
            guard state.heap.count > 2 * state.pending.count + 64 else { return }
            state.heap = state.heap.filter { state.pending.contains($0.number) }.sorted { $0.isBefore($1) }
        }
    }

    private func schedule(_ state: inout State) {
        guard let due = state.heap.first?.due else { return }
        if let wakes = state.wakes, wakes <= due { return }
        state.sleeper?.cancel()
        state.wakes = due
        state.sleeper = Task { [weak self, sleep] in
            do { try await sleep(due) } catch { return }
            self?.fire()
        }
    }

    private func fire() {
        let now = elapsed()
        let due: [@Sendable () -> Void] = state.withLock { state in
            var bodies: [@Sendable () -> Void] = []
            while let first = state.heap.first, first.due <= now {
                Self.removeFirst(&state.heap)
                if state.pending.remove(first.number) != nil { bodies.append(first.body) }
            }
            state.wakes = nil
            schedule(&state)
            return bodies
        }
        for body in due { body() }
    }
}

// MARK: - The heap

extension LuaTimers {
    private static func siftUp(_ heap: inout [Timer]) {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private static func removeFirst(_ heap: inout [Timer]) {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

extension LuaTimers.Timer {
    fileprivate func isBefore(_ other: Self) -> Bool { (due, number) < (other.due, other.number) }
}
