import Dispatch
import FluxClient
import SQL
import Synchronization

/// Writes to the ledger in the order in which it was asked to. What is asked while a commit is under way goes together
/// into the next one, so that many jobs share each wait for the disk; what nobody waits for lets some more gather first.
///
/// While the server of a ledger is away, what somebody waits for waits on, and nothing new is sent meanwhile; what nobody
/// waits for is kept in a journal on this machine.
final class LedgerQueue: Sendable {
    struct Operation: Sendable {
        enum Work: Sendable {
            /// May run twice: once more, when its transaction failed.
            case body(@Sendable (any LedgerStore) throws(SQLError) -> Void)
            /// Nobody waits for these; they are tried again with each later commit.
            case note([LedgerStatement])
        }

        var work: Work
        /// Nobody else may write meanwhile, on any machine.
        var isAlone = false
        /// After the commit, or with what went wrong; nil of a note.
        var finish: (@Sendable (FluxError?) -> Void)?
        /// It is in the journal.
        var isJournaled = false

        var statements: [LedgerStatement] { if case .note(let statements) = work { statements } else { [] } }
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
        /// When nobody waits for a server that is away any more; nil: as long as it takes.
        var lastCall: ContinuousClock.Instant?
    }

    private let place: String
    private let run: Int64
    let store: Mutex<(any LedgerStore)?>
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "fluxlua.ledger")
    private let journalPath: String?
    private let journal = Mutex<LedgerJournal?>(nil)
    private let onTrouble: @Sendable (FluxError) -> Void
    private let onRecovery: @Sendable () -> Void

    /// - Parameters:
    ///   - run: which writes.
    ///   - journal: where notes are kept while a server is away.
    ///   - onTrouble: told when something that nobody waits for cannot be written, or a server is away; once until writing
    ///     works again.
    ///   - onRecovery: told when writing works again.
    init(
        _ store: sending any LedgerStore, run: Int64, journal: String? = nil,
        onTrouble: @escaping @Sendable (FluxError) -> Void, onRecovery: @escaping @Sendable () -> Void = {}
    ) {
        place = store.place
        self.run = run
        journalPath = journal
        self.store = Mutex(store)
        self.onTrouble = onTrouble
        self.onRecovery = onRecovery
    }

    /// Runs something on the ledger and gives its result when it is on disk.
    /// - Parameter alone: nobody else may write meanwhile.
    func perform<Value: Sendable>(
        alone: Bool = false, _ body: @escaping @Sendable (any LedgerStore) throws(SQLError) -> Value
    ) async throws(FluxError) -> Value {
        let box = Box<Value?>(nil)
        let error: FluxError? = await withCheckedContinuation { continuation in
            add(
                Operation(
                    work: .body({ store throws(SQLError) in box.value = try body(store) }), isAlone: alone,
                    finish: { continuation.resume(returning: $0) }))
        }
        if let error { throw error }
        guard let value = box.value else { throw FluxError(.io, "the ledger \(place) gave no answer") }
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
    func note(_ statements: [LedgerStatement]) {
        add(Operation(work: .note(statements)))
    }

    /// A server that is away has this long to come back; then nobody waits for it any more.
    private static let lastWait = Duration.seconds(3)

    /// The run is about to end.
    func giveUpWaiting() { state.withLock { $0.lastCall = $0.lastCall ?? .now + Self.lastWait } }

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
            store.withLock { commit(batch, to: $0) }
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

    private func commit(_ batch: [Operation], to store: (any LedgerStore)?) {
        guard let store else {
            let closed = FluxError(.io, "the ledger \(place) is closed")
            for operation in batch { operation.finish?(closed) }
            return
        }
        do throws(SQLError) {
            try write(batch, to: store)
            succeeded(batch)
        } catch {
            if store.isServer, error.kind.isPassing { return wait(for: store, with: batch, error) }
            let isOwn = error.kind == .constraint || error.kind == .other
            if isOwn, batch.count > 1 {
                for operation in batch { commit([operation], to: store) }
            } else {
                failed(batch, store.problem(error), keeps: !isOwn)
            }
        }
    }

    private func write(_ batch: [Operation], to store: any LedgerStore) throws(SQLError) {
        func writeAll() throws(SQLError) {
            var changed: [String] = []
            for operation in batch {
                switch operation.work {
                case .body(let body): try body(store)
                case .note(let statements):
                    for statement in statements {
                        try store.run(statement.sql, statement.values)
                        if let key = statement.key, store.changes > 0 { changed.append(key) }
                    }
                }
            }
            try store.tell(run, changed: changed)
        }
        if batch.contains(where: \.isAlone) {
            try store.transaction { () throws(SQLError) in try writeAll() }
        } else {
            try store.notes { () throws(SQLError) in try writeAll() }
        }
    }

    private func succeeded(_ batch: [Operation]) {
        let wasTroubled = state.withLock { state in
            defer { state.isTroubled = false }
            return state.isTroubled
        }
        journal.withLock { journal in
            journal?.remove()
            journal = nil
        }
        if wasTroubled { onRecovery() }
        for operation in batch { operation.finish?(nil) }
    }

    private func failed(_ batch: [Operation], _ problem: FluxError, keeps: Bool) {
        let unawaited = batch.filter { $0.finish == nil }
        if keeps { state.withLock { $0.owed += unawaited } }
        if !unawaited.isEmpty { tell(problem) }
        for operation in batch { operation.finish?(problem) }
    }

    /// Says what is wrong, once until writing works again.
    private func tell(_ problem: FluxError) {
        let isNews = state.withLock { state in
            defer { state.isTroubled = true }
            return !state.isTroubled
        }
        if isNews { onTrouble(problem) }
    }

    // MARK: A server that is away

    /// Keeps what was asked, on disk too, until the server is back or nobody waits for it any more.
    private func wait(for store: any LedgerStore, with batch: [Operation], _ error: SQLError) {
        var batch = batch
        var error = error
        var pause: UInt32 = error.kind == .conflict ? 5 : 100
        while true {
            if error.kind != .conflict {
                let problem = store.problem(error)
                tell(problem)
                keep(&batch)
                if let lastCall = state.withLock(\.lastCall), .now >= lastCall {
                    return failed(batch, problem, keeps: true)
                }
            }
            Files.pause(milliseconds: pause)
            pause = min(pause * 2, 2000)
            // What was asked meanwhile is kept as well.
            batch += state.withLock { state in
                defer { (state.waiting, state.isAwaited) = ([], false) }
                return state.waiting
            }
            do throws(SQLError) {
                try store.reconnect()
                try write(batch, to: store)
                return succeeded(batch)
            } catch let next {
                guard next.kind.isPassing else { return commit(batch, to: store) }
                error = next
            }
        }
    }

    /// Puts the notes that are not there yet into the journal.
    private func keep(_ batch: inout [Operation]) {
        guard let journalPath else { return }
        let new = batch.indices.filter { batch[$0].finish == nil && !batch[$0].isJournaled }
        guard !new.isEmpty else { return }
        do throws(FluxError) {
            let opened = try journal.withLock { journal throws(FluxError) in
                if let journal { return journal }
                let made = try LedgerJournal(path: journalPath)
                journal = made
                return made
            }
            try opened.append(new.flatMap { batch[$0].statements })
            for index in new { batch[index].isJournaled = true }
        } catch {
            onTrouble(error)
        }
    }

    /// Has everything written, and closes the store.
    /// - Parameter last: what is written last.
    /// - Throws: what kept something from being written.
    func close(with last: LedgerStatement) throws(FluxError) {
        giveUpWaiting()
        let problem = Box<FluxError?>(nil)
        note([last])
        add(Operation(work: .body({ _ throws(SQLError) in }), finish: { problem.value = $0 }))
        queue.sync {}
        store.withLock { $0 = nil }
        // Whoever comes next may take it in.
        let kept = journal.withLock { journal in
            defer { journal = nil }
            return journal?.path
        }
        if var error = problem.value {
            if let kept { error.message += "; what it must still be told is kept in \(kept)" }
            throw error
        }
    }
}
