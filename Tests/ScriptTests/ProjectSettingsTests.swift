import FluxClient
import Foundation
import Testing

/// `init.lua`, `.fluxlua.lua`, the environment and options: what scripts find in `flux.config()`, and from where.
@Suite(.timeLimit(.minutes(5))) struct ProjectSettingsTests {
    private let program: Program

    init() throws {
        program = try Program()
        for folder in [".config/fluxlua", "work/mugs"] {
            try FileManager.default.createDirectory(at: program.file(folder), withIntermediateDirectories: true)
        }
        try program.write(
            "local c = flux.config() print(c.model, c.out, c.concurrency, c.retries, c.budget)",
            to: "work/mugs/show.lua")
    }

    private func show(_ options: String..., environment: [String: String] = [:]) async throws -> Program.Result {
        var program = program
        program.environment.merge(environment) { $1 }
        return try await program.run(options + ["work/mugs/show.lua"])
    }

    private func trust(_ folder: String = "work") async throws {
        #expect(try await program.run(["trust", folder, "--yes"]).status == 0)
    }

    /// Where `doctor` says that each value comes from.
    private func sources(environment: [String: String]) async throws -> [String: String] {
        var program = program
        program.environment.merge(environment) { $1 }
        let result = try await program.run(["doctor", "--offline", "--json"])
        var sources: [String: String] = [:]
        for line in result.output.split(separator: "\n") {
            let json = try JSONValue(parsing: Array(line.utf8))
            guard json["subject"] == "setting", let text = json["text"]?.stringValue else { continue }
            let parts = text.components(separatedBy: ", ")
            sources[parts[0].components(separatedBy: " = ")[0]] = parts[1]
        }
        return sources
    }

    @Test func strongerOnesGoBeforeWeakerOnes() async throws {
        defer { program.remove() }
        #expect(try await show().output == "nil\tout\t100\t4\tnil\n")
        try program.write(
            "flux.config { model = 'flux-2-max', out = 'mine', concurrency = 1, retries = 1, budget = 1 }",
            to: ".config/fluxlua/init.lua")
        #expect(try await show().output == "flux-2-max\tmine\t1\t1\t1\n")
        try program.write(
            "flux.config { out = 'projects', concurrency = 2, retries = 2, budget = 2 }", to: "work/.fluxlua.lua")
        try await trust()
        #expect(try await show().output == "flux-2-max\tprojects\t2\t2\t2\n")
        let environment = ["FLUX_CONCURRENCY": "3", "FLUX_BUDGET": "3"]
        #expect(try await show(environment: environment).output == "flux-2-max\tprojects\t3\t2\t3\n")
        #expect(
            try await show("--set", "budget=4", "--set=out=2026", environment: environment).output
                == "flux-2-max\t2026\t3\t2\t4\n")
        #expect(try await show("--no-settings", environment: environment).output == "nil\tout\t3\t4\t3\n")

        try program.write("flux.config { out = 'projects', retries = 2 }", to: ".fluxlua.lua")
        try await trust(".")
        let (user, project) = (program.file(".config/fluxlua/init.lua").path, program.file(".fluxlua.lua").path)
        let found = try await sources(environment: environment)
        #expect(found["model"] == "your \(user)" && found["retries"] == "the project's \(project)")
        #expect(found["concurrency"] == "FLUX_CONCURRENCY" && found["metadata"] == "the default")
    }

    @Test func scriptComesLastAndCannotRaiseTheBudgetOfTheOption() async throws {
        defer { program.remove() }
        try program.write("flux.config { out = 'mine' }", to: ".config/fluxlua/init.lua")
        let code = "flux.config { out = 'own', budget = 9 } local c = flux.config() print(c.out, c.budget)"
        #expect(try await program.run(["--set", "out=x", "--set", "budget=2", "-e", code]).output == "own\t9\n")
        #expect(try await program.run(["--budget", "5", "-e", code]).output == "own\t5\n")
    }

    @Test func projectsFileRunsOnlyAfterConsentToItsContent() async throws {
        defer { program.remove() }
        try program.write("flux.config { out = 'first' }", to: "work/.fluxlua.lua")
        let path = program.file("work/.fluxlua.lua").path
        let note =
            "fluxlua: note: \(path) is new or has changed, and is not run ('fluxlua trust' shows it and asks)\n"
        var result = try await show()
        #expect(result.output == "nil\tout\t100\t4\tnil\n" && result.error == note && result.status == 0)
        try await trust()
        result = try await show()
        #expect(result.output == "nil\tfirst\t100\t4\tnil\n" && result.error == "")

        try program.write("flux.config { out = 'second' }", to: "work/.fluxlua.lua")
        result = try await show()
        #expect(result.output == "nil\tout\t100\t4\tnil\n" && result.error == note)
        let refused = try await program.run(["trust", "work/mugs", "--no"])
        #expect(refused.output == "\(path) is not run\n" && refused.status == 0)
        result = try await show()
        #expect(result.output == "nil\tout\t100\t4\tnil\n" && result.error == "")
        // One answer a file.
        try program.write("flux.config { out = 'first' }", to: "work/.fluxlua.lua")
        #expect(try await show().error == note)
    }

    @Test func nearestFileIsTheProjects() async throws {
        defer { program.remove() }
        try program.write("flux.config { out = 'above' }", to: "work/.fluxlua.lua")
        try program.write("flux.config { retries = 0 }", to: "work/mugs/.fluxlua.lua")
        try await trust("work")
        try await trust("work/mugs")
        #expect(try await show().output == "nil\tout\t100\t0\tnil\n")
        try FileManager.default.removeItem(at: program.file("work/mugs/.fluxlua.lua"))
        #expect(try await show().output == "nil\tabove\t100\t4\tnil\n")
        #expect(try await program.run(["work/../work/mugs/show.lua"]).output == "nil\tabove\t100\t4\tnil\n")
        let none = try await program.run(["trust", "--yes"])
        #expect(none.error == "fluxlua: there is no .fluxlua.lua in . or above it\n" && none.status == 1)
    }

    @Test func sandboxLeavesTheProjectsFileAloneAndWritesWhereYourSettingsSay() async throws {
        defer { program.remove() }
        try program.write("flux.config { out = 'mine' }", to: ".config/fluxlua/init.lua")
        try program.write("flux.config { retries = 0 }", to: "work/.fluxlua.lua")
        try await trust()
        #expect(try await show("--sandbox").output == "nil\tmine\t100\t4\tnil\n")
        try program.write(
            "print(flux.save(flux.generate { prompt = 'a', seed = 1 }, 'mine/{seed}.{ext}'))", to: "work/mugs/save.lua")
        #expect(try await program.run(["--sandbox", "work/mugs/save.lua"]).output == "mine/1.jpg\n")
    }

    @Test(arguments: [
        ("flux.config { modle = 'x' }", "flux.config: unknown setting 'modle' (did you mean 'model'?)"),
        ("\nflux.generate 'a fox'", "a settings file may only call flux.config (got flux.generate)"),
        ("flux.config {", "unexpected symbol near <eof>"), ("error('no', 0)", "no"),
    ])
    func mistakeInAFileIsToldAndEndsTheRun(_ text: String, _ message: String) async throws {
        defer { program.remove() }
        try program.write(text, to: ".config/fluxlua/init.lua")
        let result = try await show()
        #expect(result.output == "" && result.status == 1)
        #expect(result.error.contains(message) && result.error.hasPrefix("fluxlua: "), "\(result.error)")
        let doctor = try await program.run(["doctor", "--offline"])
        #expect(doctor.output.contains("WRONG  setting   ") && doctor.output.contains(message) && doctor.status == 1)
    }

    @Test func wrongValuesOfOptionsAndVariablesAreWrongUsage() async throws {
        defer { program.remove() }
        for (words, message) in [
            (["--set", "model"], "'--set' must be NAME=VALUE, such as model=flux-1.1-pro (got 'model')"),
            (
                ["--set", "concurrency=many"],
                "--set: 'concurrency' must be a whole number from 1 to 10000 (got \"many\")"
            ),
            (["--set", "otu=x"], "--set: unknown setting 'otu' (did you mean 'out'?)"),
        ] {
            let result = try await program.run(words + ["work/mugs/show.lua"])
            #expect(
                result.error == "fluxlua: \(message)\ntry 'fluxlua --help'\n" && result.status == 2, "\(result.error)")
        }
        let result = try await show(environment: ["FLUX_MODEL": "flux-3"])
        #expect(
            result.error.hasPrefix("fluxlua: FLUX_MODEL: 'model' must be one of flux-2-pro, ") && result.status == 2)
        #expect(result.output == "")
    }

    @Test func consentIsAskedForAtATerminalOnce() async throws {
        defer { program.remove() }
        try await ServedService.run { service in
            let result = try await PythonSession.run("Terminal/trust.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }
}
