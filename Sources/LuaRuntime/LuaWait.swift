import Synchronization

/// Something that a coroutine waits for. Finished exactly once: what comes later, or after the coroutine was given up,
/// is dropped.
public final class LuaWait: Sendable {
    let id: Int64
    let mailbox: LuaMailbox
    /// Nil where something other than the end of tasks ends it.
    let needs: LuaWaitDependencies?
    private let cleanUp = Mutex<Callback?>(nil)
    private let finished = Atomic(false)

    init(id: Int64, mailbox: LuaMailbox, needs: LuaWaitDependencies? = nil) {
        self.id = id
        self.mailbox = mailbox
        self.needs = needs
    }

    /// Lets the coroutine go on; `outcome` is evaluated on the runtime's thread just before. Callable from any thread.
    public func finish(_ outcome: @escaping LuaResumption) {
        finished.store(true, ordering: .releasing)
        mailbox.send(.finished(id, outcome))
    }

    /// Looks anew whether the tasks that it needs can still end: something else that it could have ended by has not done
    /// so. Callable from any thread.
    public func reconsider() { mailbox.send(.reconsider(id)) }

    /// Whether the coroutine is about to go on.
    var isFinished: Bool { finished.load(ordering: .acquiring) }

    /// What to do when the wait is over, whichever way: stop timers, forget observers. Called once.
    public func onEnd(_ body: @escaping @Sendable () -> Void) { cleanUp.withLock { $0 = Callback(body: body) } }

    func end() {
        let body = cleanUp.withLock { body in
            defer { body = nil }
            return body
        }
        body?()
    }
}

/// What a coroutine gets when its wait is over: results, an error that it raises, or a further wait.
public typealias LuaResumption = @Sendable () throws(LuaError) -> LuaOutcome
