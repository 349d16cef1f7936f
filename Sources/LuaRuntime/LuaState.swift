import LuaBridge
import Synchronization

/// Objects that Lua holds. It outlives the state, so that tests can look for leaks.
final class LuaObjectCount: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func add(_ number: Int) { count.add(number, ordering: .releasing) }
}

/// One Lua state with the host functions, object types and tasks that belong to it. Confined to the runtime's thread;
/// the runtime is its only owner.
final class LuaState {
    let host: OpaquePointer
    let mailbox: LuaMailbox
    private let heldObjects: LuaObjectCount
    let scheduler = LuaScheduler()
    private var functions: [LuaHostFunction] = []
    private var types: [ObjectIdentifier: (number: Int32, name: String)] = [:]
    private var lastWait: Int64 = 0
    private var isClosed = false
    /// Tasks whose `<close>` variables are running because they are cancelled.
    private var ending: Set<Int64> = []
    private var failures: [LuaTask] = []
    private var idleBodies: [() -> Void] = []
    /// Called whenever all tasks wait.
    var waitingBody: (() -> Void)?
    /// What the host refers to until it is closed.
    var sandbox: LuaSandbox?
    var watchdog: LuaWatchdog?

    init(mailbox: LuaMailbox, heldObjects: LuaObjectCount, ignoresEnvironment: Bool) throws(LuaError) {
        self.mailbox = mailbox
        self.heldObjects = heldObjects
        let callbacks = lb_callbacks(
            context: nil,
            call: { context, function, call in LuaState.of(context)?.call(Int(function), call) ?? LB_RETURN },
            resume: { context, wait, call in LuaState.of(context)?.goOn(wait, call) ?? LB_RETURN },
            release: { context, object in LuaState.of(context)?.release(object) },
            abandon: { context, coroutine in LuaState.of(context)?.abandon(coroutine) })
        guard let host = lb_open(callbacks, ignoresEnvironment) else { throw .outOfMemory }
        self.host = host
        lb_set_context(host, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Ends every task, runs the pending finalizers and releases every object. Nothing of the state works afterwards.
    func close() {
        guard !isClosed else { return }
        cancelAllTasks()
        isClosed = true
        lb_close(host)
    }

    deinit { close() }

    /// Nil before the context is set: no host function and no object exists then.
    private static func of(_ context: UnsafeMutableRawPointer?) -> LuaState? {
        context.map { Unmanaged<LuaState>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The text that came with the last failed status.
    var message: String {
        var length = 0
        let bytes = lb_message(host, &length)
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    func check(_ status: lb_status) throws(LuaError) {
        switch status {
        case LB_OK: return
        case LB_OUT_OF_MEMORY: throw .outOfMemory
        case LB_INCOMPLETE: throw LuaError(kind: "incomplete", message)
        default: throw LuaError(kind: "error", message)
        }
    }
}

// MARK: - Host functions

extension LuaState {
    func addFunction(_ body: @escaping LuaHostFunction) -> Int32 {
        functions.append(body)
        return Int32(functions.count - 1)
    }

    func setGlobal(_ path: String, toFunction body: @escaping LuaHostFunction) throws(LuaError) {
        let start = lb_tape_length(host)
        lb_put_host_function(host, addFunction(body))
        try check(lb_set_global(host, path, start))
    }

    func setGlobal(_ path: String, to value: LuaValue) throws(LuaError) {
        let start = lb_tape_length(host)
        try LuaTape.put([value], in: self)
        try check(lb_set_global(host, path, start))
    }

    func global(_ path: String) throws(LuaError) -> LuaValue {
        let start = lb_tape_length(host)
        defer { lb_tape_cut(host, start) }
        try check(lb_read_global(host, path))
        var reader = LuaTape.Reader(state: self, offset: start)
        return reader.next()
    }

    private func reference(toFunction body: @escaping LuaHostFunction) throws(LuaError) -> LuaFunction {
        let start = lb_tape_length(host)
        lb_put_host_function(host, addFunction(body))
        var reference: Int64 = 0
        try check(lb_ref(host, start, &reference))
        return LuaFunction(reference: reference, mailbox: mailbox)
    }

    func setLoaded(_ name: String) throws(LuaError) { try check(lb_set_loaded(host, name)) }

    var memoryUsed: Int { lb_memory_used(host) }

    /// - Throws: also when the tasks that it needs wait for the one that runs.
    func newWait(_ needs: LuaWaitDependencies? = nil) throws(LuaError) -> LuaWait {
        guard lb_interrupt_signal(host) == 0 else { throw .interrupted }
        if let needs, let circle = scheduler.circle(closedBy: needs) { throw circle.error }
        lastWait += 1
        return LuaWait(id: lastWait, mailbox: mailbox, needs: needs)
    }

    private func call(_ function: Int, _ pointer: OpaquePointer) -> lb_outcome {
        do throws(LuaError) {
            // Finalizers run while the state is closed, and may call.
            guard !isClosed else { throw LuaError(kind: "cancelled", "the program is ending") }
            return try answer(try functions[function](LuaCall(pointer: pointer, state: self)), pointer)
        } catch {
            return raise(error)
        }
    }

    private func goOn(_ wait: Int64, _ pointer: OpaquePointer) -> lb_outcome {
        do throws(LuaError) {
            return try answer(try scheduler.take(wait)(), pointer)
        } catch {
            return raise(error)
        }
    }

    private func answer(_ outcome: LuaOutcome, _ pointer: OpaquePointer) throws(LuaError) -> lb_outcome {
        switch outcome {
        case .values(let values):
            try LuaTape.put(values, in: self)
            return LB_RETURN
        case .results(let task):
            try LuaError.check(task.mailbox, belongsTo: self, "task")
            task.isHandled = true
            lb_set_task(pointer, task.id)
            switch task.state {
            case .done: return LB_RETURN_TASK
            case .failed(let error):
                if !error.frames.isEmpty { try LuaTape.put([.string(error.frames)], in: self) }
                return LB_RETURN_TASK_ERROR
            case .running, .cancelled:
                return try answer(.failure(LuaError(kind: "cancelled", "the task was cancelled")), pointer)
            }
        case .wait(let wait):
            try LuaError.check(wait.mailbox, belongsTo: self, "wait")
            scheduler.begin(wait)
            lb_set_wait(pointer, wait.id)
            return LB_WAIT
        }
    }

    private func raise(_ error: LuaError) -> lb_outcome {
        do throws(LuaError) {
            try LuaTape.put([error.luaValue], in: self)
            return error.value == nil ? LB_RAISE_HERE : LB_RAISE
        } catch {
            // What it carries belongs to another runtime; this error carries nothing.
            return raise(error)
        }
    }
}

// MARK: - Objects

extension LuaState {
    func retainedPointer(to object: any LuaObject) -> UnsafeMutableRawPointer {
        heldObjects.add(1)
        return Unmanaged<AnyObject>.passRetained(object).toOpaque()
    }

    private func release(_ pointer: UnsafeMutableRawPointer) {
        heldObjects.add(-1)
        Unmanaged<AnyObject>.fromOpaque(pointer).release()
    }

    /// Only what `retainedPointer` gave ever reaches Lua.
    static func object(at pointer: UnsafeMutableRawPointer) -> (any LuaObject)? {
        Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue() as? any LuaObject
    }

    func typeName(of object: any LuaObject) -> String {
        types[ObjectIdentifier(Swift.type(of: object))]?.name ?? "userdata"
    }

    /// The number of an object's type. A type that was never defined gets a plain one, without fields.
    func typeNumber(of object: any LuaObject) -> Int32 {
        let type = Swift.type(of: object)
        if let known = types[ObjectIdentifier(type)] { return known.number }
        var number: Int32 = 0
        let name = String(describing: type)
        guard lb_new_type(host, name, &number) == LB_OK else { return 0 }
        types[ObjectIdentifier(type)] = (number, name)
        return number
    }

    func define<Object: LuaObject>(_ type: LuaObjectType<Object>) throws(LuaError) {
        var number: Int32 = 0
        try check(lb_new_type(host, type.name, &number))
        types[ObjectIdentifier(Object.self)] = (number, type.name)
        var methods: [String: LuaFunction] = [:]
        for (name, body) in type.methods { methods[name] = try reference(toFunction: body) }
        let known = methods
        let name = type.name
        try set("__index", of: number) { call throws(LuaError) in
            guard let object: Object = call.object(1) else {
                throw LuaError(kind: "invalid", "\(name) expected, got \(call.typeName(1))")
            }
            guard let field = try call[2].string else { return .value(.nil) }
            if let method = known[field] { return .value(.function(method)) }
            if let known = type.named[field] { return .value(try LuaError.wrapping { try known.get(object) }) }
            guard let others = type.field else {
                throw LuaError(kind: "invalid", "a \(name) has no field '\(field)'")
            }
            return .value(try others(object, field))
        }
        if let text = type.text {
            try set("__tostring", of: number) { call throws(LuaError) in
                guard let object: Object = call.object(1) else { return .value(.string(name)) }
                return .value(.string(text(object)))
            }
        }
        if let body = type.onCall { try set("__call", of: number, body) }
        if let body = type.onClose { try set("__close", of: number, body) }
        try set("__newindex", of: number) { call throws(LuaError) in
            let field = try call[2].string ?? call.typeName(2)
            if let set = type.named[field]?.set, let object: Object = call.object(1) {
                let value = try call[3]
                try LuaError.wrapping { try set(object, value) }
                return .none
            }
            throw LuaError(kind: "invalid", "a \(name) cannot be changed (setting '\(field)')")
        }
    }

    private func set(_ metamethod: String, of type: Int32, _ body: @escaping LuaHostFunction) throws(LuaError) {
        try check(lb_set_metamethod(host, type, metamethod, addFunction(body)))
    }
}

// MARK: - Chunks and tasks

extension LuaState {
    func load(_ source: [UInt8], name: String, mode: String) throws(LuaError) -> LuaFunction {
        var reference: Int64 = 0
        let mode = sandbox == nil ? mode : "t"
        try check(source.withUnsafeBytes { lb_load(host, $0.baseAddress, $0.count, name, mode, &reference) })
        return LuaFunction(reference: reference, mailbox: mailbox)
    }

    func start(_ function: LuaFunction, _ arguments: [LuaValue]) throws(LuaError) -> LuaTask {
        let start = lb_tape_length(host)
        try LuaTape.put([.function(function)] + arguments, in: self)
        var id: Int64 = 0
        try check(lb_task_new(host, start, &id))
        return add(LuaTask(id: id, origin: "", mailbox: mailbox))
    }

    /// A task that runs an argument of a call with the arguments behind it.
    func start(from call: OpaquePointer, position: Int, origin: String) throws(LuaError) -> LuaTask {
        var id: Int64 = 0
        try check(lb_task_from_call(call, Int32(position), &id))
        return add(LuaTask(id: id, origin: origin, mailbox: mailbox))
    }

    private func add(_ task: LuaTask) -> LuaTask {
        scheduler.add(task)
        return task
    }

    /// Runs every task that can go on, until all wait or have ended.
    func runReadyTasks() {
        while let task = scheduler.nextReady() {
            var wait: Int64 = 0
            switch lb_task_resume(host, task.id, &wait) {
            case LB_TASK_WAITING: continue
            case LB_TASK_DONE:
                scheduler.remove(task)
                task.end(.done)
            default:
                var error = error(of: task)
                scheduler.remove(task)
                if !lb_task_close(host, task.id) {
                    // What a `<close>` variable raises on the way out takes the place of what it was told. Where that
                    // came from is still known.
                    let traceback = error.traceback
                    error = self.error(of: task)
                    error.traceback = traceback
                }
                if !task.isHandled { failures.append(task) }
                task.end(.failed(error))
            }
        }
        tellWhenIdle()
        if let waitingBody, isWaiting { waitingBody() }
    }

    /// To be asked on the thread: no task is ready or runs.
    var isWaiting: Bool { !scheduler.isIdle && scheduler.areAllWaiting }

    private func tellWhenIdle() {
        guard scheduler.isIdle else { return }
        let waiting = idleBodies
        idleBodies = []
        for body in waiting { body() }
    }

    /// Ends a task where it stands: its wait is over, its `<close>` variables run.
    func cancel(_ task: LuaTask) throws(LuaError) {
        try LuaError.check(task.mailbox, belongsTo: self, "task")
        // What runs at its end may cancel it once more.
        guard !task.hasEnded, !ending.contains(task.id) else { return }
        guard scheduler.running != task.id else {
            throw LuaError(kind: "invalid", "a task cannot cancel itself: return, or raise an error")
        }
        scheduler.remove(task)
        ending.insert(task.id)
        let isClean = lb_task_close(host, task.id)
        ending.remove(task.id)
        if isClean { return task.end(.cancelled) }
        failures.append(task)
        task.end(.failed(error(of: task)))
    }

    /// A script closes a coroutine inside of which a task waits.
    private func abandon(_ coroutine: UnsafeRawPointer) {
        guard let task = scheduler.tasks.first(where: { lb_task_waits_in(host, $0.id, coroutine) }) else { return }
        scheduler.giveUpWait(of: task)
    }

    func cancelAllTasks() {
        // Their `<close>` variables may spawn further ones.
        while let task = scheduler.tasks.first {
            do throws(LuaError) { try cancel(task) } catch { return }
        }
        tellWhenIdle()
    }

    /// Calls `body` when every task has ended; at once if so.
    func whenIdle(_ body: @escaping () -> Void) {
        if scheduler.isIdle { body() } else { idleBodies.append(body) }
    }

    func results(of task: LuaTask) -> Result<[LuaValue], LuaError> {
        let start = lb_tape_length(host)
        defer { lb_tape_cut(host, start) }
        do throws(LuaError) {
            try check(lb_task_results(host, task.id))
        } catch {
            return .failure(error)
        }
        var reader = LuaTape.Reader(state: self, offset: start)
        var values: [LuaValue] = []
        while reader.offset < lb_tape_length(host) { values.append(reader.next()) }
        return .success(values)
    }

    private func error(of task: LuaTask) -> LuaError {
        let start = lb_tape_length(host)
        defer { lb_tape_cut(host, start) }
        do throws(LuaError) {
            try check(lb_task_error(host, task.id))
        } catch {
            return error
        }
        var reader = LuaTape.Reader(state: self, offset: start)
        let value = reader.next()
        let text = reader.next().lossyText
        var traceback = reader.next().lossyText
        if !task.origin.isEmpty { traceback += "\n\t\(task.origin): spawned here" }
        return LuaError(kind: value.table?["kind"].string ?? "error", text, value: value, traceback: traceback)
    }

    /// Failed tasks of which nobody was told, each given once.
    func takeUnhandledFailures() -> [LuaTask] {
        defer { failures = [] }
        return failures.filter { !$0.isHandled }
    }

    /// Reads what other threads sent.
    func readMail() {
        for message in mailbox.takeAll() {
            switch message {
            case .finished(let wait, let outcome): scheduler.finish(wait, outcome)
            case .reconsider(let wait):
                if let error = scheduler.circle(of: wait)?.error {
                    scheduler.finish(wait) { () throws(LuaError) in throw error }
                }
            case .letGo(let reference): lb_unref(host, reference)
            }
        }
        runReadyTasks()
    }

    /// A signal came while nothing ran: every wait ends with an error.
    func interruptWaits() {
        guard lb_interrupt_signal(host) != 0 else { return }
        scheduler.finishAllWaits { () throws(LuaError) in throw .interrupted }
        runReadyTasks()
    }
}
