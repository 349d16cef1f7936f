import FluxClient
import Foundation
import TestSupport
import Testing

/// What a team does with its ledger, by the built program: `ledger`, `budget`, `jobs --watch` and shared pictures. Each member
/// is a program with a home and a store of its own.
@Suite(.timeLimit(.minutes(5))) struct TeamLedgerTests {
    private static let script = """
        flux.config { first_look = 0, model = "flux-1.1-pro" }
        for seed = 1, tonumber(arg[1]) do
          local job, err = flux.await(flux.generate { prompt = "a mug", seed = seed, width = 256, height = 256 })
          print(job and job.status or err.message, err and err.hint)
        end
        """

    private func member(_ name: String, _ service: ServedService, _ ledger: String? = nil) throws -> Program {
        var program = try service.client()
        program.environment["FLUX_MEMBER"] = name
        program.environment["FLUX_LEDGER"] = ledger
        try program.write(Self.script, to: "mugs.lua")
        return program
    }

    private func ledgerFile(_ program: Program) -> String {
        program.data.appendingPathComponent("fluxlua/ledger.sqlite").path
    }

    /// The server of the tests lets everybody in, whatever the password.
    private func withPassword(_ address: String) -> String {
        address.replacingOccurrences(of: "fluxlua@", with: "fluxlua:opensesame@")
    }

    // MARK: ledger

    @Test func userWithoutRightsIsToldWhoGivesThem() async throws {
        let server = try PostgreSQLServer.shared()
        let address = try server.database()
        let database = String(address.split(separator: "/").last ?? "")
        // Users are the server's, and other tests use it too.
        let guest = "guest_of_\(database)"
        try server.run("CREATE ROLE \(guest) LOGIN", in: database)
        let program = try Program()
        defer { program.remove() }
        let asGuest = address.replacingOccurrences(of: "fluxlua@", with: "\(guest)@")
        let before = try await program.run(["ledger", "init", "--ledger", asGuest])
        #expect(before.status == 1 && before.error.contains("permission denied for database"), "\(before.error)")
        #expect(before.error.contains("hint: the owner of the database can allow it: GRANT CREATE ON DATABASE"))
        #expect(try await program.run(["ledger", "init", "--ledger", address]).status == 0)
        let after = try await program.run(["jobs", "--ledger", asGuest])
        #expect(after.status == 1 && after.error.contains("permission denied for schema fluxlua"), "\(after.error)")
        #expect(after.error.contains("the owner of the ledger allows this one: GRANT ALL ON SCHEMA fluxlua TO"))
        // As the hint says.
        for rights in ["SCHEMA fluxlua", "ALL TABLES IN SCHEMA fluxlua", "ALL SEQUENCES IN SCHEMA fluxlua"] {
            try server.run("GRANT ALL ON \(rights) TO \(guest)", in: database)
        }
        let check = try await program.run(["ledger", "check", "--ledger", asGuest])
        #expect(check.status == 0, "\(check.error)")
    }

    @Test func ledgerMovesToAServerAndBackWithAllThatIsInIt() async throws {
        let address = try PostgreSQLServer.shared().database()
        try await ServedService.run { service in
            let program = try member("anna", service)
            defer { program.remove() }
            let made = try await program.run(["mugs.lua", "3"])
            #expect(made.summary == "3 jobs: 3 made, 0 reused, 0 failed; 30 credits", "\(made.error)")
            let before = try await program.run(["jobs"]).output

            let secret = withPassword(address)
            let first = try await program.run(["ledger", "init", "--ledger", secret])
            #expect(first.output == "made the ledger \(address), version 5\n" && first.status == 0, "\(first.error)")
            let again = try await program.run(["ledger", "init", "--ledger", secret])
            #expect(again.output == "the ledger \(address) is already there, version 5\n")
            // What somebody has set there already stays.
            #expect(try await program.run(["budget", "set", "500/day", "--ledger", secret]).status == 0)

            let moved = try await program.run(["ledger", "move", ledgerFile(program), secret])
            #expect(moved.status == 0 && moved.error == "", "\(moved.error)")
            #expect(moved.output.hasPrefix("copied 3 jobs from \(ledgerFile(program)) to \(address)\n"))
            #expect(moved.output.contains("the old ledger is still there, unchanged"))
            #expect(moved.output.contains("export FLUX_LEDGER=\(address)") && !moved.output.contains("opensesame"))
            #expect(try await program.run(["jobs"]).output == before)
            #expect(try await program.run(["jobs", "--ledger", secret]).output == before)

            let twice = try await program.run(["ledger", "move", ledgerFile(program), secret])
            #expect(twice.status == 1 && twice.error.contains("already has 3 requests: name one that is empty"))
            #expect(!twice.error.contains("opensesame"))

            // New numbers follow those that came.
            var member = program
            member.environment["FLUX_LEDGER"] = secret
            let more = try await member.run(["mugs.lua", "4"])
            #expect(more.summary == "4 jobs: 1 made, 3 reused, 0 failed; 10 credits", "\(more.error)")
            let back = try await program.run(["ledger", "move", secret, "back.sqlite", "--json"])
            #expect(back.status == 0, "\(back.error)")
            let told = try JSONValue(parsing: Array(back.output.utf8))
            #expect(told["jobs"]?.integerValue == 4 && told["from"]?.stringValue == address)
            let here = try await program.run(["jobs", "--ledger", "back.sqlite"]).output
            #expect(here == (try await member.run(["jobs"]).output) && here.split(separator: "\n").count == 4)
            let reused = try await program.run(["--ledger", "back.sqlite", "mugs.lua", "4"])
            #expect(reused.summary == "4 jobs: 0 made, 4 reused, 0 failed; 0 credits", "\(reused.error)")
        }
    }

    @Test func ledgerThatIsNotThereIsNotMadeByMovingIt() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["ledger", "move", "nowhere.sqlite", "new.sqlite"])
        #expect(result.status == 1 && result.error.contains("there is no ledger yet: ") && result.output == "")
        #expect(program.files() == [])
        let same = try await program.run(["ledger", "move", "a.sqlite", "a.sqlite"])
        #expect(same.status == 2 && same.error.contains("two different ledgers"))
    }

    @Test func checkTellsWhatALedgerIsAndWhatIsWrongWithIt() async throws {
        let server = try PostgreSQLServer.shared()
        let address = try server.database()
        let name = String(address.split(separator: "/").last ?? "")
        try await ServedService.run { service in
            let program = try member("anna", service, withPassword(address))
            defer { program.remove() }
            let none = try await program.run(["ledger", "check"])
            #expect(none.status == 1 && none.error.contains("'fluxlua ledger init' makes one there"), "\(none.error)")
            _ = try await program.run(["mugs.lua", "2"])
            let good = try await program.run(["ledger", "check"])
            #expect(
                good.output == """
                    ledger \(address): version 5, 1 run of anna
                    all is well: 2 jobs in \(address)

                    """)
            #expect(good.status == 0)
            try server.run("UPDATE fluxlua.requests SET settled_at = NULL WHERE id = 2", in: name)
            let bad = try await program.run(["ledger", "check"])
            #expect(bad.status == 1 && bad.output.contains("job 2: fetched, but not finished"), "\(bad.output)")
            #expect(bad.output.contains("something is wrong: 2 jobs in "))

            try server.run("UPDATE fluxlua.ledger SET version = 99", in: name)
            let newer = try await program.run(["ledger", "init"])
            #expect(newer.status == 1 && newer.error.contains("is from a newer fluxlua: version 99"))
        }
    }

    // MARK: budget

    @Test func budgetOfATeamHoldsForAllAndIsChangedByAnyone() async throws {
        let address = try PostgreSQLServer.shared().database()
        try await ServedService.run { service in
            for ledger in [address, nil] {
                let anna = try member("anna", service, ledger)
                var ben = try member("ben", service, ledger ?? ledgerFile(anna))
                ben.environment["FLUX_BASE_URL"] = service.baseURL
                defer {
                    anna.remove()
                    ben.remove()
                }
                let set = try await anna.run(["budget", "set", "30/day"])
                #expect(set.status == 0 && set.error == "", "\(set.error)")
                #expect(set.output.contains(": 30 credits a day\ntoday: 0 credits spent, 0 reserved, 30 left\n"))
                _ = try await anna.run(["mugs.lua", "2"])
                let result = try await ben.run(["mugs.lua", "4"])
                let lines = result.output.split(separator: "\n")
                #expect(lines.prefix(3).allSatisfy { $0.hasPrefix("COMPLETED") }, "\(result.output)")
                let refusal = try #require(lines.last)
                #expect(refusal.contains("over the budget of the team's day: it can cost 10 credits, with 30 credits"))
                #expect(
                    refusal.contains("everybody on the ledger can change it") && refusal.contains("budget set N/day"))
                let shown = try JSONValue(parsing: Array(try await ben.run(["budget", "--json"]).output.utf8))
                #expect(shown["limit"]?.integerValue == 30 && shown["spent"]?.integerValue == 30)
                #expect(shown["left"]?.integerValue == 0 && shown["reserved"]?.integerValue == 0)
                let none = try await ben.run(["budget", "none"])
                #expect(none.output.contains(": none\ntoday: 30 credits spent, 0 reserved\n"), "\(none.error)")
                #expect(try await ben.run(["mugs.lua", "4"]).output.split(separator: "\n").count == 4)
                #expect(try await anna.run(["budget"]).output.contains("today: 40 credits spent, 0 reserved\n"))
            }
        }
    }

    @Test func budgetNeedsAKey() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["budget", "set", "50/day"])
        #expect(result.status == 1 && result.error.contains("a budget is for the account of a key"), "\(result.error)")
        #expect(!FileManager.default.fileExists(atPath: program.data.path))
    }

    // MARK: jobs --watch

    @Test func watchTellsOfEachChangeByMemberUntilItIsInterrupted() async throws {
        let address = try PostgreSQLServer.shared().database()
        try await ServedService.run { service in
            let anna = try member("anna", service, address)
            let ben = try member("ben", service, address)
            defer {
                anna.remove()
                ben.remove()
            }
            let sweep = """
                flux.config { first_look = 0 }
                flux.sweep { model = "flux-1.1-pro", prompt = "a mug", seed = { 1, 2 }, width = 256, height = 256 }:run()
                """
            try anna.write(sweep, to: "sweep.lua")
            try ben.write(sweep, to: "sweep.lua")
            let handed = try await anna.run(["--detach", "sweep.lua"])
            #expect(handed.status == 0, "\(handed.error)")
            let watch = try anna.start(["jobs", "--watch"])
            func cells() async -> [String] {
                (await watch.line() ?? "").split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
            // What is open when it begins comes first.
            for id in ["1", "2"] {
                let row = await cells()
                #expect(row.count == 10 && row[0] == id && row[2] == "PENDING" && row[9] == "anna", "\(row)")
            }
            #expect(try await ben.run(["sweep.lua"]).status == 0)
            var ended: Set<String> = []
            while ended.count < 2 {
                let row = await cells()
                try #require(row.count == 10 && row[9] == "ben", "\(row)")
                if row[2] == "COMPLETED", row[3] == "10" { ended.insert(row[0]) }
            }
            watch.signal(SIGINT)
            #expect(try await watch.result().status == 130)

            // Where there are several, the lists tell whose a job is.
            #expect(try await anna.run(["show", "1"]).output.contains("member     ben\nfirst      anna\n"))
            let json = try await anna.run(["jobs", "--json", "--limit", "1"]).output
            #expect(try JSONValue(parsing: Array(json.utf8))["member"]?.stringValue == "ben")
        }
    }

    @Test func watchWaitsForAServerThatIsAway() async throws {
        let server = try PostgreSQLServer()
        let address = try server.database()
        try await ServedService.run { service in
            let anna = try member("anna", service, withPassword(address))
            defer { anna.remove() }
            #expect(try await anna.run(["mugs.lua", "1"]).status == 0)
            let watch = try anna.start(["jobs", "--watch", "--json"])
            // It is at it as soon as it tells of a job.
            let handed = try await anna.run(["--detach", "mugs.lua", "2"])
            #expect(handed.status == 0, "\(handed.error)")
            let line = try JSONValue(parsing: Array((await watch.line() ?? "").utf8))
            #expect(line["status"]?.stringValue == "PENDING" && line["member"]?.stringValue == "anna")
            try server.stop()
            let told = await watch.errorLine() ?? ""
            #expect(told.contains(" \(address) "), "\(told)")
            #expect(told.hasSuffix("waiting until it can be read again") && !told.contains("opensesame"), "\(told)")
            try server.start()
            #expect(await watch.errorLine() == "fluxlua: the ledger can be read again")
            #expect(try await anna.run(["mugs.lua", "2"]).status == 0)
            while let line = await watch.line() {
                let job = try JSONValue(parsing: Array(line.utf8))
                if job["status"]?.stringValue == "COMPLETED", job["cost"]?.integerValue == 10 { break }
            }
            watch.signal(SIGTERM)
            let ended = try await watch.result()
            #expect(ended.status == 128 + SIGTERM && ended.error == "", "once, not a line a second: \(ended.error)")
        }
    }

    @Test func watchOnATerminalStaysInPlace() async throws {
        try await ServedService.run { service in
            let result = try await PythonSession.run("Terminal/watch.py", service)
            #expect(result.status == 0, "\(result.output)\(result.error)")
        }
    }

    // MARK: Pictures

    @Test func sharedPicturesAreNotFetchedAgain() async throws {
        let address = try PostgreSQLServer.shared().database()
        try await ServedService.run { service in
            var anna = try member("anna", service, address)
            var ben = try member("ben", service, address)
            let shared = anna.folder.appendingPathComponent("shared")
            defer {
                anna.remove()
                ben.remove()
            }
            anna.environment["FLUX_PICTURES_SHARED"] = shared.path
            ben.environment["FLUX_PICTURES_SHARED"] = shared.path
            // It is not made: it may have to be mounted.
            let away = try await anna.run(["mugs.lua", "2"])
            #expect(away.status == 0 && away.summary == "2 jobs: 2 made, 0 reused, 0 failed; 20 credits")
            #expect(away.error.split(separator: "\n").count == 1, "\(away.error)")
            #expect(
                away.error.contains(
                    "pictures cannot be shared with the team (FLUX_PICTURES_SHARED): there is no folder"))
            #expect(!FileManager.default.fileExists(atPath: shared.path))

            try FileManager.default.createDirectory(
                at: shared, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o770])
            let made = try await anna.run(["mugs.lua", "4"])
            #expect(made.error == "" && made.summary == "4 jobs: 2 made, 2 reused, 0 failed; 20 credits")
            let files = anna.files(below: "shared")
            #expect(files.count == 2 && files.allSatisfy { $0.contains(#/^(..)/\1[0-9a-f]{62}\.jpg$/#) }, "\(files)")
            for place in files + files.map({ String($0.prefix(2)) }) {
                let mode = try FileManager.default.attributesOfItem(atPath: shared.path + "/" + place)[
                    .posixPermissions]
                #expect(mode as? Int == (place.count == 2 ? 0o770 : 0o660), "whatever this process's mask is")
            }
            let before = try await service.requests()
            let found = try await ben.run(["mugs.lua", "4"])
            #expect(found.summary == "4 jobs: 0 made, 4 reused, 0 failed; 0 credits", "\(found.error)")
            let after = try await service.requests()
            let fetched = after.reduce(into: 0) { sum, call in
                sum +=
                    call.key.hasPrefix("GET /files") || call.key.contains("cdn") || call.key.contains("pictures")
                    ? call.value - (before[call.key] ?? 0) : 0
            }
            #expect(fetched == 2, "the first two were made before there was a folder: \(before) \(after)")
        }
    }

    @Test func whoNeedsAPictureThatOnlyAnotherHasIsToldWhoHasIt() async throws {
        let address = try PostgreSQLServer.shared().database()
        let (url, anna) = try await ServedService.run { service in
            let anna = try member("anna", service, address)
            #expect(try await anna.run(["mugs.lua", "1"]).status == 0)
            return (service.baseURL, anna)
        }
        defer { anna.remove() }
        // One that knows nothing of it, at the same address.
        let port = String(url.split(separator: ":").last ?? "").filter(\.isNumber)
        try await ServedService.run(["--port", port, "--job-time", "0"]) { service in
            let ben = try member("ben", service, address)
            defer { ben.remove() }
            let result = try await ben.run(["mugs.lua", "1"])
            #expect(
                result.output.hasPrefix(
                    "anna has the pictures, and the service no longer has them\task anna for them; "))
            #expect(result.output.contains("FLUX_PICTURES_SHARED"), "\(result.output) \(result.error)")
            #expect(try await anna.run(["mugs.lua", "1"]).output.hasPrefix("COMPLETED"))
        }
    }

    // MARK: doctor

    @Test func doctorTellsWhetherTheServerAnswers() async throws {
        let address = try PostgreSQLServer.shared().database()
        try await ServedService.run { service in
            var program = try member("anna", service, withPassword(address))
            defer { program.remove() }
            _ = try await program.run(["mugs.lua", "1"])
            let good = try await program.run(["doctor"])
            #expect(good.output.contains("ledger    \(address) answers in "), "\(good.output)")
            #expect(good.output.contains("team      anna; this machine is anna"))
            #expect(good.output.contains("shared    no folder of pictures is shared"))
            program.environment["FLUX_LEDGER"] = "postgresql://fluxlua:opensesame@127.0.0.1:1/flux"
            let bad = try await program.run(["doctor"])
            #expect(bad.status == 1)
            #expect(
                bad.output.contains("WRONG  ledger    the database of the ledger postgresql://fluxlua@127.0.0.1:1/flux")
            )
            #expect(!good.output.contains("opensesame") && !bad.output.contains("opensesame"))
        }
    }
}
