import Synchronization
import Testing

@testable import LuaRuntime

private final class Thing: LuaObject {
    let name = "thing"
    let level = Mutex(0)
}

/// Lua raises from the middle of any call when memory runs out: nothing of Swift may be lost then, and nothing crash.
@Suite(.serialized) struct AllocationFailureTests {
    /// Uses each part of the bridge: objects, fields, methods, errors, tables, functions, coroutines, tasks, modules.
    private static let script = """
        local things = {}
        for i = 1, 3 do things[i] = make(i) end
        local first = things[1]
        assert(first.name == "thing" and first:double(4) == 8 and tostring(first) == "a thing")
        local ok, err = pcall(refuse, "why")
        assert(not ok)
        local list = echo({ 1, "two", { three = 3 }, first, print })
        local co = coroutine.wrap(function(...) coroutine.yield(later(...)) return later("b") end)
        local answer = co("a") .. co()
        package.preload.module = function() return { value = later("c") } end
        answer = answer .. require("module").value
        local task = spawn(function(...) later() return ... end, "d", first)
        local letter, same = join(task)
        assert(same == first)
        local failing = spawn(function() coroutine.wrap(function() refuse("again") end)() end)
        assert(select(2, join(failing)).kind == "invalid")
        local closed = false
        local endless = spawn(function()
          local guard <close> = setmetatable({}, { __close = function() closed = true end })
          coroutine.wrap(function() forever() end)()
        end)
        later()
        cancel(endless)
        assert(closed)
        first.level = 2
        assert(first.level == 2 and add(first.level, first:plus(3)) == 7 and slow(first) == first)
        local waiting = coroutine.create(function()
          local guard <close> = setmetatable({}, { __close = function() closed = nil end })
          coroutine.wrap(function() forever() end)()
        end)
        local holder = spawn(function() return coroutine.resume(waiting) end)
        later()
        assert(coroutine.close(waiting) and closed == nil and join(holder) == false)
        local _, again = join(failing)
        assert(not pcall(error, again))
        return #list, answer .. letter
        """

    /// Raises from the call of that number on, once; nil: never.
    private final class Trap: Sendable {
        private let left: Mutex<Int?>

        init(_ count: Int?) { left = Mutex(count) }

        func spring() throws(LuaError) {
            let springs = left.withLock { left in
                guard let count = left else { return false }
                left = count == 0 ? nil : count - 1
                return count == 0
            }
            if springs { throw LuaError(kind: "trap", "sprung", fields: ["thing": .object(Thing())]) }
        }

        var isSprung: Bool { left.withLock { $0 == nil } }
    }

    private func prepared(_ trap: Trap = Trap(nil)) async throws -> LuaRuntime {
        let lua = try LuaRuntime()
        var type = LuaObjectType<Thing>("thing")
        type.fields { thing, field throws(LuaError) in
            try trap.spring()
            return field == "name" ? .string(thing.name) : .nil
        }
        type.text { _ in "a thing" }
        type.method("double") { call throws(LuaError) in
            try trap.spring()
            return .value(.integer((try call[2].integer ?? 0) * 2))
        }
        type.field(
            "level",
            get: { thing in
                try trap.spring()
                return thing.level.withLock { $0 }
            },
            set: { thing, level in
                try trap.spring()
                thing.level.withLock { $0 = level }
            })
        type.expose("plus") { (thing: Thing, number: Int) in
            try trap.spring()
            return thing.level.withLock { $0 } + number
        }
        try await lua.define(type)
        try await lua.expose("add") { (one: Int, other: Int) in
            try trap.spring()
            return one + other
        }
        try await lua.expose(
            "slow",
            async: { (thing: Thing) async throws in
                try trap.spring()
                return thing
            })
        func register(_ name: String, _ body: @escaping LuaHostFunction) async throws {
            try await lua.register(name) { call throws(LuaError) in
                try trap.spring()
                return try body(call)
            }
        }
        try await register("make") { _ throws(LuaError) in .value(.object(Thing())) }
        try await register("echo") { call throws(LuaError) in .value(try call[1]) }
        try await register("refuse") { call throws(LuaError) in
            throw LuaError(kind: "invalid", try call[1].string ?? "", fields: ["object": .object(Thing())])
        }
        try await lua.register("later", async: { values in values })
        try await register("forever") { call throws(LuaError) in .wait(try call.wait()) }
        try await register("spawn") { call throws(LuaError) in .value(.object(try call.spawn(functionAt: 1))) }
        try await register("join") { call throws(LuaError) in
            guard let task: LuaTask = call.object(1) else { return .none }
            let wait = try call.wait()
            task.whenEnded { wait.finish { .results(of: task) } }
            return .wait(wait)
        }
        try await register("cancel") { call throws(LuaError) in
            if let task: LuaTask = call.object(1) { try call.cancel(task) }
            return .none
        }
        return lua
    }

    /// Returns when the runtime's thread is gone too: hundreds that still end would hold more descriptors than the
    /// `select` of Foundation's Process, which other tests use, can count.
    private func withRuntime(
        _ number: Int, _ trap: Trap = Trap(nil), _ body: (LuaRuntime) async throws -> Void
    ) async throws {
        weak var thread: LuaThread?
        do {
            let lua = try await prepared(trap)
            thread = lua.thread
            try await body(lua)
            await lua.close()
            #expect(lua.heldObjects.value == 0, "number \(number)")
        }
        while thread != nil { await Task.yield() }
    }

    @Test func everyFailingAllocationEndsInAnErrorAndLosesNoObject() async throws {
        var failures = 0
        for count in 0... {
            var succeeded = false
            try await withRuntime(count) { lua in
                try await lua.failAllocations(after: count)
                do {
                    #expect(try await lua.run(Self.script) == [5, "abcd"])
                    succeeded = true
                } catch {
                    failures += 1
                }
                try await lua.failAllocations(after: nil)
                await lua.cancelAllTasks()
                #expect(try await lua.run("collectgarbage() return 1") == [1], "allocation \(count)")
            }
            if succeeded { break }
        }
        #expect(failures > 100)
    }

    @Test func everyRaisingCallEndsInAnErrorAndLosesNoObject() async throws {
        var failures = 0
        for count in 0... {
            let trap = Trap(count)
            try await withRuntime(count, trap) { lua in
                do {
                    #expect(try await lua.run(Self.script) == [5, "abcd"])
                } catch {
                    failures += 1
                }
                await lua.cancelAllTasks()
            }
            if !trap.isSprung { break }
        }
        #expect(failures > 8)
    }
}
