import Foundation
import Testing

/// The command line as a user types it: what the stock interpreter does is done the same way.
@Suite(.timeLimit(.minutes(5))) struct CommandLineTests {
    private let program: Program

    init() throws { program = try Program() }

    /// Every index of `arg` in order, and then what `...` holds.
    private static let showArguments = """
        local low, high = 0, 0
        for index in pairs(arg) do low, high = math.min(low, index), math.max(high, index) end
        for index = low, high do print(index, index == low and "program" or arg[index]) end
        print(select("#", ...), ...)
        """

    private func expect(
        _ arguments: [String], input: String? = nil, output: String = "", error: String = "", status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        defer { program.remove() }
        let result = try await program.run(arguments, input: input)
        #expect(result.output == output, sourceLocation: sourceLocation)
        #expect(result.error == error, sourceLocation: sourceLocation)
        #expect(result.status == status, sourceLocation: sourceLocation)
    }

    @Test func scriptGetsItsArgumentsInArgAndInDots() async throws {
        try program.write(Self.showArguments, to: "show.lua")
        try await expect(
            ["show.lua", "a", "two words", "", "-v"],
            output: "-1\tprogram\n0\tshow.lua\n1\ta\n2\ttwo words\n3\t\n4\t-v\n4\ta\ttwo words\t\t-v\n")
    }

    @Test func optionBehindTheScriptThatWouldGuardTheWalletIsNoted() async throws {
        defer { program.remove() }
        try program.write("print(...)", to: "own.lua")
        let result = try await program.run(["own.lua", "--budget=5", "--seed"])
        #expect(result.output == "--budget=5\t--seed\n" && result.status == 0)
        #expect(
            result.error == """
                fluxlua: note: '--budget' comes after the script, so the script gets it and fluxlua ignores it
                hint: for fluxlua, write it before the script: fluxlua --budget=5 own.lua
                hint: for the script alone, without this note: fluxlua -- own.lua --budget=5

                """)
        let jobs = try await program.run(["own.lua", "--max-jobs", "3"])
        #expect(jobs.error.contains("write it before the script: fluxlua --max-jobs N own.lua\n"))
        let meant = try await program.run(["--", "own.lua", "--simulate"])
        #expect(meant.output == "--simulate\n" && meant.error.isEmpty)
    }

    @Test func optionsBeforeTheScriptStandAtNegativeIndices() async throws {
        try program.write(Self.showArguments, to: "show.lua")
        try await expect(
            ["-e", "x = 1", "-W", "--", "show.lua", "a"],
            output: "-5\tprogram\n-4\t-e\n-3\tx = 1\n-2\t-W\n-1\t--\n0\tshow.lua\n1\ta\n1\ta\n")
    }

    @Test func standardInputIsAScriptNamedDash() async throws {
        try await expect(
            ["-", "a", "b"], input: Self.showArguments, output: "-1\tprogram\n0\t-\n1\ta\n2\tb\n2\ta\tb\n")
    }

    @Test func standardInputThatIsNoTerminalIsRunWithoutBeingNamed() async throws {
        try await expect([], input: "print('ran', #arg, ...)", output: "ran\t0\n")
    }

    @Test func withoutAScriptArgumentsAreCountedFromTheProgram() async throws {
        try await expect(
            ["-e", "print(arg[1], arg[2] ~= nil, arg[3], arg[-1], ...)"], output: "-e\ttrue\tnil\tnil\n")
    }

    @Test func severalChunksAreRunInOrderInOneStateBeforeTheScript() async throws {
        try program.write("print('script', x)", to: "last.lua")
        try await expect(
            ["-e", "x = 1", "-eprint('chunk', x) x = x + 1", "last.lua"], output: "chunk\t1\nscript\t2\n")
    }

    @Test func chunkThatFailsEndsTheRun() async throws {
        try await expect(
            ["-e", "error('no', 0)", "-e", "print('never')"],
            error: "fluxlua: no\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n",
            status: 1)
    }

    private static let closing =
        "local x <close> = setmetatable({}, { __close = function(_, e) print(e) error('second', 0) end }) "

    @Test func errorOfAClosingVariableTakesThePlaceOfTheOneBefore() async throws {
        try await expect(
            ["-e", Self.closing + "error('first', 0)"], output: "first\n",
            error: "fluxlua: second\nstack traceback:\n\t[C]: in function 'error'\n\t(command line):1: in main chunk\n",
            status: 1)
    }

    @Test func errorOfATasksClosingVariableTakesThePlaceOfTheOneBefore() async throws {
        try await expect(
            ["-e", "flux.spawn(function() \(Self.closing) error('first', 0) end)"], output: "first\n",
            error: "fluxlua: a task failed: second\nstack traceback:\n\t[C]: in function 'error'\n"
                + "\t(command line):1: in function <(command line):1>\n\t(command line):1: spawned here\n",
            status: 1)
    }

    @Test(arguments: ["", "__tostring = function() return 5 end"])
    func errorThatIsNoTextIsToldByItsType(_ field: String) async throws {
        try await expect(
            ["-e", "error(setmetatable({}, { \(field) }))"],
            error: "fluxlua: (error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n"
                + "\t(command line):1: in main chunk\n",
            status: 1)
    }

    @Test func moduleIsLoadedIntoAGlobalOfItsName() async throws {
        try program.write("return { answer = 42 }", to: "mine.lua")
        try await expect(["-l", "mine", "-lstring", "-e", "print(mine.answer)"], output: "42\n")
    }

    @Test func moduleThatIsMissingIsNamedFirst() async throws {
        defer { program.remove() }
        let result = try await program.run(["-l", "nowhere"])
        #expect(result.error.hasPrefix("fluxlua: module 'nowhere' not found:\n"), "\(result.error)")
        #expect(result.status == 1)
    }

    @Test func firstLineMayNameAnInterpreter() async throws {
        try program.write("#!/usr/bin/env fluxlua\nprint('ran')\nerror('here')", to: "tool")
        try await expect(
            ["tool"], output: "ran\n",
            error: "fluxlua: tool:3: here\nstack traceback:\n\t[C]: in function 'error'\n\ttool:3: in main chunk\n",
            status: 1)
    }

    @Test func byteOrderMarkBeforeTheFirstLineIsLeftOut() async throws {
        try program.write("\u{FEFF}#!/usr/bin/env fluxlua\nprint('ran')", to: "tool.lua")
        try await expect(["tool.lua"], output: "ran\n")
    }

    @Test func modulesBesideTheScriptAreFoundFromAnywhere() async throws {
        try FileManager.default.createDirectory(at: program.file("tools"), withIntermediateDirectories: true)
        try program.write("print(require('helper'), arg[0])", to: "tools/main.lua")
        try program.write("return 'helped'", to: "tools/helper.lua")
        try await expect(["tools/main.lua"], output: "helped\ttools/main.lua\n")
    }

    @Test(arguments: [["-v"], ["--version"], ["-e", "print('never')", "--version"]])
    func versionIsPrinted(_ arguments: [String]) async throws {
        defer { program.remove() }
        let result = try await program.run(arguments)
        #expect(result.output.hasPrefix("fluxlua ") && result.output.contains("Lua 5.4"), "\(result.output)")
        #expect(result.output.hasSuffix(")\n") && result.error.isEmpty && result.status == 0)
    }

    @Test func versionComesBeforeWhatIsRun() async throws {
        defer { program.remove() }
        let result = try await program.run(["-v", "-e", "print('ran')"])
        #expect(result.output.hasPrefix("fluxlua ") && result.output.hasSuffix(")\nran\n"), "\(result.output)")
    }

    @Test func promptIsWhatTheUserHasChosen() async throws {
        defer { program.remove() }
        let chosen = "_PROMPT, _PROMPT2 = 'first? ', setmetatable({}, { __tostring = function() return 'more? ' end })"
        let result = try await program.run(["-e", chosen, "-i"], input: "x =\n7\nx\n")
        #expect(result.output.hasSuffix("\nfirst? more? first? 7\nfirst? \n"), "\(result.output)")
    }

    @Test func codeWithoutItsLinesIsInTheTraceback() async throws {
        try await expect(
            ["-e", "local f = load(string.dump(function() error('no', 0) end, true)) f()"],
            error: "fluxlua: no\nstack traceback:\n\t[C]: in function 'error'\n\t?: in local 'f'\n"
                + "\t(command line):1: in main chunk\n",
            status: 1)
    }

    @Test(arguments: [["-h"], ["--help"], ["serve", "-h"], ["serve", "--help"]])
    func helpTellsTheUsageAndEndsWell(_ arguments: [String]) async throws {
        defer { program.remove() }
        let result = try await program.run(arguments)
        #expect(result.output.contains("usage: fluxlua"))
        #expect(result.error.isEmpty && result.status == 0)
    }

    @Test(arguments: [
        (["-q"], "unrecognized option '-q'"), (["--bad", "x.lua"], "unrecognized option '--bad'"),
        (["-e"], "'-e' needs argument"), (["-l"], "'-l' needs argument"),
        (["--fault"], "'--fault' needs a value"),
        (["--fault", "nonsense", "-e", ""], "--fault: fault 'nonsense': 'nonsense' is not a kind of fault; there are"),
        (["serve", "--port", "70000"], "'--port' must be 0 (a free one) to 65535 (got '70000')"),
        (["serve", "--port"], "'--port' needs a value"),
        (["serve", "--prot", "1"], "unrecognized option '--prot' of serve"),
        (
            ["serve", "--speed", "soon"],
            "'--speed' must be instant, fast, lifelike or seconds from 0 to 3600 (got 'soon')"
        ),
        (["serve", "--fault", "nonsense"], "--fault: fault 'nonsense': 'nonsense' is not a kind of fault; there are"),
    ])
    func wrongUsageIsToldAndEndsWithTwo(_ arguments: [String], _ message: String) async throws {
        defer { program.remove() }
        let result = try await program.run(arguments)
        #expect(result.error.hasPrefix("fluxlua: \(message)"), "\(result.error)")
        #expect(result.error.hasSuffix("--help'\n"), "\(result.error)")
        #expect(result.output.isEmpty && result.status == 2)
    }

    @Test func missingScriptIsWrongUsage() async throws {
        try await expect(
            ["nowhere.lua"], error: "fluxlua: cannot open nowhere.lua: no such file or directory\n", status: 2)
    }

    @Test func misspeltCommandIsNoScript() async throws {
        try await expect(
            ["paln"], error: "fluxlua: cannot open paln: no such file or directory (did you mean 'plan'?)\n", status: 2)
    }

    @Test func folderIsNoScript() async throws {
        try await expect(["."], error: "fluxlua: cannot read .: is a directory\n", status: 2)
    }
}
