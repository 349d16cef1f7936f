import HTTPServer
import Synchronization

/// Wakes its owner at the earliest moment that was set.
final class WakeupTimer: Sendable {
    private struct State {
        var moment: Duration?
        var task: Task<Void, Never>?
        var isClosed = false
    }

    private let time: ServiceClock
    private let state = Mutex(State())

    init(time: ServiceClock) { self.time = time }

    deinit { close() }

    /// - Parameters:
    ///   - moment: nil: nothing to wake for. A later one than what is set changes nothing: waking too early does no harm.
    ///   - wake: is expected to set the alarm again.
    func set(to moment: Duration?, _ wake: @escaping @Sendable () -> Void) {
        guard let moment else { return }
        state.withLock { state in
            guard !state.isClosed, state.moment.map({ moment < $0 }) ?? true else { return }
            state.task?.cancel()
            state.moment = moment
            state.task = Task { [time, weak self] in
                guard (try? await time.sleep(until: moment)) != nil, self?.ring(moment) == true else { return }
                wake()
            }
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.task?.cancel()
            state.task = nil
        }
    }

    /// Whether this is still the moment that was set.
    private func ring(_ moment: Duration) -> Bool {
        state.withLock { state in
            guard state.moment == moment, !state.isClosed else { return false }
            state.moment = nil
            state.task = nil
            return true
        }
    }
}

/// Tasks that run on their own and end with their owner.
final class BackgroundTasks: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastNumber = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.lastNumber += 1
            let number = state.lastNumber
            state.tasks[number] = Task { [weak self] in
                await body()
                // Under the lock, and so not before the task is held here.
                self?.state.withLock { $0.tasks[number] = nil }
            }
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            for task in state.tasks.values { task.cancel() }
            state.tasks = [:]
        }
    }
}
