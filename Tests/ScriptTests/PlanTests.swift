import FluxClient
import Foundation
import Testing

/// `fluxlua plan`: what a script would ask for, without asking.
@Suite(.timeLimit(.minutes(5))) struct PlanTests {
    private static let sweep = """
        flux.config { model = "flux-1.1-pro" }
        local jobs = {}
        for seed = 1, tonumber(arg[1]) do
          jobs[seed] = flux.generate { prompt = "a red fox", seed = seed, width = 256, height = 256 }
        end
        for job in flux.completed(jobs) do print(flux.save(assert(job:await()), "out/{seed}.{ext}")) end
        """

    private func objects(_ result: Program.Result) throws -> [JSONValue] {
        try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    @Test func planSendsNothingWritesNothingAndNeedsNoService() async throws {
        var program = try Program()
        defer { program.remove() }
        // Nobody listens there.
        program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:1"
        program.environment["APIFRAME_API_KEY"] = "afk_of_the_tests"
        try program.write(Self.sweep, to: "sweep.lua")
        let result = try await program.run(["plan", "sweep.lua", "3"])
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 5, "\(result.output)")
        #expect(lines.first == "1\tnew\t?\tflux-1.1-pro\t1\tsweep.lua:4\ta red fox")
        #expect(
            lines.suffix(2) == [
                "3 jobs: 3 new, 0 reused; of unknown cost",
                "the price of flux-1.1-pro is not known before its first job",
            ])
        let printed = result.error.split(separator: "\n").sorted()
        #expect(printed == ["out/1.jpg", "out/2.jpg", "out/3.jpg"], "what the script prints goes to stderr")
        #expect(result.status == 0 && result.summary == nil)
        #expect(program.files() == ["sweep.lua"] && !FileManager.default.fileExists(atPath: program.data.path))
    }

    @Test func planTellsWhatWouldBeReusedAndWhatTheRestWouldCost() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.sweep, to: "sweep.lua")
            #expect(try await program.run(["sweep.lua", "2"]).status == 0)
            let before = program.files()
            let kept = try FileManager.default.subpathsOfDirectory(atPath: program.data.path).sorted()
            let requests = try await service.requests()

            let plan = try await program.run(["plan", "--json", "sweep.lua", "5"])
            let all = try objects(plan)
            #expect(all.dropLast().map { $0["plan"]?.stringValue } == ["reused", "reused", "new", "new", "new"])
            #expect(all.last?["credits_most"] == 30 && all.last?["credits_least"] == 30, "\(plan.output)")
            let sum = try await program.run(["plan", "sweep.lua", "5"]).output
            #expect(sum.hasSuffix("5 jobs: 3 new, 2 reused; 30 credits\n"), "\(sum)")
            let tight = try await program.run(["plan", "--budget", "20", "sweep.lua", "5"]).output
            #expect(tight.contains("more than the budget of 20"), "\(tight)")
            #expect(try await service.requests() == requests)
            #expect(program.files() == before)
            #expect(try FileManager.default.subpathsOfDirectory(atPath: program.data.path).sorted() == kept)

            let real = try await program.run(["sweep.lua", "5"])
            #expect(real.summary == "5 jobs: 3 made, 2 reused, 0 failed; 30 credits", "\(real.error)")
        }
    }

    @Test func sweepIsShownAsItsAxes() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let script = """
                local axes = { model = "flux-1.1-pro", prompt = { "a", "b" }, seed = flux.seeds(tonumber(arg[1])), width = 256, height = 256 }
                local result = flux.sweep(axes):run()
                flux.generate "alone"
                """
            try program.write(script, to: "sweep.lua")
            #expect(try await program.run(["sweep.lua", "2"]).status == 0)
            let text = try await program.run(["plan", "sweep.lua", "9"]).output.split(separator: "\n").map(String.init)
            #expect(text.count == 6, "\(text)")
            #expect(text[1] == "sweep.lua:2: sweep of 2 × 9, 18 cells: 14 new, 4 reused; 140 credits")
            #expect(text[2...3] == ["  prompt: a | b", "  seed: 1 | 2 | 3 | 4 | 5 | 6 | … 3 more"])

            let all = try objects(try await program.run(["plan", "--json", "sweep.lua", "3"]))
            #expect(all.map { $0["sweep"]?.integerValue } == [1, 1, 1, 1, 1, 1, nil, nil])
            let sweep = all.last?["sweeps"]?.arrayValue?.first
            #expect(sweep?["origin"] == "sweep.lua:2")
            #expect(sweep?["axes"]?.arrayValue?.last == ["name": "seed", "labels": ["1", "2", "3"]])
        }
    }

    @Test func seedsOfASweepAreKnownBeforeItsRunUnlessTheyAreWantedFresh() async throws {
        let program = try Program()
        defer { program.remove() }
        let code = "flux.sweep { prompt = { 'a', 'b' } }:run()"
        let usual = try objects(try await program.run(["plan", "--json", "-e", code]))
        let seed = usual[0]["seed"]?.integerValue
        #expect(seed != nil && usual[1]["seed"]?.integerValue == seed && usual.last?["drawn_seeds"] == 0)
        let run = try await program.run(["-e", "print((\(code)).jobs[1].seed)"])
        #expect(run.output == "\(seed ?? 0)\n", "\(run.error)")
        let fresh = try objects(try await program.run(["plan", "--json", "--fresh", "-e", code]))
        #expect(fresh[0]["seed"] == .null && fresh.last?["drawn_seeds"] == 2)
    }

    @Test func scriptsThatCountWhatTheyPayCanBePlanned() async throws {
        let program = try Program()
        defer { program.remove() }
        let code = "local job = flux.await(flux.generate 'a mug') print(job.cost + 1)"
        let result = try await program.run(["plan", "-e", code])
        #expect(result.error == "1\n" && result.status == 0, "\(result.error)")
        #expect(result.output.contains("1 new"), "\(result.output)")
    }

    @Test func drawnSeedsAreNotKnownBeforeARun() async throws {
        let program = try Program()
        defer { program.remove() }
        let code = "flux.generate 'a mug' flux.generate { prompt = 'x', seed = 4 }"
        let result = try await program.run(["plan", "-e", code])
        let lines = result.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(lines.first?[4] == "drawn" && lines[1][4] == "4", "\(result.output)")
        #expect(result.output.contains("the seed of 1 job is drawn when it runs"))
        #expect(result.output.contains("2 jobs: 2 new, 0 reused; nothing would be paid, on the local service"))
    }

    @Test func whatWouldBeSavedCanBeUsedInTheScript() async throws {
        let program = try Program()
        defer { program.remove() }
        let code = """
            local job = assert(flux.await(flux.generate { prompt = "a shop", seed = 1, aspect_ratio = "16:9", resolution = "1MP" }))
            print(job.images[1].width > job.images[1].height, job.status, job.ok)
            local path = flux.save(job, "shop.{ext}")
            local wide = assert(flux.await(flux.edit { image = path, outpaint = "Make square", prompt = "a street", seed = 1 }))
            print(path, flux.save(wide, "shop.{ext}"))
            """
        let result = try await program.run(["plan", "-e", code])
        #expect(result.error == "true\tCOMPLETED\ttrue\nshop.jpg\tshop-2.jpg\n", "\(result.error)")
        #expect(result.status == 0)
        #expect(program.files().isEmpty)
    }

    @Test func jobsOfARunThatWasKilledAreTakenUpAndNotPaidAgain() async throws {
        try await ServedService.run(["--job-time", "3600"]) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(
                """
                local job = flux.generate "a mug"
                while not job.id do flux.sleep(0.001) end
                print(job.seed) io.flush()
                job:await()
                """, to: "one.lua")
            let killed = try program.start(["one.lua"])
            let seed = await killed.line()
            killed.signal(SIGKILL)
            _ = try await killed.result()
            let plan = try objects(try await program.run(["plan", "--json", "one.lua"]))
            #expect(plan.first?["plan"] == "taken up")
            #expect(plan.first?["seed"]?.integerValue.map { String($0) } == seed, "drawn seeds stay")
            #expect(plan.last?["credits_most"] == 0)
        }
    }

    @Test func mistakeOfTheScriptIsToldAndTheStatusIsItsOwn() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["plan", "-e", "flux.generate 'x' flux.generate { prompt = 'y', sede = 1 }"])
        #expect(result.error.contains("unknown parameter 'sede'") && result.status == 1, "\(result.error)")
        #expect(result.output.contains("1 job: 1 new"), "\(result.output)")
    }
}
