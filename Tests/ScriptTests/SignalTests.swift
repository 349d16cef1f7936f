import Foundation
import Testing

/// Ctrl-C and its relatives, wherever a script stands.
@Suite(.timeLimit(.minutes(5))) struct SignalTests {
    /// Starts a script and returns once it has printed its first line.
    private func start(_ code: String, in program: Program, options: [String] = []) async throws -> RunningProgram {
        let running = try program.start(options + ["-e", "io.write('ready\\n') io.flush() \(code)"])
        #expect(await running.line() == "ready")
        return running
    }

    @Test(arguments: [
        "while true do end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do pcall(function() while true do end end) end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "while true do table.sort({ 3, 2, 1 }, function(a, b) return a < b end) end",
        "flux.sleep(1000)",
        "while true do pcall(flux.sleep, 1000) end",
        "coroutine.wrap(flux.sleep)(1000)",
        "flux.spawn(flux.sleep, 1000):await()",
        "flux.spawn(function() while true do flux.sleep(0) end end) while true do end",
    ])
    func interruptStops(_ code: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let running = try await start(code, in: program)
        running.signal(SIGINT)
        let result = try await running.result()
        #expect(result.error.hasSuffix("fluxlua: interrupted\n"), "\(result.error)")
        #expect(result.output.isEmpty && result.status == 130)
    }

    @Test(arguments: ["while true do end", "flux.sleep(1000)"])
    func terminationStopsLikewise(_ code: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let running = try await start(code, in: program)
        running.signal(SIGTERM)
        let result = try await running.result()
        #expect(result.error == "fluxlua: interrupted\n" && result.status == 128 + 15)
    }

    @Test func firstInterruptWaitsForWhatIsPaidAndTheSecondLeavesAtOnce() async throws {
        try await ServedService.run(["--job-time", "3600"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let running = try await start(
                """
                local job = flux.generate "a picture that takes an hour"
                while job.status == "PENDING" do flux.sleep(0.001) end
                print(job.status)
                io.flush()
                job:await()
                """, in: program)
            #expect(await running.line() == "QUEUED")
            running.signal(SIGINT)
            #expect(await running.errorLine() == "fluxlua: interrupted")
            #expect(
                await running.errorLine()
                    == "fluxlua: waiting for 1 job already requested; Ctrl-C again leaves at once")
            running.signal(SIGINT)
            let result = try await running.result()
            #expect(result.output.isEmpty && result.error.isEmpty && result.status == 130)
        }
    }

    @Test func jobThatIsPaidComesInAfterAnInterrupt() async throws {
        let program = try Program()
        defer { program.remove() }
        let running = try program.start([
            "-e",
            """
            local job = flux.generate { model = "flux-1.1-pro", prompt = "x", width = 256, height = 256 }
            setmetatable({}, { __gc = function() end })
            while job.status == "PENDING" do flux.sleep(0.001) end
            print(job.id)
            io.flush()
            flux.sleep(1000)
            """,
        ])
        #expect(await running.line()?.count == 36)
        running.signal(SIGINT)
        let result = try await running.result()
        #expect(result.status == 130)
        #expect(result.error.contains("fluxlua: interrupted\n"))
        #expect(!result.error.contains("the script did not check it"), "\(result.error)")
    }

    @Test(arguments: ["print('line')", "io.write('line\\n') io.flush()"])
    func scriptWhoseReaderIsGoneEndsQuietly(_ write: String) async throws {
        // Programs inherit this; it must not keep them alive.
        signal(SIGPIPE, SIG_IGN)
        let program = try Program()
        defer { program.remove() }
        let running = try await start("while true do \(write) end", in: program)
        try running.closeOutput()
        let result = try await running.result()
        #expect(result.error.isEmpty && result.status == 128 + SIGPIPE, "\(result.error)")
    }

    @Test(arguments: ["HUP", "INT", "QUIT", "TERM", "PIPE", "ALRM", "USR1"])
    func noSignalIsHeldBackFromWhatAScriptStarts(_ signal: String) async throws {
        let program = try Program()
        defer { program.remove() }
        let code = """
            local command = "kill -s \(signal) $$; exit 7"
            print(select(2, os.execute(command)), select(2, io.popen(command):close()))
            """
        let result = try await program.run(["-e", code])
        #expect(result.output.matches(of: #/signal/#).count == 2, "\(result.output)")
        #expect(result.error.isEmpty && result.status == 0)
    }

    @Test func serviceEndsWellWhenItIsInterrupted() async throws {
        try await ServedService.run { service in
            let result = try await service.end()
            #expect(result.error.hasPrefix("fluxlua serve: 0 requests; 0 jobs"), "\(result.error)")
            #expect(result.output.isEmpty && result.status == 0)
        }
    }
}
