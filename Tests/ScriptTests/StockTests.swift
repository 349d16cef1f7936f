import Foundation
import Testing

/// Where a script asks nothing of `flux`, it cannot tell `fluxlua` from the stock interpreter, which runs beside it.
@Suite(.timeLimit(.minutes(5))) struct StockTests {
    static let names = ["coroutines", "debugging", "endings", "modules", "statuses"]

    @Test(arguments: names)
    func scriptPrintsWhatTheStockInterpreterPrints(_ name: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let file = Program.root.appendingPathComponent("Tests/Stock/\(name).lua")
        try program.write(String(contentsOf: file, encoding: .utf8), to: "\(name).lua")
        let ours = try await program.run(["-W", "\(name).lua", "an argument"])
        let theirs = try await program.run(["-W", "\(name).lua", "an argument"], of: Program.stock)
        #expect(Self.normalized(ours.output) == Self.normalized(theirs.output))
        #expect(Self.warnings(ours.error) == Self.warnings(theirs.error))
        #expect(ours.status == theirs.status)
    }

    @Test(arguments: [
        ["-e", "print(...)", "-e", "print(arg[0], arg[1], arg[-1])", "script.lua", "a", "b"],
        ["-lstring", "-l", "m=math", "-e", "print(m.max(1, 2), string == require 'string')"],
        ["-e", "arg[1] = 'changed'", "script.lua", "a"],
        ["-e", "arg = 1", "script.lua"],
        ["-e", "error('here')"],
        ["-e", "error({})"],
        ["-e", "os.exit(7)"],
        ["-e", "os.exit(false, true)"],
        ["-e", "local x <close> = setmetatable({}, { __close = function() print 'closed' end }) os.exit(true, true)"],
        ["-e", "syntax error"],
        ["-E", "-e", "print(package.path, package.cpath)"],
        ["-e", "print(package.path, package.cpath)"],
        ["-W", "-e", "warn('loud')"],
        ["-", "from input"],
        ["folder/binary.lua", "x"],
        ["folder/path.lua"],
    ])
    func commandLineMeansWhatItMeansToTheStockInterpreter(_ arguments: [String]) async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["LUA_INIT"] = "print('first', arg and #arg)"
        program.environment["LUA_PATH_5_4"] = "elsewhere/?.lua;;"
        program.environment["LUA_PATH"] = "not/this/?.lua"
        program.environment["LUA_CPATH"] = "libraries/?.so"
        try program.write("print('script', ...) print(#arg)", to: "script.lua")
        try FileManager.default.createDirectory(
            at: program.file("folder"), withIntermediateDirectories: true)
        try program.write("print(package.path)", to: "folder/path.lua")
        let dump = """
            local file <close> = io.open("folder/binary.lua", "wb")
            file:write("#comment\\n", string.dump(load("print('binary', ...)")))
            """
        #expect(try await program.run(["-E", "-e", dump]).status == 0)
        let input = "print('input', ...)"
        let ours = try await program.run(arguments, input: input)
        let theirs = try await program.run(arguments, input: input, of: Program.stock)
        #expect(ours.output == theirs.output)
        #expect((ours.status == 0) == (theirs.status == 0))
        #expect(ours.error.isEmpty == theirs.error.isEmpty, "\(ours.error)\n\(theirs.error)")
    }

    /// Addresses differ from run to run.
    private static func normalized(_ text: String) -> String {
        text.replacing(/0x[0-9a-f]+/, with: "0x…")
    }

    private static func warnings(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix("Lua warning: ") }
    }
}
