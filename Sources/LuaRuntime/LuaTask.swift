import Synchronization

/// A function that runs beside others, in a coroutine of its own. Scripts hold it as an object; who waits for it gets
/// the function's results, or what it raised.
public final class LuaTask: LuaObject, Hashable {
    enum State {
        case running
        case done
        case failed(LuaError)
        case cancelled
    }

    private struct Content {
        var state = State.running
        var observers: [Int: @Sendable () -> Void] = [:]
        var lastObserver = 0
        var isHandled = false
    }

    /// The reference to its coroutine, which keeps results and error until nobody holds the task.
    let id: Int64
    /// `file:line` where it was spawned; empty where no author's code did.
    public let origin: String
    let mailbox: LuaMailbox
    private let content = Mutex(Content())

    init(id: Int64, origin: String, mailbox: LuaMailbox) {
        self.id = id
        self.origin = origin
        self.mailbox = mailbox
    }

    public static func == (left: LuaTask, right: LuaTask) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

    deinit { mailbox.send(.letGo(id)) }

    var state: State { content.withLock(\.state) }

    /// Done, failed or cancelled.
    public var hasEnded: Bool { if case .running = state { false } else { true } }

    /// `running`, `done`, `failed` or `cancelled`.
    public var status: String {
        switch state {
        case .running: "running"
        case .done: "done"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    /// What the function raised; nil while it runs and when it was done or cancelled.
    public var failure: LuaError? { if case .failed(let error) = state { error } else { nil } }

    /// Somebody has been told how the task ended; a failure that nobody was told of is reported at the end of the script.
    public var isHandled: Bool {
        get { content.withLock(\.isHandled) }
        set { content.withLock { $0.isHandled = newValue } }
    }

    /// Calls `body` once, when the task has ended; at once if it has.
    @discardableResult
    public func whenEnded(_ body: @escaping @Sendable () -> Void) -> Int {
        let (number, isRunning) = content.withLock { content in
            content.lastObserver += 1
            guard case .running = content.state else { return (content.lastObserver, false) }
            content.observers[content.lastObserver] = body
            return (content.lastObserver, true)
        }
        if !isRunning { body() }
        return number
    }

    /// Whether somebody is to be told of its end.
    var isAwaited: Bool { content.withLock { !$0.observers.isEmpty } }

    public func removeObserver(_ number: Int) {
        content.withLock { _ = $0.observers.removeValue(forKey: number) }
    }

    func end(_ state: State) {
        let observers = content.withLock { content in
            content.state = state
            defer { content.observers = [:] }
            return content.observers.sorted { $0.key < $1.key }
        }
        for (_, observer) in observers { observer() }
    }
}
