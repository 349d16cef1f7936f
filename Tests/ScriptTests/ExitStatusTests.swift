import Foundation
import Testing

/// What a run leaves with (lua-api §9).
@Suite(.timeLimit(.minutes(5))) struct ExitStatusTests {
    private let program: Program

    init() throws { program = try Program() }

    private func run(_ arguments: [String]) async throws -> Program.Result {
        defer { program.remove() }
        return try await program.run(arguments)
    }

    @Test func scriptThatEndsWellLeavesZero() async throws {
        #expect(try await run(["-e", "return 7"]).status == 0)
    }

    @Test(arguments: ["error('x')", "error({})", "error()", "x =", "local t = nil; t.x = 1", "flux.generate {}"])
    func scriptThatFailsLeavesOne(_ code: String) async throws {
        let result = try await run(["-e", code])
        #expect(result.error.hasPrefix("fluxlua: ") && result.output.isEmpty)
        #expect(result.status == 1)
    }

    @Test(arguments: [
        ("{}", "(error object is a table value)"), ("nil", "(error object is a nil value)"), ("7", "7"),
        ("setmetatable({}, { __tostring = function() return 'in words' end })", "in words"),
    ])
    func errorValuesAreToldAsTheStockInterpreterDoes(_ value: String, _ text: String) async throws {
        let result = try await run(["-e", "error(\(value))"])
        #expect(result.error.hasPrefix("fluxlua: \(text)\n"), "\(result.error)")
    }

    @Test func taskThatFailsUnheardLeavesOneAfterTheOthersHaveEnded() async throws {
        let result = try await run([
            "-e", "flux.spawn(error, 'unheard') flux.spawn(function() flux.sleep(0.01) print('ended') end)",
        ])
        #expect(result.output == "ended\n")
        #expect(result.error.hasPrefix("fluxlua: a task failed: unheard\n"))
        #expect(result.status == 1)
    }

    @Test func jobThatFailsUnseenLeavesThree() async throws {
        let job = "flux.generate { model = 'flux-1.1-pro', prompt = 'x', seed = 5, width = 256, height = 256 }"
        let result = try await run(["--fault", "fail:every=1,reason=out of paint", "-e", job])
        #expect(
            result.error.hasSuffix(
                "fluxlua: failed, and the script did not check it: (command line):1: flux-1.1-pro seed=5: "
                    + "the job failed: out of paint\n"), "\(result.error)")
        #expect(result.status == 3)
    }

    @Test func errorOfTheScriptCountsMoreThanJobsThatFailed() async throws {
        let code = """
            local job = flux.generate { model = 'flux-1.1-pro', prompt = 'x', width = 256, height = 256 }
            while not job.id do flux.sleep(0.001) end
            error('on top')
            """
        let result = try await run(["--fault", "fail:every=1", "-e", code])
        #expect(result.error.contains("on top"), "\(result.error)")
        #expect(result.error.contains("the script did not check it"), "\(result.error)")
        #expect(result.status == 1)
    }

    @Test(arguments: [
        ("os.exit()", 0), ("os.exit(true)", 0), ("os.exit(false)", 1), ("os.exit(7)", 7), ("pcall(os.exit, 7)", 7),
        ("flux.spawn(os.exit, 7) flux.sleep(1000)", 7), ("coroutine.wrap(os.exit)(7)", 7),
    ])
    func scriptMayLeaveWithAStatusOfItsOwn(_ code: String, _ status: Int32) async throws {
        let result = try await run(["-e", "print('before') \(code) print('after')"])
        #expect(result.output == "before\n")
        #expect(result.error.isEmpty && result.status == status, "\(result.error)")
    }

    /// As Ctrl-C does: what is not sent is not paid.
    @Test(arguments: ["error('too early')", "local t = nil; t.x = 1", "error({})"])
    func whatIsStillInLineWhenAScriptFailsIsNotSent(_ failure: String) async throws {
        try await ServedService.run(["--job-time", "0.2"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let code = """
                flux.config { first_look = 0, concurrency = 2 }
                local jobs = {}
                for seed = 1, 9 do jobs[seed] = flux.generate { prompt = 'x', resolution = '0.5MP', seed = seed } end
                while not (jobs[1].id and jobs[2].id) do flux.sleep(0.001) end
                \(failure)
                """
            let result = try await program.run(["-e", code])
            #expect(result.status == 1)
            #expect(try await service.requests()["POST /v2/images/generate"] == 2)
            let summary = "9 jobs: 2 made, 0 reused, 0 failed, 7 not requested; 20 credits"
            #expect(result.summary == summary, "\(result.error)")
            #expect(!result.error.contains("the script did not check it"), "\(result.error)")
            #expect(try await program.run(["jobs", "--status", "open"]).output.isEmpty)
        }
    }

    @Test func picturesThatAreUnderWayWhenAScriptFailsAreStillFetched() async throws {
        // Two fetches of one picture would be two requests; none would be a paid picture lost.
        try await ServedService.run { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run([
                "-e",
                """
                flux.config { first_look = 0 }
                local job = flux.generate { prompt = 'x', resolution = '0.5MP' }
                while not job.id do flux.sleep(0.001) end
                error('too early')
                """,
            ])
            #expect(result.status == 1)
            #expect(try await service.requests()["GET /cdn/{picture}"] == 1)
            let kept = program.data.appendingPathComponent("fluxlua/pictures").path
            let files = FileManager.default.enumerator(atPath: kept)?.compactMap { $0 as? String } ?? []
            #expect(files.filter { $0.hasSuffix(".jpg") }.count == 1)
        }
    }
}
