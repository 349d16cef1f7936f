import Testing

@testable import LuaRuntime

private final class Ticket: LuaObject {}

@Suite(.serialized) struct ScaleTests {
    private func prepared() async throws -> LuaRuntime {
        let lua = try LuaRuntime()
        try await lua.register("spawn") { call throws(LuaError) in
            .value(.object(try call.spawn(functionAt: 1)))
        }
        try await lua.register("pause") { call throws(LuaError) in
            let wait = try call.wait()
            wait.finish { .value(.object(Ticket())) }
            return .wait(wait)
        }
        try await lua.register("running") { call in .value(.integer(Int64(call.taskCount))) }
        return lua
    }

    @Test func tenThousandTasksWaitAtOnceAndEachGetsItsOwn() async throws {
        let lua = try await prepared()
        // One gate for each, opened in another order than they were reached.
        let gates = Gates()
        try await lua.register("gate") { call throws(LuaError) in
            let wait = try call.wait()
            gates.add(wait, Int(try call[1].integer ?? 0))
            return .wait(wait)
        }
        let script = """
            local sum, count = 0, 0
            for i = 1, 10000 do
              spawn(function()
                local n = gate(i)
                assert(n == i)
                sum, count = sum + n, count + 1
              end)
            end
            pause()
            assert(running() == 10001 and count == 0)
            repeat pause() until count == 10000
            return sum
            """
        async let sum = lua.run(script, as: Int.self)
        await gates.openBackwards(once: 10_000)
        #expect(try await sum == 50_005_000)
        #expect(await lua.takeUnhandledFailures().isEmpty)
    }

    @Test func tasksThatHaveEndedKeepNoMemory() async throws {
        let lua = try await prepared()
        func used(after rounds: Int) async throws -> Int {
            _ = try await lua.run(
                """
                for line = 1, \(rounds) do
                  spawn(function() local ticket = pause() return ticket, line end)
                  if line % 100 == 0 then repeat pause() until running() == 1 end
                end
                -- A coroutine is let go of only after its task was collected, between two steps of the script.
                collectgarbage()
                pause()
                collectgarbage()
                """)
            return await lua.memoryUsed
        }
        let early = try await used(after: 10_000)
        let late = try await used(after: 90_000)
        #expect(late < early + 100_000, "\(early) bytes after 10,000 tasks, \(late) after 100,000")
        #expect(lua.heldObjects.value < 1000)
        await lua.close()
        #expect(lua.heldObjects.value == 0)
    }

    @Test func memoryThatAScriptLetsGoOfServesTheNext() async throws {
        let lua = try await prepared()
        let fill =
            "local t = {} for i = 1, 50000 do t[i] = { i, tostring(i) } end t = nil collectgarbage() collectgarbage()"
        _ = try await lua.run(fill)
        let once = await lua.memoryUsed
        for _ in 1...3 { _ = try await lua.run(fill) }
        #expect(await lua.memoryUsed < once + 50_000)
    }
}
