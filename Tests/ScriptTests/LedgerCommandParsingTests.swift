import Testing

@testable import fluxlua

/// What the words after `jobs`, `show`, `resume`, `cache` and `plan` are taken for.
@Suite struct LedgerCommandParsingTests {
    private func parsed<Command: RunnableCommand>(_ type: Command.Type, _ words: String...) throws -> Command {
        try Parsing.command(type, words)
    }

    @Test func jobsTakesItsFiltersInEitherSpelling() throws {
        #expect(try parsed(JobsOptions.self, "jobs") == JobsOptions())
        var options = JobsOptions()
        options.status = "open"
        options.model = "flux-2-pro"
        options.since = "2h"
        options.limit = 5
        options.isJSON = true
        options.ledger = "a=b.sqlite"
        #expect(
            try parsed(
                JobsOptions.self, "jobs", "--status=open", "--model", "flux-2-pro", "--since=2h", "--limit", "5",
                "--json",
                "--ledger=a=b.sqlite") == options)
    }

    @Test func showNeedsOneId() throws {
        var options = ShowOptions()
        options.id = "b2c3d4e5"
        #expect(try parsed(ShowOptions.self, "show", "b2c3d4e5") == options)
        #expect(Parsing.mistake(["show"]) == "'show' needs the id of a job, as 'fluxlua jobs' prints it")
        #expect(Parsing.mistake(["show", "a", "b"]) == "'show' does not take 'b'")
    }

    @Test func resumeTakesWhatToSendAgain() throws {
        var options = ResumeOptions()
        options.sendUnknown = ["7", "all"]
        #expect(try parsed(ResumeOptions.self, "resume", "--send-unknown", "7", "--send-unknown=all") == options)
    }

    @Test func cacheDoesOneThing() throws {
        var options = CacheOptions()
        #expect(try parsed(CacheOptions.self, "cache") == options)
        options.action = .list
        #expect(try parsed(CacheOptions.self, "cache", "list") == options)
        options.action = .clear
        #expect(try parsed(CacheOptions.self, "cache", "clear") == options)
        options.action = .trim(500_000_000)
        #expect(try parsed(CacheOptions.self, "cache", "--max", "500MB") == options)
        #expect(Parsing.mistake(["cache", "clear", "list"]) != nil)
        #expect(Parsing.mistake(["cache", "--max=much"]) == "'--max' must be a size such as 500MB or 5GB (got 'much')")
        #expect(Parsing.mistake(["cache", "clean"]) == "'cache' takes 'list', 'clear' or '--max SIZE' (got 'clean')")
    }

    @Test func forgetNeedsIds() throws {
        var options = ForgetOptions()
        options.ids = ["7", "b2c3"]
        options.ledger = "a.sqlite"
        #expect(try parsed(ForgetOptions.self, "forget", "7", "--ledger", "a.sqlite", "b2c3") == options)
        #expect(Parsing.mistake(["forget"])?.hasPrefix("'forget' needs at least one id of a job") == true)
    }

    @Test func ledgerDoesOneThing() throws {
        #expect(try parsed(LedgerOptions.self, "ledger", "init").action == .initialise)
        #expect(try parsed(LedgerOptions.self, "ledger", "check", "--ledger", "a.sqlite").action == .check)
        #expect(
            try parsed(LedgerOptions.self, "ledger", "move", "/a.sqlite", "postgresql://db/flux").action
                == .move(from: "/a.sqlite", to: "postgresql://db/flux"))
        #expect(Parsing.mistake(["ledger"]) == "'ledger' needs 'init', 'check' or 'move FROM TO'")
        #expect(Parsing.mistake(["ledger", "make"]) == "'ledger' takes 'init', 'check' or 'move FROM TO' (got 'make')")
        #expect(Parsing.mistake(["ledger", "init", "x"]) == "'ledger init' does not take 'x'")
        #expect(Parsing.mistake(["ledger", "move", "x"])?.hasPrefix("'ledger move' needs two ledgers") == true)
        #expect(Parsing.mistake(["ledger", "move", "x", "y", "z"]) == "'ledger' does not take 'z'")
        #expect(Parsing.mistake(["ledger", "move", "x", "y", "--ledger", "z"])?.contains("'--ledger'") == true)
    }

    @Test func budgetIsSetInCreditsADay() throws {
        #expect(try parsed(BudgetOptions.self, "budget").action == .show)
        #expect(try parsed(BudgetOptions.self, "budget", "set", "5000/day").action == .set(5000))
        #expect(try parsed(BudgetOptions.self, "budget", "set", "0").action == .set(0))
        #expect(try parsed(BudgetOptions.self, "budget", "none").action == .set(nil))
        #expect(try parsed(BudgetOptions.self, "budget", "set", "none").action == .set(nil))
        for wrong in ["much", "5000/week", "5000/", "1.5/day", "5000/day/day", "99999999999999999999"] {
            #expect(
                Parsing.mistake(["budget", "set", wrong])
                    == "'budget set' needs a whole number of credits a day, such as 5000/day (got '\(wrong)')")
        }
        #expect(Parsing.mistake(["budget", "set"])?.hasSuffix("such as 5000/day") == true)
        #expect(Parsing.mistake(["budget", "5000/day"]) == "'budget' takes 'set N/day' or 'none' (got '5000/day')")
        #expect(Parsing.mistake(["budget", "none", "5"]) == "'budget none' does not take '5'")
    }

    @Test func doctorLooksAtALedger() throws {
        var options = DoctorOptions()
        options.looksAtLedger = true
        #expect(try parsed(DoctorOptions.self, "doctor", "--ledger") == options)
        options.ledger = "a.sqlite"
        options.isJSON = true
        #expect(try parsed(DoctorOptions.self, "doctor", "--json", "--ledger", "a.sqlite") == options)
        #expect(Parsing.mistake(["doctor", "a.sqlite"]) == "'doctor' takes a file only after '--ledger'")
        #expect(Parsing.mistake(["doctor", "--ledger", "a", "b"]) == "'doctor' does not take 'b'")
    }

    @Test func planTakesTheOptionsOfARunAndItsScript() throws {
        var options = PlanOptions()
        options.isJSON = true
        options.run.simulates = true
        options.run.budget = 20
        options.run.input = .file("x.lua")
        options.run.scriptIndex = 6
        #expect(
            try parsed(PlanOptions.self, "plan", "--json", "--simulate", "--budget", "20", "x.lua", "--json") == options
        )
        #expect(Parsing.mistake(["plan"]) == "'plan' needs a script")
        #expect(Parsing.mistake(["plan", "-i", "x.lua"]) == "unrecognized option '-i' of plan")
    }

    @Test(arguments: ["jobs", "show", "resume", "cache", "plan"])
    func eachCommandHasAHelpOfItsOwn(_ command: String) throws {
        #expect(try Parsing.help([command, "--help"]) == command)
        #expect(try Parsing.help([command, "-h"]) == command)
    }

    @Test func commandsAreCommandsOnlyAsTheFirstWord() throws {
        #expect(try parsed(RunOptions.self, "-W", "jobs").input == .file("jobs"))
    }

    @Test(
        arguments: [
            (["jobs", "--statsu", "x"], "unrecognized option '--statsu' of jobs (did you mean '--status'?)"),
            (["jobs", "--limit", "0"], "'--limit' must be a whole number from 1 on (got '0')"),
            (["jobs", "--limit"], "'--limit' needs a value"), (["jobs", "--json=1"], "'--json' takes no value"),
            (["jobs", "x"], "'jobs' does not take 'x'"), (["resume", "x"], "'resume' does not take 'x'"),
            (["--budget", "much", "x.lua"], "'--budget' must be a whole number of credits (got 'much')"),
            (["--budget=-1"], "'--budget' must be a whole number of credits (got '-1')"),
        ] as [([String], String)])
    func wrongUsageIsNamed(_ arguments: [String], _ message: String) {
        #expect(Parsing.mistake(arguments) == message)
    }
}
