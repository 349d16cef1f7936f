import FluxClient
import FluxImaging
import Foundation
import Testing

/// A script that is killed and run again pays once, wherever it stood. `scripts/bench.sh --kill` does this at every
/// system call that leaves a trace, and at random moments.
@Suite(.timeLimit(.minutes(5))) struct KillTests {
    private static let count = 8

    /// Prints a line at each transition: asked, accepted, saved. It ends only when there is a file `go`: a run that has
    /// ended well is not taken up.
    private static let script = """
        flux.config { first_look = 0.05 }
        local jobs = {}
        for number = 1, \(count) do
          jobs[number] = flux.generate {
            model = "flux-1.1-pro", prompt = "A lighthouse in a storm", name = tostring(number), width = 256, height = 256,
            seed = number % 2 == 1 and number or nil,
          }
        end
        local function say(...) print(...) io.flush() end
        say("asked")
        for number, job in ipairs(jobs) do
          flux.spawn(function()
            while not job.id do flux.sleep(0.001) end
            say("accepted", number)
          end)
        end
        for job in flux.completed(jobs) do
          say("saved", flux.save(assert(job:await()), "out/{name}.{ext}"))
        end
        if not io.open("go") then flux.sleep(1e6) end
        """

    private static let faults = ["drop-answer:every=5", "429:call=submit,every=7", "503:call=jobs,every=4"]

    private func made(_ service: ServedService) async throws -> (jobs: Int64, credits: Int64) {
        let log = try await Web.get(service.baseURL + "/_sim/log").json
        return (log["jobs"]?["made"]?.integerValue ?? -1, log["credits"]?["billed"]?.integerValue ?? -1)
    }

    @Test func scriptThatIsKilledAtAnyTransitionPaysOnceAndLosesNothing() async throws {
        let options = ["--job-time", "0.2"] + Self.faults.flatMap { ["--fault", $0] }
        try await ServedService.run(options) { service in
            for lines in [0, 1, 2, 5, 8, 9, 10, 13, 16] {
                let program = try service.client(key: "afk_round_\(lines)")
                defer { program.remove() }
                try program.write(Self.script, to: "light.lua")
                let before = try await made(service)
                let killed = try program.start(["light.lua"])
                for _ in 0..<lines { _ = await killed.line() }
                killed.signal(SIGKILL)
                _ = try await killed.result()

                try program.write("", to: "go")
                let again = try await program.run(["light.lua"])
                #expect(again.status == 0, "after \(lines) lines: \(again.error)")
                let after = try await made(service)
                #expect(after.jobs - before.jobs == Int64(Self.count), "after \(lines) lines")
                #expect(after.credits - before.credits == Int64(Self.count * 10), "after \(lines) lines")
                let files = program.files(below: "out").filter { !$0.hasPrefix(".") }
                #expect(files == (1...Self.count).map { "\($0).jpg" })
                for file in files { _ = try Raster(decoding: program.bytes("out/\(file)")) }
            }
        }
    }

    @Test func scriptThatIsKilledAgainAndAgainPaysOnce() async throws {
        try await ServedService.run(["--job-time", "0.2"]) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.script, to: "light.lua")
            for lines in [1, 0, 4, 1, 9, 2] {
                let killed = try program.start(["light.lua"])
                for _ in 0..<lines { _ = await killed.line() }
                killed.signal(SIGKILL)
                _ = try await killed.result()
            }
            try program.write("", to: "go")
            let result = try await program.run(["light.lua"])
            #expect(result.status == 0, "\(result.error)")
            #expect(try await made(service).jobs == Int64(Self.count))
        }
    }

    @Test func growingASweepPaysForWhatIsNewAndTheSameOneAgainForNothing() async throws {
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let script = """
                flux.config { first_look = 0 }
                local jobs = {}
                for seed = 1, tonumber(arg[1]) do
                  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "x", seed = seed, width = 256, height = 256 }
                end
                flux.save(flux.await(jobs), "out/{seed}.{ext}")
                """
            try program.write(script, to: "sweep.lua")
            let eight = try await program.run(["sweep.lua", "8"])
            #expect(eight.summary == "8 jobs: 8 made, 0 reused, 0 failed; 80 credits", "\(eight.error)")
            let twelve = try await program.run(["sweep.lua", "12"])
            #expect(twelve.summary == "12 jobs: 4 made, 8 reused, 0 failed; 40 credits", "\(twelve.error)")
            let again = try await program.run(["sweep.lua", "12"])
            #expect(again.summary == "12 jobs: 0 made, 12 reused, 0 failed; 0 credits", "\(again.error)")
            #expect(try await made(service).jobs == 12)
            #expect(program.files(below: "out").count == 12)
        }
    }
}
