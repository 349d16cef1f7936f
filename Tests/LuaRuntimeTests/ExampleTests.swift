import LuaRuntime
import Synchronization
import Testing

// The example of the library's documentation (LuaRuntime.docc), as it is there.

/// A Swift object that scripts hold.
final class Brush: LuaObject {
    private let state = Mutex((width: 1.0, strokes: [Double]()))

    var width: Double {
        get { state.withLock { $0.width } }
        set { state.withLock { $0.width = newValue } }
    }

    var strokes: [Double] { state.withLock { $0.strokes } }

    func paint(_ length: Double) { state.withLock { $0.strokes.append(length * $0.width) } }

    static var luaType: LuaObjectType<Brush> {
        var type = LuaObjectType<Brush>("brush")
        type.field("strokes", get: { $0.strokes })
        type.field("width", get: { $0.width }, set: { $0.width = $1 })
        type.expose("paint") { (brush: Brush, length: Double) in
            brush.paint(length)
            return brush
        }
        type.expose(
            "dry",
            async: { (brush: Brush) in
                await Task.yield()
                return brush.strokes.count
            })
        type.text { "a brush \($0.width) wide" }
        return type
    }
}

struct ExampleTests {
    @Test func exampleOfTheDocumentationRuns() async throws {
        let lua = try LuaRuntime()

        // Functions, with Swift's types. What does not fit is an error at the script's line.
        try await lua.expose("mix") { (from: Double, to: Double, part: Double?) in
            from + (to - from) * (part ?? 0.5)
        }
        try await lua.expose("split") { (text: String) in
            LuaResults(text.split(separator: " ").map(String.init), text.count)
        }

        // An async function suspends the script, and other tasks go on.
        try await lua.expose(
            "load_palette",
            async: { (name: String) async throws in
                try await Task.sleep(for: .milliseconds(1))
                return ["name": name, "colour": "teal"]
            })

        // Objects with fields and methods.
        try await lua.define(Brush.luaType)
        try await lua.expose("new_brush") { Brush() }

        let script = """
            local brush = new_brush()
            brush.width = mix(1, 3)
            brush:paint(2):paint(3)
            local words, length = split("a matte black mug")
            local palette = load_palette("sea")
            print = nil
            function on_done(count) return palette.colour .. " " .. count end
            return { strokes = brush.strokes, dried = brush:dry(), words = #words, length = length }
            """
        let answer = try await lua.run(script, name: "@paint.lua", as: LuaTable.self)
        let strokes: [Double] = try answer.value("strokes")
        #expect(strokes == [4, 6])
        #expect(try answer.value("dried", as: Int.self) == 2)
        #expect(try answer.value("words", as: Int.self) == 4)
        #expect(try answer.value("length", as: Int.self) == 17)

        // Back into Lua.
        let onDone = try await lua.global("on_done").decoded(as: LuaFunction.self)
        let line = try await lua.call(onDone, with: 2, as: String.self)
        #expect(line == "teal 2")

        // What a script does wrong says where.
        let error = await #expect(throws: LuaError.self) {
            try await lua.run("local b = new_brush()\nb:paint('far')", name: "@wrong.lua")
        }
        #expect(error?.message == "wrong.lua:2: bad argument #1 to 'brush:paint' (number expected, got string)")
    }
}
