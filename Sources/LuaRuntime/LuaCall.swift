import LuaBridge

/// A function that scripts can call. It runs on the runtime's thread and must not block: what takes time is a wait.
public typealias LuaHostFunction = @Sendable (borrowing LuaCall) throws(LuaError) -> LuaOutcome

/// How a host function ended.
public enum LuaOutcome: Sendable {
    /// These results; most functions have one.
    case values([LuaValue])
    /// What a task that has ended returned, values and all; `nil, err` when it failed or was cancelled.
    case results(of: LuaTask)
    /// The calling coroutine waits, and goes on when the wait is finished.
    case wait(LuaWait)

    public static var none: LuaOutcome { .values([]) }

    public static func value(_ value: LuaValue) -> LuaOutcome { .values([value]) }

    /// `nil, err`: what can happen to a good script.
    public static func failure(_ error: LuaError) -> LuaOutcome { .values([.nil, error.luaValue]) }
}

/// One call from Lua of a host function: its arguments, counted from 1. Cannot outlive the call.
public struct LuaCall: ~Copyable {
    let pointer: OpaquePointer
    unowned let state: LuaState

    public var count: Int { Int(lb_argument_count(pointer)) }

    /// Lua's word for an argument's type, "no value" where it is absent.
    public func typeName(_ position: Int) -> String {
        lb_argument_tag(pointer, Int32(position)) == LB_OBJECT
            ? value(objectAt: position).map { state.typeName(of: $0) } ?? "userdata"
            : String(cString: lb_argument_type_name(pointer, Int32(position)))
    }

    /// Whether an argument is absent or nil.
    public func isNil(_ position: Int) -> Bool { lb_argument_tag(pointer, Int32(position)) == LB_NIL }

    public func isFunction(_ position: Int) -> Bool { lb_argument_tag(pointer, Int32(position)) == LB_FUNCTION }

    /// An argument, tables with all they hold.
    public subscript(position: Int) -> LuaValue {
        get throws(LuaError) {
            switch lb_argument_tag(pointer, Int32(position)) {
            case LB_NIL: return .nil
            case LB_TRUE: return .boolean(true)
            case LB_FALSE: return .boolean(false)
            case LB_INTEGER: return .integer(lb_argument_integer(pointer, Int32(position)))
            case LB_NUMBER: return .number(lb_argument_number(pointer, Int32(position)))
            case LB_STRING:
                var length = 0
                let bytes = lb_argument_string(pointer, Int32(position), &length)
                return LuaTape.string(UnsafeRawBufferPointer(start: bytes, count: length))
            case LB_OBJECT: return value(objectAt: position).map { .object(LuaObjectReference($0)) } ?? .other
            default: return try read(position)
            }
        }
    }

    /// All arguments from a position on.
    public func values(from first: Int = 1) throws(LuaError) -> [LuaValue] {
        var values: [LuaValue] = []
        for position in stride(from: first, through: count, by: 1) { values.append(try self[position]) }
        return values
    }

    /// An object argument of a type; nil when it is something else.
    public func object<Object: LuaObject>(_ position: Int, as type: Object.Type = Object.self) -> Object? {
        value(objectAt: position) as? Object
    }

    /// Whether the coroutine that calls can wait.
    public var canWait: Bool { lb_can_wait(pointer) }

    /// `file:line` of the author's code that makes this call; empty when there is none.
    public var place: String {
        lb_where(pointer) == LB_OK ? state.message : ""
    }

    /// A new wait for the calling coroutine: return it as the outcome, and finish it from any thread.
    /// - Parameter needs: the tasks without whose ends it would last for ever.
    /// - Throws: kind `invalid` where Lua cannot wait, and where those tasks wait for the one that calls.
    public func wait(_ needs: LuaWaitDependencies? = nil) throws(LuaError) -> LuaWait {
        guard canWait else {
            let blocker = lb_blocker(pointer) == LB_OK ? state.message : "a callback of C code"
            throw LuaError(
                kind: "invalid",
                "cannot wait inside \(blocker), where Lua cannot suspend; wait before it and use what came back")
        }
        guard var needs else { return try state.newWait() }
        needs.place = place
        return try state.newWait(needs)
    }

    /// Starts the function at a position as a task, with the arguments behind it.
    public func spawn(functionAt position: Int) throws(LuaError) -> LuaTask {
        try state.start(from: pointer, position: position, origin: place)
    }

    /// Names the task that calls, for as long as it runs; 0 outside of tasks.
    public var taskNumber: Int { Int(state.scheduler.running ?? 0) }

    /// Tasks that have not ended.
    public var taskCount: Int { state.scheduler.count }

    /// Ends a task where it stands: its wait is over, its `<close>` variables run. One that has ended stays as it is.
    public func cancel(_ task: LuaTask) throws(LuaError) { try state.cancel(task) }

    private func read(_ position: Int) throws(LuaError) -> LuaValue {
        let start = lb_tape_length(state.host)
        defer { lb_tape_cut(state.host, start) }
        try state.check(lb_argument_read(pointer, Int32(position)))
        var reader = LuaTape.Reader(state: state, offset: start)
        return reader.next()
    }

    private func value(objectAt position: Int) -> (any LuaObject)? {
        var type: Int32 = 0
        guard let pointer = lb_argument_object(pointer, Int32(position), &type) else { return nil }
        return LuaState.object(at: pointer)
    }
}
