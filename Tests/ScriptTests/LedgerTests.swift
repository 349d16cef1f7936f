import Foundation
import Testing

/// The ledger from outside: the program is run, killed, and run again.
@Suite(.timeLimit(.minutes(5))) struct LedgerTests {
    private static let sweep = """
        local jobs = {}
        for seed = 1, tonumber(arg[1]) do
          jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "a mug", width = 256, height = 256, seed = seed }
        end
        local reused, cost = 0, 0
        for _, job in ipairs(flux.await(jobs)) do
          if job.reused then reused = reused + 1 end
          cost = cost + job.cost
          flux.save(job, "out/{seed}.{ext}")
        end
        print(reused, cost)
        """

    @Test func aGrownSweepPaysForWhatIsNewOnly() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.sweep, to: "sweep.lua")
            #expect(try await program.run(["sweep.lua", "8"]).output == "0\t80\n")
            #expect(try await program.run(["sweep.lua", "12"]).output == "8\t40\n")
            let again = try await program.run(["sweep.lua", "12"])
            #expect(again.output == "12\t0\n" && again.error.isEmpty)
            #expect(try await service.requests()["POST /v2/images/generate"] == 12)
            #expect(program.files(below: "out").count == 12)
        }
    }

    @Test func aJobIsFoundByTheBeginningOfItsID() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(
                """
                local job = arg[1] and flux.job(arg[1]) or flux.await(flux.generate { prompt = "a mug", seed = 7 })
                print(job.id, flux.await(job).ok, job.prompt)
                """, to: "one.lua")
            let made = try await program.run(["one.lua"]).output
            #expect(made.hasSuffix("\ttrue\ta mug\n"))
            #expect(try await program.run(["one.lua", String(made.prefix(8))]).output == made)
            let none = try await program.run(["-e", "print(flux.job('0000'))"])
            #expect(none.output == "nil\tno job of this machine has an id that begins with '0000'\n")
        }
    }

    @Test func freshAsksForNewPictures() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.sweep, to: "sweep.lua")
            #expect(try await program.run(["sweep.lua", "2"]).output == "0\t20\n")
            #expect(try await program.run(["--fresh", "sweep.lua", "2"]).output == "0\t20\n")
            #expect(try await program.run(["sweep.lua", "2"]).output == "2\t0\n")
            let line = "print(flux.await(flux.generate { prompt = 'a', seed = 1, fresh = true }).reused)"
            for _ in 1...2 { #expect(try await program.run(["-e", line]).output == "false\n") }
            #expect(try await service.requests()["POST /v2/images/generate"] == 6)
        }
    }

    @Test func aKilledRunIsTakenUpWithItsSeeds() async throws {
        try await ServedService.run(["--job-time", "0.2"]) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(
                """
                local jobs = {}
                for n = 1, 6 do jobs[n] = flux.generate { model = "flux-1.1-pro", prompt = "a mug " .. n % 2 } end
                for n = 1, 6 do print(jobs[n].seed) end
                io.stdout:flush()
                if not io.open("go") then flux.sleep(1e6) end
                flux.save(jobs, "out/{seed}.{ext}")
                """, to: "draw.lua")
            let first = try program.start(["draw.lua"])
            var seeds: [String] = []
            for _ in 1...6 { seeds.append(await first.line() ?? "") }
            while try await service.requests()["POST /v2/images/generate"] ?? 0 < 3 { await Task.yield() }
            first.signal(SIGKILL)
            #expect(try await first.result().status == 128 + SIGKILL)

            try program.write("", to: "go")
            let second = try await program.run(["draw.lua"])
            #expect(second.output.split(separator: "\n").map(String.init) == seeds && Set(seeds).count == 6)
            #expect(second.error.contains("did not finish: resuming its"), "\(second.error)")
            #expect(second.status == 0)
            #expect(program.files(below: "out").count == 6)
            let summary = try await Web.get(service.baseURL + "/_sim/log").json
            #expect(summary["jobs"]?["made"]?.integerValue == 6, "\(summary)")

            let third = try await program.run(["draw.lua"])
            #expect(third.error.isEmpty && third.output != second.output)
        }
    }

    @Test func twoAtOnceMakeEachPictureOnce() async throws {
        try await ServedService.run(["--job-time", "0.3"]) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.sweep, to: "sweep.lua")
            async let first = program.run(["sweep.lua", "10"])
            async let second = program.run(["sweep.lua", "10"])
            let results = try await [first, second]
            #expect(results.map(\.status) == [0, 0], "\(results.map(\.error))")
            let summary = try await Web.get(service.baseURL + "/_sim/log").json
            #expect(summary["jobs"]?["made"]?.integerValue == 10, "\(summary)")
            #expect(program.files(below: "out").count == 10)
        }
    }

    @Test func nothingIsSentWithoutALedger() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write("not a database, but long enough to be taken for one", to: "broken.sqlite")
            let ask = "print(pcall(flux.generate, 'a mug'))"
            let result = try await program.run(["--ledger", "broken.sqlite", "-e", ask])
            #expect(result.output.contains("broken.sqlite is damaged, or is not a ledger"), "\(result.output)")
            #expect(try await service.requests()["POST /v2/images/generate"] == nil)
            #expect(try program.bytes("broken.sqlite").count == 51)
        }
    }

    @Test func nothingIsPaidThatCouldNotBeKept() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let folder = program.data.appendingPathComponent("fluxlua")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data().write(to: folder.appendingPathComponent("pictures"))
            let result = try await program.run(["-e", "flux.generate 'a mug'"])
            #expect(result.status == 1)
            #expect(result.error.hasPrefix("fluxlua: (command line):1: flux.generate: the pictures could not be kept"))
            #expect(result.error.contains("hint: ") && result.error.contains("XDG_DATA_HOME"), "\(result.error)")
            #expect(try await service.requests()["POST /v2/images/generate"] == nil)
        }
    }

    @Test func scriptsThatAskForNothingLeaveNoLedger() async throws {
        let program = try Program()
        defer { program.remove() }
        #expect(try await program.run(["-e", "print(flux.config().out)"]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: program.data.path))
    }

    @Test func aLostLedgerIsNoted() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.sweep, to: "sweep.lua")
            let ledger = program.data.appendingPathComponent("fluxlua/ledger.sqlite")
            for (options, file) in [([], ledger), (["--ledger", "own.sqlite"], program.file("own.sqlite"))] {
                let first = try await program.run(options + ["sweep.lua", "2"])
                #expect(first.error.isEmpty)
                try FileManager.default.removeItem(at: file)
                let second = try await program.run(options + ["sweep.lua", "2"])
                #expect(second.error.contains("there is no ledger"), "\(second.error)")
                try Data().write(to: file)
                let third = try await program.run(options + ["sweep.lua", "2"])
                #expect(third.error.contains("has lost its last entries"), "\(third.error)")
                #expect(try await program.run(options + ["sweep.lua", "2"]).error.isEmpty)
            }
            // Within a day the service itself knows the keys.
            let summary = try await Web.get(service.baseURL + "/_sim/log").json
            #expect(summary["jobs"]?["made"]?.integerValue == 2, "\(summary)")
        }
    }
}
