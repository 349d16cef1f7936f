import FluxClient
import FluxJobs
import Foundation
import TestSupport
import Testing

/// Several machines at work on one ledger: each a process with a home, a ledger address and a store of its own.
@Suite(.timeLimit(.minutes(5))) struct TeamRunTests {
    private static let cells = 80

    /// Prints a line as each job ends, so that a kill has a moment.
    private static let sweep = """
        flux.config { first_look = 0.05 }
        local result = flux.sweep {
          model = "flux-1.1-pro", prompt = "a red mug", seed = flux.seeds(\(cells)), width = 256, height = 256,
        }:run { each = function() print("ended") io.flush() end }
        local found = 0
        for _, job in ipairs(result.jobs) do
          if job.ok then io.open(job.images[1].path, "rb"):close() found = found + 1 end
        end
        print(#result, result.failed, found)
        """

    private func member(_ name: String, _ service: ServedService, _ ledger: String) throws -> Program {
        var program = try service.client()
        program.environment["FLUX_LEDGER"] = ledger
        program.environment["FLUX_MEMBER"] = name
        try program.write(Self.sweep, to: "mugs.lua")
        return program
    }

    private func billed(_ service: ServedService) async throws -> Int64 {
        try await Web.get(service.baseURL + "/_sim/log").json["credits"]?["billed"]?.integerValue ?? -1
    }

    /// Members are killed and begin again, the database crashes, restarts and refuses everyone, answers are lost; and the
    /// team may spend just what its sweep costs.
    @Test func sweepOfATeamIsMadeOnceWhateverHappens() async throws {
        let server = try PostgreSQLServer()
        let ledger = try server.database()
        let name = String(ledger.split(separator: "/").last ?? "")
        let options = ["--job-time", "0.2", "--at-once", "8", "--fault", "drop-answer:call=submit,every=20"]
        try await ServedService.run(options) { service in
            let members = try ["anna", "ben", "cleo"].map { try member($0, service, ledger) }
            defer { for member in members { member.remove() } }
            let account = LedgerAccount(baseURL: service.baseURL, key: ServedService.key)
            try Ledger(path: ledger, for: RunDescription(account: account, script: "setting it up")).close(.clean)
            try server.run(
                "INSERT INTO fluxlua.budgets VALUES ('\(account.name)', \(Self.cells * 10))", in: name)
            var running = try members.map { try $0.start(["mugs.lua"]) }
            for round in 0..<6 {
                let victim = round % members.count
                for _ in 0..<(round * 5 % 7) { _ = await running[(victim + 1) % members.count].line() }
                running[victim].signal(SIGKILL)
                _ = try await running[victim].result()
                switch round {
                case 1:
                    try server.stop()
                    try server.start()
                case 3:
                    try server.crash()
                    try server.start()
                case 4:
                    try server.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS false", in: "postgres")
                    try server.run(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'",
                        in: "postgres")
                    try server.run("ALTER DATABASE \(name) ALLOW_CONNECTIONS true", in: "postgres")
                default: break
                }
                running[victim] = try members[victim].start(["mugs.lua"])
            }
            for member in running {
                let result = try await member.result()
                #expect(result.status == 0, "\(result.error)")
                let last = try #require(result.output.split(separator: "\n").last, "\(result.error)")
                #expect(last == "\(Self.cells)\t0\t\(Self.cells)")
            }
            #expect(try await billed(service) == Int64(Self.cells) * 10)
            let states = try server.run("SELECT DISTINCT state FROM fluxlua.requests", in: name)
            #expect(states == "fetched\n")
        }
    }

    @Test func whatIsDetachedIsDoneByAWorker() async throws {
        let ledger = try PostgreSQLServer.shared().database()
        try await ServedService.run(["--job-time", "0.1"]) { service in
            let (anna, night) = (try member("anna", service, ledger), try member("night", service, ledger))
            defer {
                anna.remove()
                night.remove()
            }
            let handed = try await anna.run(["mugs.lua", "--detach"])
            #expect(handed.status == 0 && handed.output == "")
            #expect(
                handed.error
                    == "fluxlua: \(Self.cells) requests are left to the workers ('fluxlua worker'); run the script "
                    + "again to get the pictures\n")
            #expect(try await billed(service) == 0)
            let worker = try night.start(["worker"])
            for _ in 1...Self.cells {
                #expect(await worker.line()?.contains("\tfetched\tflux-1.1-pro\ta red mug") == true)
            }
            #expect(try await billed(service) == Int64(Self.cells) * 10)
            worker.signal(SIGINT)
            let ended = try await worker.result()
            #expect(ended.status == 0)
            #expect(
                ended.summary
                    == "\(Self.cells) jobs: \(Self.cells) made, 0 reused, 0 failed; \(Self.cells * 10) credits")
            let fetched = try await anna.run(["mugs.lua"])
            #expect(fetched.output.hasSuffix("\(Self.cells)\t0\t\(Self.cells)\n"), "\(fetched.error)")
            #expect(fetched.summary == "\(Self.cells) jobs: 0 made, \(Self.cells) reused, 0 failed; 0 credits")
            #expect(try await billed(service) == Int64(Self.cells) * 10)
        }
    }

    @Test func workersAndDetachedScriptsNeedAServiceThatGoesOn() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("flux.await(flux.generate { prompt = 'x' })", to: "one.lua")
        let script = try await program.run(["--detach", "one.lua"])
        #expect(script.status == 1 && script.error.contains("--detach needs a service that goes on"))
        let worker = try await program.run(["worker"])
        #expect(worker.status == 1)
        #expect(
            worker.error == """
                fluxlua: a worker needs a service that goes on: the local one ends with each script
                hint: set APIFRAME_API_KEY

                """)
    }

    /// What comes after `--` is the script's, as is everything else that a script without `--detach` is given.
    @Test func detachIsNoArgumentOfTheScript() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("print(#arg, arg[1], arg[2])", to: "arguments.lua")
        #expect(try await program.run(["arguments.lua", "a", "--detach", "b"]).output == "2\ta\tb\n")
        #expect(try await program.run(["--", "arguments.lua", "--detach"]).output == "1\t--detach\tnil\n")
    }
}
