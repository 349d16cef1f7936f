import Synchronization

/// Something that a coroutine waits for. Finished exactly once: what comes later, or after the coroutine was given up,
/// is dropped.
public final class LuaWait: Sendable {
    let id: Int64
    let mailbox: LuaMailbox
    private let cleanUp = Mutex<Callback?>(nil)

    init(id: Int64, mailbox: LuaMailbox) {
        self.id = id
        self.mailbox = mailbox
    }

    /// Lets the coroutine go on; `outcome` is evaluated on the runtime's thread just before. Callable from any thread.
    public func finish(_ outcome: @escaping LuaResumption) { mailbox.send(.finished(id, outcome)) }

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
