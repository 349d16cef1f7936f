import Dispatch
import FluxClient
import SQLite
import Synchronization

/// Writes to the ledger in the order in which it was asked to. What is asked while a commit is under way goes together
/// into the next one, so that many jobs share each wait for the disk; what nobody waits for lets some more gather first.
final class LedgerQueue: Sendable {
    struct Operation: Sendable {
        /// May run twice: alone once more, when its transaction failed because of another.
        var body: @Sendable (LedgerFile) throws(SQLiteError) -> Void
        /// After the commit, or with what went wrong. Nil: nobody waits, and it is tried again with each later commit.
        var finish: (@Sendable (FluxError?) -> Void)?
    }

    private enum Stage {
        case idle
        /// Notes wait for others; a timer runs.
        case gathering
        case working
    }

    private struct State {
        var waiting: [Operation] = []
        /// What could not be written and still must be, ahead of all else.
        var owed: [Operation] = []
        /// Whether somebody waits for something of `waiting`.
        var isAwaited = false
        var stage = Stage.idle
        /// Many waited for the commit before.
        var isBusy = false
        var isTroubled = false
    }

    private let path: String
    let file: Mutex<LedgerFile?>
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "fluxlua.ledger")
    private let onTrouble: @Sendable (FluxError) -> Void

    /// - Parameter onTrouble: told when something that nobody waits for cannot be written, once until writing works
    ///   again.
    init(_ file: sending LedgerFile, onTrouble: @escaping @Sendable (FluxError) -> Void) {
        path = file.path
        self.file = Mutex(file)
        self.onTrouble = onTrouble
    }

    /// Runs something on the ledger and gives its result when it is on disk.
    func perform<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerFile) throws(SQLiteError) -> Value
    ) async throws(FluxError) -> Value {
        let box = Box<Value?>(nil)
        let error: FluxError? = await withCheckedContinuation { continuation in
            add(
                Operation(
                    body: { file throws(SQLiteError) in box.value = try body(file) },
                    finish: { continuation.resume(returning: $0) }))
        }
        if let error { throw error }
        guard let value = box.value else { throw FluxError(.io, "the ledger \(path) gave no answer") }
        return value
    }

    private final class Box<Value: Sendable>: Sendable {
        private let stored: Mutex<Value>

        init(_ value: Value) { stored = Mutex(value) }

        var value: Value {
            get { stored.withLock { $0 } }
            set { stored.withLock { $0 = newValue } }
        }
    }

    /// More that wait for one commit than this are many.
    private static let crowd = 8

    /// How long a note may wait for others. A process that is killed meanwhile finds out again what they told: the
    /// service knows the job, the store has the picture.
    private static let gatheringTime = DispatchTimeInterval.milliseconds(20)

    /// Has something written after all that was asked before, without waiting for it.
    func note(_ body: @escaping @Sendable (LedgerFile) throws(SQLiteError) -> Void) {
        add(Operation(body: body, finish: nil))
    }

    private func add(_ operation: Operation) {
        let isAwaited = operation.finish != nil
        let begins = state.withLock { state in
            state.waiting.append(operation)
            if isAwaited { state.isAwaited = true }
            switch state.stage {
            case .idle: state.stage = isAwaited ? .working : .gathering
            case .gathering where isAwaited: state.stage = .working
            case .gathering, .working: return false
            }
            return true
        }
        if begins { begin(isAwaited: isAwaited) }
    }

    private func begin(isAwaited: Bool) {
        if isAwaited {
            queue.async { self.work() }
        } else {
            queue.asyncAfter(deadline: .now() + Self.gatheringTime) { self.gathered() }
        }
    }

    private func gathered() {
        let begins = state.withLock { state in
            guard state.stage == .gathering else { return false }
            state.stage = .working
            return true
        }
        if begins { work() }
    }

    private func work() {
        repeat {
            // Where many ask, a moment lets more of them share a commit; they wait for the service much longer.
            if state.withLock({ $0.isBusy }) { Files.pause(milliseconds: 2) }
            let batch = state.withLock { state in
                let batch = state.owed + state.waiting
                state.isBusy = batch.count { $0.finish != nil } > Self.crowd
                (state.owed, state.waiting, state.isAwaited) = ([], [], false)
                return batch
            }
            file.withLock { commit(batch, to: $0) }
        } while goesOn()
    }

    /// Whether there is more to do at once.
    private func goesOn() -> Bool {
        let stage = state.withLock { state in
            state.stage = state.isAwaited ? .working : state.waiting.isEmpty ? .idle : .gathering
            return state.stage
        }
        if stage == .gathering { begin(isAwaited: false) }
        return stage == .working
    }

    private func commit(_ batch: [Operation], to file: LedgerFile?) {
        guard let file else {
            let closed = FluxError(.io, "the ledger \(path) is closed")
            for operation in batch { operation.finish?(closed) }
            return
        }
        do throws(SQLiteError) {
            try file.connection.transaction { () throws(SQLiteError) in
                for operation in batch { try operation.body(file) }
            }
            state.withLock { $0.isTroubled = false }
            for operation in batch { operation.finish?(nil) }
        } catch {
            let isOwn = error.kind == .constraint || error.kind == .other
            if isOwn, batch.count > 1 {
                for operation in batch { commit([operation], to: file) }
            } else {
                failed(batch, error, keeps: !isOwn)
            }
        }
    }

    private func failed(_ batch: [Operation], _ error: SQLiteError, keeps: Bool) {
        let problem = LedgerProblem.error(error, at: path)
        let isNews = state.withLock { state in
            let unawaited = batch.filter { $0.finish == nil }
            if keeps { state.owed += unawaited }
            defer { if !unawaited.isEmpty { state.isTroubled = true } }
            return !unawaited.isEmpty && !state.isTroubled
        }
        if isNews { onTrouble(problem) }
        for operation in batch { operation.finish?(problem) }
    }

    /// Has everything written, and closes the file.
    /// - Throws: what kept something from being written.
    func close(_ last: @escaping @Sendable (LedgerFile) throws(SQLiteError) -> Void) throws(FluxError) {
        let problem = Box<FluxError?>(nil)
        add(Operation(body: last, finish: { problem.value = $0 }))
        queue.sync {}
        file.withLock { $0 = nil }
        if let error = problem.value { throw error }
    }
}
