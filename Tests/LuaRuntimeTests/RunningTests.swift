import TestSupport
import Testing

@testable import LuaRuntime

@Suite struct RunningTests {
    @Test func scriptReturnsItsValues() async throws {
        let lua = try LuaRuntime()
        let values = try await lua.run("return 1, 2.5, 'x', {1, 2, k = true}, nil")
        var table = LuaTable(items: [1, 2])
        table["k"] = true
        #expect(values == [1, .number(2.5), "x", .table(table), .nil])
    }

    @Test func hostFunctionGetsArgumentsAndGivesResults() async throws {
        let lua = try LuaRuntime()
        try await lua.register("greet") { call throws(LuaError) in
            .value(.string("Hello, \(try call[1].string ?? "you")"))
        }
        #expect(try await lua.run("return greet('Mina')") == ["Hello, Mina"])
    }

    @Test func waitWhoseLastTaskHasJustEndedIsNoCircle() async throws {
        let lua = try LuaRuntime()
        // What ended between the look and the wait, as it may on another thread, is none of those that are left.
        try await lua.register("soon") { call throws(LuaError) in
            let wait = try call.wait(.any(name: "soon") { [] })
            wait.finish { .value(7) }
            return .wait(wait)
        }
        #expect(try await lua.run("return soon()") == [7])
    }

    @Test func waitSuspendsTheScriptUntilItIsFinished() async throws {
        let lua = try LuaRuntime()
        try await lua.register(
            "later",
            async: { values in
                await Task.yield()
                return values
            })
        let values = try await lua.run(
            """
            local ok, x = pcall(later, 7)
            local co = coroutine.wrap(function() coroutine.yield(later(1)) coroutine.yield(later(2)) end)
            for v in co do x = x + v end
            return ok, x, later("a")
            """)
        #expect(values == [true, 10, "a"])
    }

    @Test func errorCarriesTheAuthorsLineAndFrames() async throws {
        let lua = try LuaRuntime()
        try await lua.register("refuse") { _ throws(LuaError) in throw LuaError(kind: "invalid", "no") }
        let source = "local function make()\n  refuse()\nend\nmake()"
        let error = await #expect(throws: LuaError.self) { try await lua.run(source, name: "@s.lua") }
        #expect(error?.message == "s.lua:2: no")
        #expect(error?.kind == "invalid")
        #expect(error?.traceback == "stack traceback:\n\ts.lua:2: in local 'make'\n\ts.lua:4: in main chunk")
    }

    @Test(.timeLimit(.minutes(5))) func runtimeIsReleased() async throws {
        weak var released: LuaRuntime?
        do {
            let lua = try LuaRuntime()
            released = lua
            _ = try await lua.run("return 1")
        }
        // Its thread may be about to leave the call that gave the result.
        await until { released == nil }
    }
}
