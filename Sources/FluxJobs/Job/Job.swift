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
    /// What was asked for.
    public let request: JobRequest
    /// The request's local files as they were when it was asked, by path.
    let inputs: [String: Result<InputFile, FluxError>]

    /// What tells it from others like it, when there is a ledger.
    let draftIdentity: DraftIdentity?

    public var id: Int { number }

    private struct State {
        var snapshot = JobSnapshot()
        var observers: [Int: @Sendable () -> Void] = [:]
        var streams: [Int: AsyncStream<JobSnapshot>.Continuation] = [:]
        var lastObserver = 0
        var wake: Wake?
        var completionSeen: Duration?
        var recordKey: String?
    }

    /// What the first who waits sets going; a struct, because bare closures in a mutex grow chains of conversions.
    struct Wake: Sendable {
        var body: @Sendable (Job) -> Void
    }

    private let state = Mutex(State())

    init(
        number: Int, request: JobRequest, inputs: [String: Result<InputFile, FluxError>] = [:],
        draftIdentity: DraftIdentity? = nil
    ) {
        self.number = number
        self.request = request
        self.inputs = inputs
        self.draftIdentity = draftIdentity
    }

    /// All that is known at this moment.
    public var snapshot: JobSnapshot { state.withLock(\.snapshot) }

    /// Whether the service has it and it has not settled. Costs less than a snapshot.
    public var isUnderWay: Bool { state.withLock { $0.snapshot.id != nil && !$0.snapshot.isSettled } }

    /// Costs less than a snapshot.
    public var isSettled: Bool { state.withLock(\.snapshot.isSettled) }

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
        wake()
        return Observer(number: number)
    }

    /// The job's states: the one of this moment first, then each that differs from the one before, the settled one last.
    /// Every call gives a sequence of its own; to leave one early costs nothing, and the job goes on.
    public var states: AsyncStream<JobSnapshot> {
        let (stream, continuation) = AsyncStream.makeStream(of: JobSnapshot.self)
        let number: Int? = state.withLock { state in
            continuation.yield(state.snapshot)
            if state.snapshot.isSettled { return nil }
            state.lastObserver += 1
            state.streams[state.lastObserver] = continuation
            return state.lastObserver
        }
        if let number {
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.streams.removeValue(forKey: number) }
            }
            wake()
        } else {
            continuation.finish()
        }
        return stream
    }

    /// The job's pictures, awaited. Throws why there are none; `.cancelled` when the waiting task is cancelled, while the
    /// job itself goes on.
    public var pictures: [Picture] {
        get async throws(FluxError) {
            let snapshot = await settled()
            if let error = snapshot.error { throw error }
            guard snapshot.isSettled else { throw FluxError(.cancelled, "the wait was cancelled; the job goes on") }
            return snapshot.pictures
        }
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
        let ended: Ended? = state.withLock { state in
            guard !state.snapshot.isSettled else { return nil }
            let before = state.streams.isEmpty ? nil : state.snapshot
            change(&state.snapshot)
            if let before, before != state.snapshot {
                for stream in state.streams.values { stream.yield(state.snapshot) }
            }
            guard state.snapshot.isSettled else { return Ended() }
            defer {
                state.observers = [:]
                state.streams = [:]
                state.wake = nil
            }
            return Ended(
                observers: state.observers.sorted { $0.key < $1.key }.map(\.value),
                streams: Array(state.streams.values))
        }
        guard let ended else { return false }
        for observer in ended.observers { observer() }
        for stream in ended.streams { stream.finish() }
        return true
    }

    /// Who is to be told that the job is settled.
    private struct Ended {
        var observers: [@Sendable () -> Void] = []
        var streams: [AsyncStream<JobSnapshot>.Continuation] = []
    }

    /// Leaves a job alone until somebody waits for it, which then sets it going, once.
    func sleep(until wake: Wake) { state.withLock { $0.wake = wake } }

    /// Sets a job going that nobody has waited for so far.
    func wake() {
        let wake = state.withLock { state in
            defer { state.wake = nil }
            return state.wake
        }
        wake?.body(self)
    }

    /// Dropped before the service was asked for it.
    public var wasNeverAskedFor: Bool { state.withLock { $0.snapshot.error == .neverAskedFor } }

    /// Known from a list of the service's and left alone until somebody waits for it: its status is that of the list, and
    /// its pictures are fetched then.
    public var isAsleep: Bool { state.withLock { $0.wake != nil } }

    /// The last change: nothing else will come.
    func settle(_ error: FluxError?) {
        update { snapshot in
            snapshot.error = error
            snapshot.isSettled = true
        }
    }

    /// What it is called in the ledger, once it is there.
    public internal(set) var recordKey: String? {
        get { state.withLock(\.recordKey) }
        set { state.withLock { $0.recordKey = newValue } }
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
