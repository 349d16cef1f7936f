import Testing

@testable import fluxlua

/// What the words after `jobs`, `show`, `resume`, `cache` and `plan` are taken for.
@Suite struct LedgerCommandParsingTests {
    private func parsed(_ arguments: String...) throws -> Command { try Command(parsing: ["fluxlua"] + arguments) }

    @Test func jobsTakesItsFiltersInEitherSpelling() throws {
        #expect(try parsed("jobs") == .jobs(JobsOptions()))
        var options = JobsOptions()
        options.status = "open"
        options.model = "flux-2-pro"
        options.since = "2h"
        options.limit = 5
        options.isJSON = true
        options.ledger = "a=b.sqlite"
        #expect(
            try parsed(
                "jobs", "--status=open", "--model", "flux-2-pro", "--since=2h", "--limit", "5", "--json",
                "--ledger=a=b.sqlite") == .jobs(options))
    }

    @Test func showNeedsOneId() throws {
        var options = ShowOptions()
        options.id = "b2c3d4e5"
        #expect(try parsed("show", "b2c3d4e5") == .show(options))
        #expect(throws: UsageError(message: "'show' needs the id of a job, as 'fluxlua jobs' prints it")) {
            try parsed("show")
        }
        #expect(throws: UsageError(message: "'show' does not take 'b'")) { try parsed("show", "a", "b") }
    }

    @Test func resumeTakesWhatToSendAgain() throws {
        var options = ResumeOptions()
        options.sendUnknown = ["7", "all"]
        #expect(try parsed("resume", "--send-unknown", "7", "--send-unknown=all") == .resume(options))
    }

    @Test func cacheDoesOneThing() throws {
        var options = CacheOptions()
        #expect(try parsed("cache") == .cache(options))
        options.action = .list
        #expect(try parsed("cache", "list") == .cache(options))
        options.action = .clear
        #expect(try parsed("cache", "clear") == .cache(options))
        options.action = .trim(500_000_000)
        #expect(try parsed("cache", "--max", "500MB") == .cache(options))
        #expect(throws: UsageError.self) { try parsed("cache", "clear", "list") }
        #expect(throws: UsageError(message: "'--max' must be a size such as 500MB or 5GB (got 'much')")) {
            try parsed("cache", "--max=much")
        }
        #expect(throws: UsageError(message: "'cache' does 'list' or 'clear' or '--max SIZE' (got 'clean')")) {
            try parsed("cache", "clean")
        }
    }

    @Test func forgetNeedsIds() throws {
        var options = ForgetOptions()
        options.ids = ["7", "b2c3"]
        options.ledger = "a.sqlite"
        #expect(try parsed("forget", "7", "--ledger", "a.sqlite", "b2c3") == .forget(options))
        #expect(throws: UsageError.self) { try parsed("forget") }
    }

    @Test func doctorLooksAtALedger() throws {
        var options = DoctorOptions()
        #expect(try parsed("doctor", "--ledger") == .doctor(options))
        options.ledger = "a.sqlite"
        options.isJSON = true
        #expect(try parsed("doctor", "--json", "--ledger=a.sqlite") == .doctor(options))
        #expect(throws: UsageError(message: "'doctor' needs to know what to look at: --ledger")) {
            try parsed("doctor")
        }
        #expect(throws: UsageError(message: "'doctor' does not take 'a.sqlite'")) {
            try parsed("doctor", "--ledger", "a.sqlite")
        }
    }

    @Test func planTakesTheOptionsOfARunAndItsScript() throws {
        var options = PlanOptions()
        options.isJSON = true
        options.run.simulates = true
        options.run.budget = 20
        options.run.input = .file("x.lua")
        options.run.scriptIndex = 6
        #expect(try parsed("plan", "--json", "--simulate", "--budget", "20", "x.lua", "--json") == .plan(options))
        #expect(throws: UsageError(message: "'plan' needs a script")) { try parsed("plan") }
        #expect(throws: UsageError(message: "'plan' needs a script")) { try parsed("plan", "-i", "x.lua") }
    }

    @Test(arguments: ["jobs", "show", "resume", "cache", "plan"])
    func eachCommandHasAHelpOfItsOwn(_ command: String) throws {
        #expect(try parsed(command, "--help") == .commandHelp(command))
        #expect(try parsed(command, "-h") == .commandHelp(command))
        #expect(Help.ofCommands[command]?.hasPrefix("usage: fluxlua \(command)") == true)
        #expect(Help.main.contains("\n  \(command) "))
    }

    @Test func commandsAreCommandsOnlyAsTheFirstWord() throws {
        guard case .run(let options) = try parsed("-W", "jobs") else { throw UsageError(message: "no run") }
        #expect(options.input == .file("jobs"))
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
        #expect(throws: UsageError(message: message)) { try Command(parsing: ["fluxlua"] + arguments) }
    }
}
