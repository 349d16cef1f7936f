import FluxClient
import Foundation
import Testing

/// A budget holds whatever a script does.
@Suite(.timeLimit(.minutes(5))) struct BudgetRunTests {
    private static let four = """
        flux.config { first_look = 0, model = "flux-1.1-pro" }
        local jobs = {}
        for seed = 1, 4 do
          jobs[seed] = flux.generate { prompt = "x", seed = seed + (tonumber(arg[1]) or 0), width = 256, height = 256 }
        end
        local made, refused = 0, 0
        for job in flux.completed(jobs) do
          if job.ok then made = made + 1 elseif job.error.kind == "budget" then refused, message = refused + 1, job.error.message end
        end
        print(made, refused)
        """

    private func made(_ service: ServedService) async throws -> Int64? {
        try await Web.get(service.baseURL + "/_sim/log").json["jobs"]?["made"]?.integerValue
    }

    @Test(arguments: [(0, 0), (9, 0), (10, 1), (25, 2), (39, 3), (40, 4)])
    func onlyWhatFitsIsSent(_ budget: Int, _ fits: Int) async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.four, to: "four.lua")
            let result = try await program.run(["--budget", "\(budget)", "four.lua"])
            #expect(result.output == "\(fits)\t\(4 - fits)\n", "\(result.error)")
            #expect(try await made(service) == Int64(fits))
        }
    }

    @Test func scriptMaySetALowerBudgetButNoHigherOne() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.four, to: "four.lua")
            let lower = try await program.run(["--budget", "30", "-e", "flux.config { budget = 20 }", "four.lua"])
            #expect(lower.output == "2\t2\n", "\(lower.error)")
            let higher = try await program.run(["--budget=10", "-e", "flux.config { budget = 50 }", "four.lua", "90"])
            #expect(higher.output == "1\t3\n", "\(higher.error)")
        }
    }

    @Test func dayIsCountedAcrossRunsAndWhatIsReusedCostsNothing() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            program.environment["FLUX_BUDGET_DAY"] = "60"
            try program.write(Self.four, to: "four.lua")
            #expect(try await program.run(["four.lua"]).output == "4\t0\n")
            #expect(try await program.run(["four.lua"]).output == "4\t0\n")
            let rest = try await program.run(["four.lua", "100"])
            #expect(rest.output == "2\t2\n", "\(rest.error)")
            #expect(try await made(service) == 6)
        }
    }

    @Test func wrongBudgetOfTheDayIsTold() async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["FLUX_BUDGET_DAY"] = "much"
        let result = try await program.run(["-e", "flux.generate 'x'"])
        let message = "FLUX_BUDGET_DAY must be a whole number of credits (got 'much')"
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.status != 0)
    }

    @Test func whatNobodyTellsThePriceOfIsNotSentUnderABudget() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let code = """
                local job, err = flux.await(flux.generate { model = "flux-9", params_key = "fluxParams", prompt = "x" })
                print(job, err.kind, err.message)
                """
            let result = try await program.run(["--budget", "100", "-e", code])
            #expect(
                result.output == "nil\tbudget\tnot sent under a budget: the price of flux-9 is not known\n",
                "\(result.error)")
            #expect(try await made(service) == 0)
        }
    }
}
