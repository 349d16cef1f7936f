import Synchronization
import Testing

@testable import LuaRuntime

/// Limits that no script can go beyond, or catch.
@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    private func limited(_ limits: LuaLimits) async throws -> LuaRuntime {
        let lua = try LuaRuntime()
        try await lua.register("forever") { call throws(LuaError) in .wait(try call.wait()) }
        try await lua.register("spawn") { call throws(LuaError) in .value(.object(try call.spawn(functionAt: 1))) }
        try await lua.register("read") { call throws(LuaError) in
            _ = try call[1]
            return .none
        }
        try await lua.limit(limits, whenStuck: { _ in Issue.record("stuck") })
        return lua
    }

    @Test(arguments: [
        "local t = {} for i = 1, 1e9 do t[i] = {} end",
        "local t = {} for i = 1, 1e9 do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1e9)",
        "return ('x'):rep(5e6):rep(200)",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
        """
        local t = {}
        while true do xpcall(function() while true do t[#t + 1] = {} end end, function() t[#t + 1] = {} end) end
        """,
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "local t = {} while true do local f = coroutine.wrap(function() coroutine.yield() end) f() t[#t + 1] = f end",
        "local t = {} coroutine.wrap(function() while true do t[#t + 1] = {} end end)()",
        "local t = {} table.sort({ 3, 2, 1 }, function() while true do t[#t + 1] = {} end end)",
        """
        local t = {}
        local x <close> = setmetatable({}, { __close = function() while true do t[#t + 1] = {} end end })
        error('x')
        """,
        """
        local t = setmetatable({}, { __index = function(t, k) t[k] = {} return t[k] end })
        for i = 1, 1e9 do local _ = t[i] end
        """,
        """
        assert(load('return {' .. ('{1,2,3},'):rep(3e5) .. '}'))()
        """,
        "string.gsub(('x'):rep(1e5), 'x', ('y'):rep(1e5))",
        "table.concat({ ('x'):rep(1e6), ('x'):rep(1e6), ('x'):rep(1e6), ('x'):rep(1e6) }, ('y'):rep(1e6))",
        "local t = {} for i = 1, 1e6 do t[i] = 'x' end return table.concat(t, ('y'):rep(1000))",
        "while true do spawn(forever) end",
        """
        while true do spawn(function() local t = {} for i = 1, 1000 do t[i] = i end forever() end) end
        """,
        "local function f(...) return f(1, ...) end f()",
        "local t = {} while true do t[#t + 1] = load('return ' .. #t) end",
    ])
    func memoryIsLimited(_ code: String) async throws {
        let lua = try await limited(LuaLimits(memory: 4 << 20))
        await #expect(throws: LuaError.self) { try await lua.run(code) }
        #expect(await lua.memoryUsed < 6 << 20)
        await lua.cancelAllTasks()
        await lua.close()
    }

    @Test func memoryLimitEndsWhatCatchesIt() async throws {
        let lua = try await limited(LuaLimits(memory: 4 << 20))
        try await lua.register("caught") { _ throws(LuaError) in
            Issue.record("a script went on")
            return .none
        }
        await #expect(throws: LuaError.self) {
            try await lua.run(
                "pcall(function() local t = {} while true do t[#t + 1] = {} end end) while true do caught() end")
        }
        #expect(await lua.reachedLimit == .memory)
        // For good.
        await #expect(throws: LuaError.self) { try await lua.run("return 1") }
        await lua.continueAfterInterrupt()
        await #expect(throws: LuaError.self) { try await lua.run("return 1") }
    }

    @Test func garbageDoesNotCount() async throws {
        let lua = try await limited(LuaLimits(memory: 4 << 20))
        #expect(try await lua.run("for i = 1, 2e4 do local t = { ('x'):rep(1000), i } end return 1") == [1])
        #expect(await lua.reachedLimit == nil)
    }

    @Test(arguments: [
        // Two tables that hold each other many times over, and one string a hundred thousand times.
        "local t = { 1, 1 } for i = 1, 90 do t = { t, t } end return pcall(read, t)",
        "local t, s = {}, ('x'):rep(1000) for i = 1, 1e5 do t[i] = s end return pcall(read, t)",
    ])
    func valueForTheHostIsLimitedToo(_ code: String) async throws {
        let lua = try await limited(LuaLimits(memory: 8 << 20))
        #expect(try await lua.run(code).first == false)
        #expect(await lua.reachedLimit == nil)
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(error, function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        """
        local function f() return pcall(f) end
        xpcall(function() error('x') end, function() while true do f() end end)
        """,
        "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        """
        while true do
          local co = coroutine.create(function() coroutine.yield() end)
          coroutine.resume(co)
          coroutine.close(co)
        end
        """,
        "local function nest() return pcall(coroutine.wrap(nest)) end while true do nest() end",
        "while true do table.sort({ 3, 2, 1 }, function(a, b) return a < b end) end",
        "while true do string.gsub('xxx', 'x', function() while true do end end) end",
        "local t = setmetatable({}, { __index = function() while true do end end }) return t.x",
        """
        local t = setmetatable({}, { __eq = function() while true do end end })
        return t == setmetatable({}, getmetatable(t))
        """,
        "load(function() return ' ' end)",
        "for _ in function() return 1 end do end",
        "goto a ::a:: goto a",
        "spawn(function() while true do end end) forever()",
        "spawn(forever) while true do end",
        "while true do spawn(function() end) end",
        "local f f = function() return f() end return f()",
    ])
    func computingTimeIsLimited(_ code: String) async throws {
        let lua = try await limited(LuaLimits(memory: 64 << 20, computing: .milliseconds(40), grace: .seconds(60)))
        await #expect(throws: LuaError.self) { try await lua.run(code) }
        await lua.cancelAllTasks()
        #expect(await lua.reachedLimit == .computing)
        await #expect(throws: LuaError.self) { try await lua.run("return 1") }
        await lua.close()
    }

    @Test func limitTellsWhereTheScriptWas() async throws {
        let lua = try await limited(LuaLimits(computing: .milliseconds(40), grace: .seconds(60)))
        let code = "local function work()\n  while true do end\nend\ncoroutine.wrap(work)()"
        let error = await #expect(throws: LuaError.self) { try await lua.run(code, name: "@s.lua") }
        #expect(error?.traceback.contains("s.lua:2: in function <s.lua:1>") == true, "\(error?.traceback ?? "")")
        #expect(error?.traceback.contains("s.lua:4: in main chunk") == true)
    }

    @Test func memoryOfTheWholeProcessIsLimited() async throws {
        let lua = try await limited(LuaLimits(processMemory: 1 << 20, grace: .seconds(60)))
        await #expect(throws: LuaError.self) { try await lua.run("while true do end") }
        #expect(await lua.reachedLimit == .memory)
    }

    @Test func codeThatNothingStopsIsToldOf() async throws {
        let lua = try LuaRuntime()
        let told = Mutex<LuaLimit?>(nil)
        // In the middle of a call, as a pattern that backtracks is.
        try await lua.register("stuck") { _ throws(LuaError) in
            while told.withLock({ $0 }) == nil {}
            return .none
        }
        try await lua.limit(LuaLimits(computing: .milliseconds(20), grace: .milliseconds(20))) { limit in
            told.withLock { $0 = limit }
        }
        await #expect(throws: LuaError.self) { try await lua.run("stuck()") }
        #expect(told.withLock { $0 } == .computing)
    }

    @Test func runtimeWithinItsLimitsIsLeftAlone() async throws {
        let lua = try await limited(
            LuaLimits(memory: 64 << 20, processMemory: 1 << 40, computing: .seconds(1000)))
        #expect(try await lua.run("local n = 0 for i = 1, 1e5 do n = n + i end return n") == [5_000_050_000])
        #expect(await lua.reachedLimit == nil)
        await lua.close()
    }
}
