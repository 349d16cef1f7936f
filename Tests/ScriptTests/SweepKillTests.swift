import FluxClient
import Foundation
import Testing

/// A sweep that is killed, half done or grown pays for what is missing only.
@Suite(.timeLimit(.minutes(5))) struct SweepKillTests {
    /// Says when each job has ended, so that a kill has a moment; `more` is put into the list of seeds.
    private static func script(seeds: String, words: Int = 6) -> String {
        let list = ["red", "blue", "green", "white", "black", "grey", "pink"].prefix(words)
            .map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            flux.config { first_look = 0.05 }
            local result = flux.sweep {
              model = "flux-1.1-pro", prompt = flux.vary("a red mug", { red = { \(list) } }),
              raw = { true, false }, seed = \(seeds), width = 256, height = 256,
              aspect_ratio = { "1:1", "4:3", "16:9", "3:4", "9:16" },
            }:run { each = function() print("ended") io.flush() end }
            print(#result, result.failed, result.jobs[1].seed)
            """
    }

    private func billed(_ service: ServedService) async throws -> Int64 {
        let log = try await Web.get(service.baseURL + "/_sim/log").json
        return (log["credits"]?["billed"]?.integerValue ?? -1) / 10
    }

    @Test(arguments: ["nil", "\"each\"", "{ 7 }"])
    func sweepThatIsKilledTwentyTimesPaysForEachCellOnce(seeds: String) async throws {
        let options = ["--job-time", "0.1", "--at-once", "4", "--fault", "drop-answer:every=7"]
        try await ServedService.run(options) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(Self.script(seeds: seeds), to: "mugs.lua")
            // Each kill comes some jobs later than the one before, and some before the first.
            for round in 0..<20 {
                let killed = try program.start(["mugs.lua"])
                for _ in 0..<round * 7 % 11 { _ = await killed.line() }
                killed.signal(SIGKILL)
                _ = try await killed.result()
            }
            let whole = try await program.run(["mugs.lua"])
            #expect(whole.status == 0, "\(whole.error)")
            let last = try #require(whole.output.split(separator: "\n").last).split(separator: "\t")
            #expect(last.prefix(2) == ["60", "0"])
            #expect(try await billed(service) == 60)

            // The same again costs nothing, and has the same seeds; one word more pays for its cells.
            let again = try await program.run(["mugs.lua"])
            #expect(again.output.split(separator: "\n").last?.split(separator: "\t").last == last.last)
            #expect(try await billed(service) == 60)
            try program.write(Self.script(seeds: seeds, words: 7), to: "mugs.lua")
            let grown = try await program.run(["mugs.lua"])
            #expect(grown.status == 0, "\(grown.error)")
            #expect(try await billed(service) == 70)
        }
    }

    /// New pictures have new seeds, and even those are paid once when the run that wanted them was killed.
    @Test(arguments: ["nil", "\"each\""])
    func sweepThatIsWantedFreshHasOtherSeedsAndKeepsThemOverAKill(seeds: String) async throws {
        try await ServedService.run(["--job-time", "0.1", "--at-once", "2"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let script = """
                flux.config { first_look = 0.05 }
                local result = flux.sweep {
                  model = "flux-1.1-pro", prompt = { "a", "b", "c", "d" }, seed = \(seeds), width = 256, height = 256,
                  fresh = tonumber(arg[1]) == 1,
                }:run { each = function() print("ended") io.flush() end }
                print(result.jobs[1].seed, result.jobs[4].seed)
                if not io.open("go") then flux.sleep(1e6) end
                """
            try program.write(script, to: "mugs.lua")
            try program.write("", to: "go")
            func drawn(_ arguments: [String]) async throws -> String {
                let result = try await program.run(arguments)
                #expect(result.status == 0, "\(result.error)")
                return String(result.output.split(separator: "\n").last ?? "")
            }
            let usual = try await drawn(["mugs.lua", "0"])
            #expect(try await billed(service) == 4)
            // It does not end before it is killed: a run that has ended well is not taken up.
            try FileManager.default.removeItem(at: program.file("go"))
            let killed = try program.start(["mugs.lua", "1"])
            _ = await killed.line()
            killed.signal(SIGKILL)
            _ = try await killed.result()
            try program.write("", to: "go")
            let fresh = try await drawn(["mugs.lua", "1"])
            #expect(fresh != usual)
            #expect(try await billed(service) == 8)
            let others = [try await drawn(["mugs.lua", "1"]), try await drawn(["--fresh", "mugs.lua", "0"])]
            #expect(Set([usual, fresh] + others).count == 4)
            #expect(try await drawn(["mugs.lua", "0"]) == usual)
            #expect(try await billed(service) == 16)
        }
    }

    @Test func sweepWithAWrongCellSendsNothing() async throws {
        try await ServedService.run([]) { service in
            let program = try service.client()
            defer { program.remove() }
            try program.write(
                """
                local sizes = { 512, 513, 5120 }
                local sweep = flux.sweep { model = "flux-2-dev", prompt = "x", width = sizes, seed = flux.seeds(3000) }
                sweep:run()
                """, to: "wrong.lua")
            let result = try await program.run(["wrong.lua"])
            #expect(result.status == 1)
            #expect(result.error.contains("wrong.lua:2: flux.sweep: cell width=5120 seed=1: 'width' must be"))
            #expect(try await billed(service) == 0)
        }
    }
}
