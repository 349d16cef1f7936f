import Dispatch
import SQL
import SQLite
import Synchronization

/// Writes down what changes in the service's state, as it changes: everything since the last time in one transaction, so that many
/// changes at once cost little more than one.
final class Journal: Sendable {
    /// Told once, when all that had changed before it was handed over is on disk; or why it is not.
    struct Waiter: Sendable {
        let body: @Sendable (_ trouble: SQLError?) -> Void
    }

    /// What has changed since the last time it was asked; nil: it is closed.
    typealias Source = @Sendable () -> (changes: [ServiceStateMachine.Change], account: ServiceStateMachine.Account)?

    private struct State {
        var waiters: [Waiter] = []
        var isScheduled = false
    }

    private struct Inbox {
        /// Nil when the journal is closed.
        var file: StateFile?
        /// What could not be written yet.
        var late: [ServiceStateMachine.Change] = []
    }

    private let state = Mutex(State())
    private let inbox: Mutex<Inbox>
    private let source: Source
    private let queue = DispatchQueue(label: "FluxSimulator.journal")

    init(_ file: sending StateFile, source: @escaping Source) {
        inbox = Mutex(Inbox(file: file))
        self.source = source
    }

    /// Has written what there is to write soon.
    /// - Parameter waiter: wants to know when.
    func write(then waiter: Waiter? = nil) {
        let isFirst = state.withLock { state in
            if let waiter { state.waiters.append(waiter) }
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { queue.async { self.work() } }
    }

    /// Writes what there is, and lets go of the file.
    func close() {
        queue.sync { work() }
        inbox.withLock { $0.file = nil }
    }

    private func work() {
        let waiters = state.withLock { state in
            state.isScheduled = false
            defer { state.waiters = [] }
            return state.waiters
        }
        let trouble = inbox.withLock { inbox -> SQLError? in
            guard let file = inbox.file, let (changes, account) = source() else { return nil }
            inbox.late += changes
            do throws(SQLError) {
                try file.write(inbox.late, account)
                inbox.late = []
                return nil
            } catch {
                return error
            }
        }
        for waiter in waiters { waiter.body(trouble) }
    }
}
