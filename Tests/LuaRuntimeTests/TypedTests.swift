import LuaRuntime
import Testing

private final class Pot: LuaObject {}

@Suite struct TypedTests {
    /// What a call that raises says.
    private func complaint(_ lua: LuaRuntime, _ call: String) async throws -> String {
        try await lua.run(
            "local ok, err = pcall(function() \(call) end) return tostring(err)", name: "@s.lua", as: String.self)
    }

    @Test func functionHasNoneOneOrSeveralResults() async throws {
        let lua = try LuaRuntime()
        try await lua.expose("none") { (_: Int?) in }
        try await lua.expose("one") { true }
        try await lua.expose("three") { LuaResults(1, "two", [3.5]) }
        #expect(
            try await lua.run("return select('#', none()), one(), select('#', one()), three()") == [
                0, true, 1, 1, "two", .list([.number(3.5)]),
            ])
    }

    @Test func argumentsArriveAsTheirTypes() async throws {
        let lua = try LuaRuntime()
        try await lua.expose("show") {
            (flag: Bool, whole: Int, real: Double, text: String?, list: [Int], fields: [String: Double], any: LuaValue)
            in
            "\(flag) \(whole) \(real) \(text ?? "-") \(list) \(fields) \(any.typeName)"
        }
        let shown = try await lua.run("return show(true, 3.0, 4, nil, {1, 2}, {a = 1}, print)", as: String.self)
        #expect(shown == "true 3 4.0 - [1, 2] [\"a\": 1.0] function")
    }

    @Test func whatDoesNotFitIsAnErrorAtTheScriptsLine() async throws {
        let lua = try LuaRuntime()
        try await lua.expose("art.mix") { (_: Double, _: Int, _: [String]?) in }
        let prefix = "s.lua:1: bad argument "
        #expect(try await complaint(lua, "art.mix()") == prefix + "#1 to 'art.mix' (number expected, got no value)")
        #expect(try await complaint(lua, "art.mix('1')") == prefix + "#1 to 'art.mix' (number expected, got string)")
        #expect(
            try await complaint(lua, "art.mix(1, 2.5)")
                == prefix + "#2 to 'art.mix' (whole number expected, got number)")
        #expect(
            try await complaint(lua, "art.mix(1, 2, { 'a', 3 })")
                == prefix + "#3 to 'art.mix' (list of strings or nil expected, got table)")
        #expect(try await complaint(lua, "art.mix(1, 2)") == "nil")
    }

    @Test func whatSwiftThrowsIsRaised() async throws {
        struct Spilled: Error, CustomStringConvertible { var description: String { "the water is spilled" } }
        let lua = try LuaRuntime()
        try await lua.expose("spill") { () throws -> Int in throw Spilled() }
        try await lua.expose("leak", async: { (_: Int) async throws -> Int in throw Spilled() })
        try await lua.expose("refuse") { () throws -> Int in throw LuaError(kind: "dry", "no water") }
        #expect(try await complaint(lua, "spill()") == "s.lua:1: the water is spilled")
        #expect(try await complaint(lua, "leak(1)") == "s.lua:1: the water is spilled")
        #expect(try await lua.run("return select(2, pcall(refuse)).kind", as: String.self) == "dry")
    }

    @Test func wrongArgumentOfAnAsyncFunctionIsRaisedBeforeItRuns() async throws {
        let lua = try LuaRuntime()
        try await lua.expose("later", async: { (number: Int) async throws in number + 1 })
        #expect(try await lua.run("return later(1)", as: Int.self) == 2)
        #expect(
            try await complaint(lua, "later({})")
                == "s.lua:1: bad argument #1 to 'later' (whole number expected, got table)")
    }

    @Test func fieldsOfObjectsAreKnownByName() async throws {
        let lua = try LuaRuntime()
        var type = LuaObjectType<Pot>("pot")
        type.field("full", get: { _ in true })
        type.field("level", get: { _ in 3 }, set: { _, level in if level > 9 { throw LuaError("it overflows") } })
        type.expose("holds") { (pot: Pot, other: Pot) in pot === other }
        try await lua.define(type)
        try await lua.setGlobal("pot", to: Pot().luaValue)
        #expect(try await lua.run("pot.level = 4 return pot.full, pot.level, pot:holds(pot)") == [true, 3, true])
        #expect(try await complaint(lua, "return pot.fill") == "s.lua:1: a pot has no field 'fill'")
        #expect(try await complaint(lua, "pot.full = 1") == "s.lua:1: a pot cannot be changed (setting 'full')")
        #expect(try await complaint(lua, "pot.level = 10") == "s.lua:1: it overflows")
        #expect(
            try await complaint(lua, "pot.level = 'x'") == "s.lua:1: field 'level': whole number expected, got string")
        #expect(
            try await complaint(lua, "pot.holds(1, pot)")
                == "s.lua:1: calling 'pot:holds' on a bad self (got number; is it called with ':'?)")
        #expect(
            try await complaint(lua, "pot:holds(io.stdout)")
                == "s.lua:1: bad argument #1 to 'pot:holds' (Pot expected, got userdata)")
    }

    @Test func resultOfAnotherKindIsRefused() async throws {
        let lua = try LuaRuntime()
        let error = await #expect(throws: LuaError.self) { try await lua.run("return 'x'", as: Int.self) }
        #expect(error?.message == "whole number expected, got string")
        #expect(try await lua.run("return nil", as: Int?.self) == nil)
    }

    @Test func globalIsReadAsItIs() async throws {
        let lua = try LuaRuntime()
        _ = try await lua.run("paint = { colour = { name = 'teal' } } setmetatable(paint, { __index = error })")
        #expect(try await lua.global("paint.colour.name") == "teal")
        #expect(try await lua.global("paint.absent.name") == .nil)
        #expect(try await lua.global("absent") == .nil)
    }

    @Test func whatAnotherRuntimeMadeIsRefused() async throws {
        let one = try LuaRuntime()
        let other = try LuaRuntime()
        let foreign = try await other.load("return 'foreign'".utf8, name: "=foreign")
        let refusal = "this function belongs to another Lua runtime"
        let error = await #expect(throws: LuaError.self) { try await one.call(foreign) }
        #expect(error?.message == refusal)
        await #expect(throws: LuaError.self) { try await one.setGlobal("f", to: .list([.function(foreign)])) }
        try await one.expose("give") { foreign }
        #expect(try await complaint(one, "give()") == "s.lua:1: " + refusal)
        // It still is good where it belongs.
        #expect(try await other.call(foreign, as: String.self) == "foreign")
    }

    @Test func taskOfAnotherRuntimeIsRefused() async throws {
        let one = try LuaRuntime()
        let other = try LuaRuntime()
        try await other.register("spawn") { call throws(LuaError) in
            .value(.object(try call.spawn(functionAt: 1)))
        }
        let values = try await other.run("return spawn(function() return 1 end)")
        let task: LuaTask = try #require(values.first?.object())
        try await one.register("results") { _ in .results(of: task) }
        try await one.register("first") { _ in .value(.firstResult(of: task)) }
        try await one.register("cancel") { call throws(LuaError) in
            try call.cancel(task)
            return .none
        }
        for name in ["results", "first", "cancel"] {
            #expect(try await complaint(one, name + "()") == "s.lua:1: this task belongs to another Lua runtime")
        }
    }

    @Test func closedRuntimeSaysSo() async throws {
        let lua = try LuaRuntime()
        let function = try await lua.load("return 1".utf8, name: "=f")
        await lua.close()
        let error = await #expect(throws: LuaError.self) { try await lua.call(function) }
        #expect(error?.message == "the Lua runtime is closed")
    }
}
