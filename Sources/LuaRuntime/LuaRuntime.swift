import LuaBridge

/// A Lua 5.4 interpreter on a thread of its own, to which Swift gives functions and objects.
///
/// ```swift
/// let lua = try LuaRuntime()
/// try await lua.expose("greet") { (name: String?) in "Hello, \(name ?? "you")" }
/// let answer = try await lua.run("return greet('Mina')", as: String.self)
/// ```
///
/// Scripts run as coroutines: a function that returns a ``LuaWait`` suspends its caller, and other tasks go on.
public actor LuaRuntime {
    nonisolated let thread: LuaThread
    /// Touched on the thread only; the end of this object hands it over to be closed there. (An isolated deinit would
    /// say the same, but modules that use it then fail to compile with optimisation in Swift 6.3: "circular reference".)
    private nonisolated(unsafe) var openState: LuaState?

    /// For tests.
    nonisolated let heldObjects = LuaObjectCount()

    private var onInterrupt: (@Sendable (Int32) -> Void)?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter ignoresEnvironment: whether LUA_PATH and LUA_CPATH mean nothing.
    public init(ignoresEnvironment: Bool = false) throws(LuaError) {
        thread = try LuaThread()
        let mailbox = LuaMailbox(thread: thread)
        do throws(LuaError) {
            openState = try LuaState(
                mailbox: mailbox, heldObjects: heldObjects, ignoresEnvironment: ignoresEnvironment)
        } catch {
            thread.stop()
            throw error
        }
        mailbox.onMail { [weak self] in self?.assumeIsolated { $0.openState?.readMail() } }
        thread.onAwaking { [weak self] in self?.assumeIsolated { $0.awoke() } }
    }

    deinit {
        if let openState {
            // Closed there even if this reference should be the last to go.
            nonisolated(unsafe) let last = openState
            thread.perform { last.close() }
        }
        thread.stop()
    }

    /// Closes the state: waits are given up, finalizers run, every object is released. What is asked after that fails.
    public func close() {
        openState?.close()
        openState = nil
    }

    var state: LuaState {
        get throws(LuaError) {
            guard let openState else { throw LuaError(kind: "invalid", "the Lua runtime is closed") }
            return openState
        }
    }

    /// Sets a global, or a field of one (`flux.json.encode`), to a function.
    public func register(_ path: String, _ body: @escaping LuaHostFunction) throws(LuaError) {
        try state.setGlobal(path, toFunction: body)
    }

    /// Sets a global, or a field of one, to a function whose caller waits until it has ended.
    public func register(
        _ path: String, async body: @escaping @Sendable ([LuaValue]) async throws(LuaError) -> [LuaValue]
    ) throws(LuaError) {
        try state.setGlobal(path) { call throws(LuaError) in
            let arguments = try call.values()
            return try call.waiting { try await body(arguments) }
        }
    }

    public func setGlobal(_ path: String, to value: LuaValue) throws(LuaError) {
        try state.setGlobal(path, to: value)
    }

    /// The value of a global, or of a field of one, without metamethods; a table as a copy.
    public func global(_ path: String) throws(LuaError) -> LuaValue { try state.global(path) }

    /// Lets `require(name)` answer the global of that name.
    public func provide(_ name: String) throws(LuaError) { try state.setLoaded(name) }

    /// Tells what scripts can do with objects of a Swift type. Once per type, before the first object is given away.
    public func define<Object: LuaObject>(_ type: LuaObjectType<Object>) throws(LuaError) { try state.define(type) }

    /// Compiles a chunk of text.
    /// - Parameters:
    ///   - source: the text.
    ///   - name: as Lua's chunk names: `@file`, `=words`. Frames of chunks named `=[…]` are left out of tracebacks, and
    ///     errors are laid at their callers' door.
    ///   - mode: as of Lua's `load`: `t` takes text, `b` bytecode, `bt` both.
    /// - Throws: kind `incomplete` when more text could complete the chunk, `error` otherwise.
    public func load(_ source: some Sequence<UInt8>, name: String, mode: String = "t") throws(LuaError) -> LuaFunction {
        try state.load(Array(source), name: name, mode: mode)
    }

    /// Runs a function as a task and returns what it returns. Tasks that it spawned may still run then.
    public func call(_ function: LuaFunction, _ arguments: [LuaValue] = []) async throws(LuaError) -> [LuaValue] {
        let task = try await end(of: function, arguments)
        return try state.results(of: task).get()
    }

    /// Runs a function as a task for what it does. What it returns may be anything, also what Swift could not copy.
    public func execute(_ function: LuaFunction, _ arguments: [LuaValue] = []) async throws(LuaError) {
        _ = try await end(of: function, arguments)
    }

    private func end(of function: LuaFunction, _ arguments: [LuaValue]) async throws(LuaError) -> LuaTask {
        let state = try state
        let task = try state.start(function, arguments)
        task.isHandled = true
        await withCheckedContinuation { continuation in
            task.whenEnded { continuation.resume() }
            state.runReadyTasks()
        }
        switch task.state {
        case .done: return task
        case .failed(let error): throw error
        case .running, .cancelled: throw LuaError(kind: "cancelled", "the function was cancelled")
        }
    }

    /// Waits until every task has ended.
    public func idle() async {
        guard let state = openState else { return }
        await withCheckedContinuation { continuation in state.whenIdle { continuation.resume() } }
    }

    /// Calls `body`, on the runtime's thread, whenever tasks have run and all that are left wait for something.
    public func whenWaiting(_ body: @escaping @Sendable () -> Void) { openState?.waitingBody = body }

    /// Whether there are tasks, and all of them wait for something.
    public var isWaiting: Bool { openState?.isWaiting ?? false }

    /// Ends every task where it stands.
    public func cancelAllTasks() { openState?.cancelAllTasks() }

    /// What tasks raised and nobody was told, each given once, in the order in which it happened.
    public func takeUnhandledFailures() -> [LuaError] {
        openState?.takeUnhandledFailures().compactMap(\.failure) ?? []
    }

    /// Compiles and runs a chunk.
    public func run(_ source: String, name: String = "=chunk", _ arguments: [LuaValue] = []) async throws(LuaError)
        -> [LuaValue]
    { try await call(load(source.utf8, name: name), arguments) }

    // MARK: Interrupting

    /// Lets signals stop the code of this runtime: what runs or waits raises `interrupted!`. The second signal ends the
    /// process at once, with status 128 + its number. Every other thread must have the signals blocked, so call
    /// `pthread_sigmask` before the first thread is made; the runtime's own thread lets every signal through, and the
    /// programs that scripts start inherit that. One runtime of a process can have its signals.
    public func stopOnSignals(_ signals: [Int32]) throws(LuaError) {
        let host = try state.host
        for signal in signals where !lb_interrupt_on(host, signal, thread.wakeWriter) {
            throw LuaError(kind: "io", "signal \(signal) cannot be handled")
        }
    }

    private func awoke() {
        openState?.interruptWaits()
        guard let signal = interruptingSignal else { return }
        let body = onInterrupt
        onInterrupt = nil
        body?(signal)
    }

    /// Calls `body` once with the signal that has interrupted the runtime, when one has; at once if so.
    public func whenInterrupted(_ body: @escaping @Sendable (Int32) -> Void) {
        if let signal = interruptingSignal { body(signal) } else { onInterrupt = body }
    }

    /// The signal that interrupted the runtime, until `continueAfterInterrupt`.
    public var interruptingSignal: Int32? {
        guard let openState else { return nil }
        let signal = lb_interrupt_signal(openState.host)
        return signal > 0 ? signal : nil
    }

    /// Takes an interrupt back, so that further code runs: what a prompt does.
    public func continueAfterInterrupt() {
        if let openState { lb_interrupt_end(openState.host) }
    }

    /// Bytes that Lua has in use.
    public var memoryUsed: Int { openState?.memoryUsed ?? 0 }

    /// Lets the allocations after the next `count` fail; nil: none. For tests.
    func failAllocations(after count: Int?) throws(LuaError) {
        lb_fail_allocations_after(try state.host, count.map(Int64.init) ?? -1)
    }
}
