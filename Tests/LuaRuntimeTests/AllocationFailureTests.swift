import Testing

@testable import LuaRuntime

private final class Thing: LuaObject {
    let name = "thing"
}

/// Lua raises when memory runs out, from the middle of any call: nothing of Swift may be lost then.
@Suite(.serialized) struct AllocationFailureTests {
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
        return #list, answer
        """

    private func prepared() async throws -> LuaRuntime {
        let lua = try LuaRuntime()
        var type = LuaObjectType<Thing>("thing")
        type.fields { thing, field throws(LuaError) in field == "name" ? .string(thing.name) : .nil }
        type.text { _ in "a thing" }
        type.method("double") { call throws(LuaError) in .value(.integer((try call[2].integer ?? 0) * 2)) }
        try await lua.define(type)
        try await lua.register("make") { _ throws(LuaError) in .value(.object(Thing())) }
        try await lua.register("echo") { call throws(LuaError) in .value(try call[1]) }
        try await lua.register("refuse") { call throws(LuaError) in
            throw LuaError(kind: "invalid", try call[1].string ?? "", fields: ["object": .object(Thing())])
        }
        try await lua.register("later", async: { values in values })
        return lua
    }

    @Test func everyFailingAllocationEndsInAnErrorAndLosesNoObject() async throws {
        let before = LuaState.liveObjects.load(ordering: .sequentiallyConsistent)
        var failures = 0
        var count = 0
        while true {
            let lua = try await prepared()
            try await lua.failAllocations(after: count)
            var succeeded = false
            do {
                let values = try await lua.run(Self.script)
                #expect(values == [5, "ab"])
                succeeded = true
            } catch {
                #expect(error.message.contains("not enough memory"), "allocation \(count): \(error.message)")
                failures += 1
            }
            try await lua.failAllocations(after: nil)
            _ = try await lua.run("collectgarbage() collectgarbage()")
            #expect(try await lua.run("return 1") == [1])
            await lua.close()
            if succeeded { break }
            count += 1
        }
        #expect(failures > 50)
        #expect(LuaState.liveObjects.load(ordering: .sequentiallyConsistent) == before)
    }
}
