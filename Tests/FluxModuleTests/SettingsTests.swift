import FluxModule
import LuaRuntime
import Testing

/// `flux.config`.
@Suite struct SettingsTests {
    @Test(arguments: [
        ("{ modle = 'x' }", "unknown setting 'modle' (did you mean 'model'?)"),
        ("{ budget_ = 1 }", "unknown setting 'budget_' (did you mean 'budget'?)"),
        ("{ [true] = 1 }", "unknown setting 'true'"),
        ("{ out = '' }", "'out' must be a folder's path (got \"\")"),
        ("{ out = 7 }", "'out' must be a folder's path (got 7)"),
        ("{ concurrency = 0 }", "'concurrency' must be a whole number from 1 to 10000 (got 0)"),
        ("{ concurrency = '8' }", "'concurrency' must be a whole number from 1 to 10000 (got \"8\")"),
        ("{ retries = -1 }", "'retries' must be a whole number from 0 to 100 (got -1)"),
        ("{ retries = 1.5 }", "'retries' must be a whole number from 0 to 100 (got 1.5)"),
        ("{ timeout = -1 }", "'timeout' must be seconds, 0 or more (got -1)"),
        ("{ timeout = 'soon' }", "'timeout' must be seconds, 0 or more (got \"soon\")"),
        ("{ first_look = true }", "'first_look' must be seconds, 0 or more (got true)"),
        ("{ budget = -1 }", "'budget' must be a whole number from 0 to 1000000000 (got -1)"),
        ("{ budget = 'all' }", "'budget' must be a whole number from 0 to 1000000000 (got \"all\")"),
        ("{ metadata = 1 }", "'metadata' must be true or false (got 1)"),
        ("'pictures'", "expected a table such as { out = \"pictures\" }, got string"),
        ("{ 'out' }", "expected a table such as { out = \"pictures\" }, got table"),
    ])
    func wrongSettingIsRefusedInThoseWords(_ argument: String, _ message: String) async throws {
        let bench = try await Bench()
        #expect(try await bench.complaint(of: "flux.config(\(argument))") == "ask.lua:1: flux.config: \(message)")
    }

    @Test func unknownModelIsRefusedWithTheOneThatWasMeant() async throws {
        let bench = try await Bench()
        let message = try await bench.complaint(of: "flux.config { model = 'flux-2-por' }")
        #expect(message.hasPrefix("ask.lua:1: flux.config: 'model' must be one of flux-2-pro, flux-1.1-pro, "))
        #expect(message.contains("(did you mean 'flux-2-pro'?)"))
    }

    @Test func oneWrongSettingLeavesAllAsTheyWere() async throws {
        let bench = try await Bench()
        let values = try await bench.run(
            """
            pcall(flux.config, { concurrency = 3, out = "elsewhere", retries = -1 })
            return flux.config().concurrency, flux.config().out, flux.config().retries
            """)
        #expect(values == [100, "out", 4])
    }

    @Test func settingsAreReadBackAndFalseTakesAnOptionalOneAway() async throws {
        let bench = try await Bench()
        let values = try await bench.run(
            """
            local all = flux.config {
              model = "flux-2-max", out = "o", concurrency = 2, retries = 0, timeout = 1.5, first_look = 0, metadata = false,
            }
            local again = flux.config { timeout = false, first_look = false }
            return all.model, all.out, all.concurrency, all.retries, all.timeout, all.first_look, all.metadata,
              again.timeout, again.first_look
            """)
        #expect(values == ["flux-2-max", "o", 2, 0, .number(1.5), .number(0), false, .nil, .nil])
    }

    @Test func scriptCanLowerTheUsersBudgetAndNotRaiseIt() {
        var settings = FluxSettings()
        settings.budget = 50
        #expect(settings.engineConfiguration().budget == 50)
        settings.highestBudget = 20
        #expect(settings.engineConfiguration().budget == 20)
        settings.budget = 5
        #expect(settings.engineConfiguration().budget == 5)
        settings.budget = nil
        #expect(settings.engineConfiguration().budget == 20)
    }

    @Test func engineIsOpenedWithTheSettingsAndFollowsThem() async throws {
        let bench = try await Bench()
        try await bench.run("flux.config { concurrency = 2, first_look = 3 }")
        #expect(bench.module.openedEngine == nil)
        try await bench.run("flux.generate 'x'")
        #expect(bench.module.openedEngine?.configuration.concurrency == 2)
        #expect(bench.module.openedEngine?.configuration.firstLook == .seconds(3))
        try await bench.run("flux.config { concurrency = 5, first_look = false }")
        #expect(bench.module.openedEngine?.configuration.concurrency == 5)
        #expect(bench.module.openedEngine?.configuration.firstLook == nil)
    }

    @Test func modelIsThatOfRequestsThatNameNoneWhereItFits() async throws {
        let bench = try await Bench()
        let values = try await bench.run(
            """
            flux.config { model = "flux-1.1-pro-ultra" }
            local edit = { prompt = "x", image = "https://a/b.png", outpaint = "Make square" }
            return flux.generate("x").model, flux.edit(edit).model,
              flux.generate({ prompt = "x", model = "flux-2-dev" }).model
            """)
        #expect(values == ["flux-1.1-pro-ultra", "flux-fill-pro", "flux-2-dev"])
    }

    @Test func requireGivesTheSameTable() async throws {
        let bench = try await Bench()
        #expect(try await bench.run("return require('flux') == flux") == [true])
    }
}
