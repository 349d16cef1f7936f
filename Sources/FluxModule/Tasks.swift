import FluxClient
import LuaRuntime

extension FluxModule {
    /// When so many tasks run, whoever spawns one more lets the others go on first: a loop that spawns a hundred thousand
    /// short ones then holds few at a time. A coroutine takes about a kilobyte.
    private static let crowd = 4096
    private static let taskFields = ["done", "status", "error", "await", "cancel"]

    func defineTasks(in lua: LuaRuntime) async throws(LuaError) {
        var type = LuaObjectType<LuaTask>("task")
        type.fields { task, field throws(LuaError) in
            switch field {
            case "done": return .boolean(task.hasEnded)
            case "status": return .string(task.status)
            case "error":
                task.isHandled = true
                return Awaitable.task(task).error?.luaValue ?? .nil
            default:
                let question = Suggestion.question(for: field, in: Self.taskFields)
                throw LuaError(kind: "invalid", "a task has no field '\(field)'\(question)")
            }
        }
        type.text { "task \($0.origin.isEmpty ? "" : "of \($0.origin) ")\($0.status)" }
        type.method("await") { call throws(LuaError) in try self.await(call, name: "task:await") }
        type.method("cancel") { call throws(LuaError) in
            guard let task: LuaTask = call.object(1) else {
                throw LuaError(kind: "invalid", "task:cancel: expected a task, got \(call.typeName(1))")
            }
            try call.cancel(task)
            return .none
        }
        type.close { call throws(LuaError) in
            if let task: LuaTask = call.object(1) { try call.cancel(task) }
            return .none
        }
        try await lua.define(type)
        try await lua.register("flux.spawn") { call throws(LuaError) in
            guard call.isFunction(1) else {
                throw LuaError(kind: "invalid", "flux.spawn: expected a function, got \(call.typeName(1))")
            }
            let task = try call.spawn(functionAt: 1)
            guard call.taskCount > Self.crowd, call.canWait else { return .value(.object(task)) }
            let wait = try call.wait()
            wait.finish { .value(.object(task)) }
            return .wait(wait)
        }
        try await lua.register("flux.sleep") { call throws(LuaError) in try self.sleep(call) }
        try await lua.register("flux.any") { call throws(LuaError) in try self.any(call) }
    }

    private func sleep(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let seconds = try Seconds.checked(try call[1], "flux.sleep: its argument")
        let wait = try call.wait()
        let timer = timers.after(.seconds(seconds)) { wait.finish { .none } }
        wait.onEnd { [timers] in timers.cancel(timer) }
        return .wait(wait)
    }
}
