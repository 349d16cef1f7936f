import LuaBridge

/// What the scripts of a runtime may use. What is nil is not limited, and costs nothing.
public struct LuaLimits: Sendable, Equatable {
    /// Bytes that Lua may have in use.
    public var memory: Int?
    /// Bytes that the whole process may have: what scripts make the host keep for them counts here.
    public var processMemory: Int?
    /// Computing time of the runtime's thread; waiting does not count.
    public var computing: Duration?
    /// Computing time that is left to end in order once a limit is reached. Only code in C needs more.
    public var grace: Duration

    public init(
        memory: Int? = nil, processMemory: Int? = nil, computing: Duration? = nil, grace: Duration = .seconds(1)
    ) {
        self.memory = memory
        self.processMemory = processMemory
        self.computing = computing
        self.grace = grace
    }
}

/// A limit that a script has reached.
public enum LuaLimit: Sendable, Equatable {
    case memory
    case computing

    init?(_ limit: lb_limit) {
        switch limit {
        case LB_LIMIT_MEMORY: self = .memory
        case LB_LIMIT_TIME: self = .computing
        default: return nil
        }
    }
}

extension LuaRuntime {
    /// Limits the scripts from now on. Once a limit is reached, all that runs or waits ends with an error, again and
    /// again, so that no script can go on by catching it; `reachedLimit` tells. One limitation for a runtime.
    /// - Parameters:
    ///   - limits: what scripts may use.
    ///   - whenStuck: called on a thread of its own when even then code runs on, in the middle of a call of C where
    ///     nothing can stop it (such as `string.find` with a pattern that backtracks): nothing of the runtime answers any
    ///     more, and all that is left is to end the process.
    public func limit(_ limits: LuaLimits, whenStuck: @escaping @Sendable (LuaLimit) -> Void) throws(LuaError) {
        let state = try state
        if let memory = limits.memory { lb_limit_memory(state.host, memory, thread.wakeWriter) }
        guard limits.computing != nil || limits.processMemory != nil else { return }
        state.watchdog = try LuaWatchdog(state.host, limits, wake: thread.wakeWriter, whenStuck: whenStuck)
    }

    /// The limit that has stopped the scripts, for good.
    public var reachedLimit: LuaLimit? {
        guard let host = try? state.host, lb_interrupt_signal(host) < 0 else { return nil }
        return LuaLimit(lb_reached_limit(host))
    }
}
