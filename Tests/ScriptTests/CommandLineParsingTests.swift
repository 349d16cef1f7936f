import Testing

@testable import fluxlua

/// What the words of a command line are taken for, without running anything.
@Suite struct CommandLineParsingTests {
    private func options(_ words: String...) throws -> RunOptions { try Parsing.command(RunOptions.self, words) }

    private func served(_ words: String...) throws -> ServeOptions {
        try Parsing.command(ServeOptions.self, ["serve"] + words)
    }

    @Test func nothingIsThePrompt() throws {
        #expect(try options() == RunOptions())
    }

    @Test func stepsKeepTheirOrder() throws {
        let options = try options("-e", "a", "-lb", "-ec", "-l", "d", "x.lua")
        #expect(options.steps == [.execute("a"), .require("b"), .execute("c"), .require("d")])
        #expect(options.input == .file("x.lua") && options.scriptIndex == 7)
    }

    @Test func whatFollowsTheScriptIsTheScripts() throws {
        let options = try options("x.lua", "-v", "--simulate", "-e")
        #expect(options.input == .file("x.lua") && options.scriptIndex == 1)
        #expect(options.steps.isEmpty && !options.simulates)
    }

    @Test func aDashIsStandardInputAndEndsTheOptions() throws {
        let options = try options("-", "-v")
        #expect(options.input == .standardInput && options.scriptIndex == 1)
    }

    @Test func twoDashesEndTheOptions() throws {
        #expect(try options("--", "-v").input == .file("-v"))
        #expect(try options("-e", "x", "--").input == .none)
        #expect(try options("--", "-").input == .standardInput)
    }

    @Test func valueOfAnOptionMayLookLikeAnOption() throws {
        #expect(try options("-e", "-v").steps == [.execute("-v")])
        #expect(try options("-e", "--").steps == [.execute("--")])
    }

    @Test func flagsAreRead() throws {
        let options = try options("-i", "-W", "--simulate", "--fault", "a", "--fault=b", "x.lua")
        #expect(options.isInteractive && options.showsLuaWarnings && options.simulates)
        #expect(options.faults == ["a", "b"])
    }

    @Test func limitsAreRead() throws {
        let options = try options("--sandbox", "--memory", "512M", "--time=0.5", "--max-jobs", "20", "x.lua")
        #expect(options.isSandboxed && options.input == .file("x.lua"))
        #expect(options.limits == RunLimits(memory: 512 << 20, computing: .milliseconds(500), jobs: 20))
        #expect(try self.options("--memory=2G", "--max-jobs=0").limits == RunLimits(memory: 2 << 30, jobs: 0))
        #expect(try self.options("x.lua").limits == RunLimits())
    }

    @Test func sandboxHasLimitsWhereNoneAreGiven() {
        #expect(RunLimits().ofSandbox == RunLimits(memory: 256 << 20, computing: .seconds(60), jobs: 100))
        let given = RunLimits(memory: 1 << 20, computing: .seconds(1), jobs: 1)
        #expect(given.ofSandbox == given)
    }

    @Test(arguments: [
        ["--memory", "512"], ["--memory", "M"], ["--memory", "1K"], ["--memory", "-5M"], ["--memory", "99999999999G"],
        ["--memory"], ["--time", "0"], ["--time", "-1"], ["--time", "nan"], ["--time", "soon"], ["--max-jobs", "-1"],
        ["--max-jobs", "1.5"], ["--sandbox=yes"],
    ])
    func wrongLimitsAreNotTaken(_ words: [String]) {
        #expect(Parsing.mistake(words) != nil)
    }

    @Test(arguments: [["-v"], ["--version"], ["-e", "x", "--version"]])
    func versionIsAskedFor(_ arguments: [String]) throws {
        #expect(try Parsing.command(RunOptions.self, arguments).asksForVersion)
    }

    @Test func versionBeforeSomethingElseIsPartOfTheRun() throws {
        #expect(try options("-v", "x.lua").showsVersion && options("-v", "-i").showsVersion)
        #expect(try options("-e", "x", "-v").steps == [.execute("x")])
        #expect(try options("-v", "--", "x.lua").input == .file("x.lua"))
    }

    @Test func helpIsAskedForOfEitherCommand() throws {
        #expect(try Parsing.help(["-h"]) == "" && Parsing.help(["-W", "--help", "--bad"]) == "")
        #expect(try Parsing.help(["serve", "--port", "1", "-h"]) == "serve")
    }

    @Test(
        arguments: [
            (["-q"], "unrecognized option '-q'"), (["-vv"], "unrecognized option '-vv'"),
            (["--simulat"], "unrecognized option '--simulat' (did you mean '--simulate'?)"),
            (["--bugdet=5"], "unrecognized option '--bugdet' (did you mean '--budget'?)"),
            (["serve", "--prot", "1"], "unrecognized option '--prot' of serve (did you mean '--port'?)"),
            (["-e"], "'-e' needs argument"), (["x", "-e"], nil), (["--fault"], "'--fault' needs a value"),
            (["serve", "x"], "'serve' does not take 'x'"),
            (["serve", "--port", "-1"], "'--port' must be 0 (a free one) to 65535 (got '-1')"),
            (
                ["serve", "--dialect", "x"],
                "'--dialect' must be either, description or product-pages (got 'x')"
            ),
            (
                ["serve", "--job-time=-1"],
                "'--job-time' must be instant, fast, lifelike or seconds from 0 to 3600 (got '-1')"
            ),
            (
                ["serve", "--speed=nan"],
                "'--speed' must be instant, fast, lifelike or seconds from 0 to 3600 (got 'nan')"
            ),
            (["serve", "--at-once", "0"], "'--at-once' must be a whole number from 1 on (got '0')"),
            (["serve", "--credits=-5"], "'--credits' must be a whole number from 0 on (got '-5')"),
            (["serve", "--seed", "x"], "'--seed' must be a whole number from 0 on (got 'x')"),
            (
                ["serve", "--key", "x"],
                "'--key' must be a key that begins with afk_, as the service's keys do (got 'x')"
            ),
            (
                ["serve", "--listen", ":80"],
                "'--listen' must be HOST or HOST:PORT, with a port of 0 to 65535 (got ':80')"
            ),
            (
                ["serve", "--listen", "a:x"],
                "'--listen' must be HOST or HOST:PORT, with a port of 0 to 65535 (got 'a:x')"
            ),
            (
                ["serve", "--listen", "[::1]8"],
                "'--listen' must be HOST or HOST:PORT, with a port of 0 to 65535 (got '[::1]8')"
            ),
            (["serve", "--state"], "'--state' needs a value"),
        ] as [([String], String?)])
    func wrongUsageIsNamed(_ arguments: [String], _ message: String?) {
        #expect(Parsing.mistake(arguments) == message)
    }

    @Test func serveTakesItsOptionsInEitherSpelling() throws {
        var expected = ServeOptions()
        #expect(try served() == expected)
        expected.port = 0
        expected.key = "afk_a=b"
        expected.speed = .seconds(0.25)
        expected.faults = ["429:every=5,retry-after=1", "fail:prompt=x"]
        #expect(
            try served(
                "--port=0", "--key", "afk_a=b", "--job-time=0.25", "--fault=429:every=5,retry-after=1",
                "--fault",
                "fail:prompt=x") == expected)
    }

    @Test func addressesToListenOnAreReadInTheirForms() throws {
        for (text, host, port) in [
            ("0.0.0.0:8090", "0.0.0.0", 8090), (":8090", "0.0.0.0", 8090), ("[::1]:0", "::1", 0),
            ("localhost:65535", "localhost", 65535),
        ] {
            let address = try #require(ListenAddress(text))
            #expect(address.host == host && address.port == port)
            #expect(try options("--listen", text).listenAddress == address)
            #expect(try options("--listen=\(text)").listenAddress == address)
        }
        for text in ["8090", "host:", "host:x", "host:65536", "::1:80", ""] { #expect(ListenAddress(text) == nil) }
    }

    @Test(arguments: [
        ("instant", ServeOptions.Speed.seconds(0)), ("fast", .seconds(0.5)), ("lifelike", .lifelike),
        ("2.5", .seconds(2.5)),
    ])
    func speedsAreWordsOrSeconds(word: String, speed: ServeOptions.Speed) throws {
        var expected = ServeOptions()
        expected.speed = speed
        #expect(try served("--speed", word) == expected)
        #expect(try served("--job-time=\(word)") == expected)
    }

    @Test func serveTakesWhatTheAccountAndTheJobsAre() throws {
        var expected = ServeOptions()
        expected.jobsAtWork = 3
        expected.credits = 0
        expected.seed = 7
        expected.stateFile = "a b.sqlite"
        #expect(
            try served("--at-once=3", "--credits", "0", "--seed", "7", "--state", "a b.sqlite")
                == expected)
    }

    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0", 9), ("0.0.0.0:80", "0.0.0.0", 80), ("localhost:0", "localhost", 0), ("::1", "::1", 9),
        ("[::]:80", "::", 80), ("[::1]", "::1", 9),
    ])
    func serveListensWhereItIsTold(text: String, host: String, port: UInt16) throws {
        let options = try served("--port", "9", "--listen", text)
        #expect(options.host == host && options.port == port)
    }

    @Test func serveIsACommandOnlyAsTheFirstWord() throws {
        #expect(try options("--", "serve").input == .file("serve"))
        #expect(try options("-i", "serve").input == .file("serve"))
    }

    @Test func firstLineThatIsNoLuaIsLeftOutAndLinesStayCounted() {
        func left(_ source: String) -> String {
            String(decoding: RunCommand.withoutFirstComment(Array(source.utf8)), as: UTF8.self)
        }
        #expect(left("#!/usr/bin/env fluxlua\nprint()") == "\nprint()")
        #expect(left("\u{FEFF}# comment\nx") == "\nx")
        #expect(left("\u{FEFF}x") == "x")
        #expect(left("#only") == "")
        #expect(left("x\n#y") == "x\n#y")
        #expect(left("") == "")
    }
}
