import FluxClient
import Synchronization

/// A handle of one job: readable from any thread, never blocking, always the newest known state.
public final class Job: Sendable, Identifiable {
    /// Names one registration of `whenSettled`.
    public struct Observer: Sendable, Hashable {
        fileprivate let number: Int
    }

    /// Counts the jobs of an engine, from 1. The service's own id comes later, in the snapshot.
    public let number: Int
    public let request: JobRequest
    /// The request's local files as they were when it was asked, by path.
    let inputs: [String: Result<InputFile, FluxError>]

    public var id: Int { number }

    private struct State {
        var snapshot = JobSnapshot()
        var observers: [Int: @Sendable () -> Void] = [:]
        var lastObserver = 0
        var completionSeen: Duration?
    }

    private let state = Mutex(State())

    init(number: Int, request: JobRequest, inputs: [String: Result<InputFile, FluxError>] = [:]) {
        self.number = number
        self.request = request
        self.inputs = inputs
    }

    public var snapshot: JobSnapshot { state.withLock(\.snapshot) }

    /// Waits until the job is settled, and gives its last state. A cancelled waiter gets the state of that moment; the
    /// job itself goes on.
    public func settled() async -> JobSnapshot {
        let waiter = Waiter()
        let observer = whenSettled { waiter.finish() }
        await withTaskCancellationHandler {
            await waiter.wait()
        } onCancel: {
            waiter.finish()
        }
        removeObserver(observer)
        return snapshot
    }

    /// Calls `body` once, when the job is settled: on the thread that settles it, or at once on this one if it is
    /// settled already. `body` must be quick and must not block.
    @discardableResult
    public func whenSettled(_ body: @escaping @Sendable () -> Void) -> Observer {
        let (number, isSettled) = state.withLock { state in
            state.lastObserver += 1
            if !state.snapshot.isSettled { state.observers[state.lastObserver] = body }
            return (state.lastObserver, state.snapshot.isSettled)
        }
        if isSettled { body() }
        return Observer(number: number)
    }

    /// Takes a registration back. Its body may still be running on another thread when this returns.
    public func removeObserver(_ observer: Observer) {
        _ = state.withLock { $0.observers.removeValue(forKey: observer.number) }
    }

    /// Changes the state of a job that is not settled; settling calls the observers, after the lock. The engine is the
    /// only caller.
    /// - Returns: false when the job was settled already, and stays as it is.
    @discardableResult
    func update(_ change: (inout JobSnapshot) -> Void) -> Bool {
        let observers: [@Sendable () -> Void]? = state.withLock { state in
            guard !state.snapshot.isSettled else { return nil }
            change(&state.snapshot)
            guard state.snapshot.isSettled else { return [] }
            defer { state.observers = [:] }
            return state.observers.sorted { $0.key < $1.key }.map(\.value)
        }
        for observer in observers ?? [] { observer() }
        return observers != nil
    }

    /// The last change: nothing else will come.
    func settle(_ error: FluxError?) {
        update { snapshot in
            snapshot.error = error
            snapshot.isSettled = true
        }
    }

    /// When its engine, by its own clock, saw that the job is complete: its URLs are fresh for some time from then.
    var completionSeen: Duration? {
        get { state.withLock(\.completionSeen) }
        set { state.withLock { $0.completionSeen = newValue } }
    }
}

/// Holds one task until it is finished, in either order. Finishing twice is harmless.
final class Waiter: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Void, Never>)
        case finished
    }

    private let state = Mutex(State.open)

    func wait() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if case .finished = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isFinished { continuation.resume() }
        }
    }

    func finish() {
        let continuation: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .finished }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }
}
