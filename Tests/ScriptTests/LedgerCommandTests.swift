import FluxClient
import Foundation
import TestSupport
import Testing

/// `fluxlua jobs`, `show` and `resume`, on what real runs have left.
@Suite(.timeLimit(.minutes(5))) struct LedgerCommandTests {
    private static let ask = """
        flux.config { first_look = 0, model = "flux-1.1-pro" }
        local function ask(prompt, seed)
          return flux.generate { prompt = prompt, seed = seed, name = "no. " .. seed, width = 256, height = 256 }
        end
        print(flux.save(ask("a red fox", 1), "fox.{ext}"))
        print(flux.await(ask("a broken mug", 2)))
        """

    /// A program that has asked for two pictures, of which one failed.
    private func withHistory(_ body: (Program, ServedService) async throws -> Void) async throws {
        try await ServedService.run(["--job-time=0", "--fault", "fail:prompt=broken,reason=out of paint"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let result = try await program.run(["-e", Self.ask])
            #expect(result.summary == "2 jobs: 1 made, 0 reused, 1 failed; 10 credits", "\(result.error)")
            try await body(program, service)
        }
    }

    private func lines(_ result: Program.Result) -> [[String]] {
        result.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: [["jobs"], ["show", "1"], ["resume"], ["cache"]])
    func beforeAnythingWasAskedForEachCommandSaysSo(_ arguments: [String]) async throws {
        var program = try Program()
        defer { program.remove() }
        program.environment["APIFRAME_API_KEY"] = "afk_of_the_tests"
        let result = try await program.run(arguments)
        #expect(result.error.hasPrefix("fluxlua: nothing requested yet: there is no ledger "), "\(result.error)")
        #expect(result.output.isEmpty && result.status == 0)
        #expect(!FileManager.default.fileExists(atPath: program.data.path), "looking makes no ledger")
    }

    @Test func ledgerThatIsNamedAndNotThereIsAnError() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(["jobs", "--ledger", "nowhere.sqlite"])
        #expect(result.error.contains("nowhere.sqlite") && result.output.isEmpty && result.status == 1)
    }

    @Test func fileThatIsNoLedgerIsNamedAndLeftAlone() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("no ledger, but a text that is long enough to be looked at\n", to: "notes.txt")
        let result = try await program.run(["jobs", "--ledger", "notes.txt"])
        #expect(result.error.contains("notes.txt") && result.error.contains("is not a ledger"), "\(result.error)")
        #expect(result.status == 1)
        #expect(try program.bytes("notes.txt").count == 58)
    }

    @Test func jobsListsNewestFirstWithoutDecorationForOtherPrograms() async throws {
        try await withHistory { program, _ in
            let result = try await program.run(["jobs"])
            let rows = lines(result)
            #expect(result.error.isEmpty && result.status == 0, "\(result.error)")
            #expect(rows.map { $0[0] } == ["2", "1"])
            #expect(rows.map { $0[2] } == ["FAILED", "COMPLETED"])
            #expect(rows.map { $0[3] } == ["0", "10"])
            #expect(rows.map { $0[7] } == ["no. 2: a broken mug", "no. 1: a red fox"])
            // Also where the script saw the failure and went on.
            #expect(rows.map { $0[8] } == ["the job failed: out of paint", ""] && rows.allSatisfy { $0.count == 9 })
            #expect(rows[0][6].count == 36, "ids are whole")
        }
    }

    @Test func jobsAreFilteredByStatusModelAgeAndNumber() async throws {
        try await withHistory { program, _ in
            func ids(_ arguments: String...) async throws -> [String] {
                lines(try await program.run(["jobs"] + arguments)).map { $0[0] }
            }
            #expect(try await ids("--status", "failed") == ["2"])
            #expect(try await ids("--status=COMPLETED") == ["1"])
            #expect(try await ids("--status", "open") == [])
            #expect(try await ids("--model", "flux-2-pro") == [])
            #expect(try await ids("--since", "1h") == ["2", "1"])
            #expect(try await ids("--since", "2020-01-01", "--limit", "1") == ["2"])
            let wrong = try await program.run(["jobs", "--status", "compelted"])
            #expect(wrong.error.contains("(did you mean 'completed'?)") && wrong.status == 2, "\(wrong.error)")
            let never = try await program.run(["jobs", "--since", "soon"])
            #expect(never.error.contains("'--since' must be") && never.status == 2, "\(never.error)")
        }
    }

    @Test func jsonIsOneObjectALine() async throws {
        try await withHistory { program, _ in
            let result = try await program.run(["jobs", "--json"])
            let objects = try result.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(objects.map { $0["prompt"]?.stringValue } == ["a broken mug", "a red fox"])
            #expect(objects.map { $0["status"]?.stringValue } == ["FAILED", "COMPLETED"])
            #expect(objects.last?["pictures"]?.arrayValue?.count == 1)
            #expect(objects.last?["saved"]?.arrayValue?.first?["path"]?.stringValue?.hasSuffix("/fox.jpg") == true)
            #expect(objects.first?["error"]?.stringValue?.contains("out of paint") == true)
        }
    }

    @Test func showTellsAllOfOneJobByNumberOrId() async throws {
        try await withHistory { program, _ in
            let byNumber = try await program.run(["show", "1"])
            #expect(byNumber.status == 0 && byNumber.error.isEmpty, "\(byNumber.error)")
            for part in ["a red fox", "flux-1.1-pro", "its pictures are here", "10 credits", "/fox.jpg", "256×256"] {
                #expect(byNumber.output.contains(part), "\(part) in \(byNumber.output)")
            }
            let id = lines(try await program.run(["jobs"]))[1][6]
            #expect(try await program.run(["show", id]).output == byNumber.output)
            #expect(try await program.run(["show", String(id.prefix(10))]).output == byNumber.output)
            let json = try JSONValue(parsing: Array(try await program.run(["show", "1", "--json"]).output.utf8))
            #expect(json["job"]?.stringValue == id)
            // No id begins so.
            let none = try await program.run(["show", "xyz"])
            #expect(none.error == "fluxlua: no job 'xyz': 'fluxlua jobs' lists all jobs\n")
            #expect(none.status == 1)
        }
    }

    @Test func readerThatIsGoneEndsAListQuietly() async throws {
        try await withHistory { program, _ in
            let running = try program.start(["jobs"])
            try running.closeOutput()
            let result = try await running.result()
            #expect(result.error.isEmpty && [0, 128 + SIGPIPE].contains(result.status), "\(result.error)")
        }
    }

    @Test func keyIsNowhereInTheLedger() async throws {
        try await withHistory { program, _ in
            let folder = program.data.appendingPathComponent("fluxlua")
            let place = folder.appendingPathComponent("ledger.sqlite").path
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasPrefix("ledger")
            {
                let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(file)))
                #expect(!String(decoding: bytes, as: UTF8.self).contains(ServedService.key), "\(file)")
            }
            let mode = try FileManager.default.attributesOfItem(atPath: place)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    // MARK: cache

    @Test func cacheTellsListsAndClearsWhatIsKept() async throws {
        try await withHistory { program, service in
            let summary = try await program.run(["cache"])
            #expect(summary.output.hasPrefix("1 picture, ") && summary.status == 0, "\(summary.error)")
            let rows = lines(try await program.run(["cache", "list"]))
            #expect(rows.count == 1 && rows[0][2].hasSuffix(".jpg"))
            #expect(lines(try await program.run(["cache", "--max", "1GB"])) == [["removed 0 pictures, 0 B"]])
            #expect(try await program.run(["cache", "clear"]).output.hasPrefix("removed 1 picture, "))
            #expect(!FileManager.default.fileExists(atPath: rows[0][2]))
            #expect(try await program.run(["cache", "list"]).error == "fluxlua: no picture is kept\n")
        }
    }

    @Test func keptPicturesStayUnderTheirLimitByThemselves() async throws {
        try await withHistory { program, _ in
            let old = lines(try await program.run(["cache", "list"]))[0][2]
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceReferenceDate: 0)], ofItemAtPath: old)
            var program = program
            program.environment["FLUX_CACHE_MAX"] = "1GB"
            let source = "flux.await(flux.generate { prompt = 'another', resolution = '0.5MP', seed = 3 })"
            #expect(try await program.run(["-e", source]).status == 0)
            #expect(FileManager.default.fileExists(atPath: old))
            program.environment["FLUX_CACHE_MAX"] = "1KB"
            #expect(try await program.run(["-e", source]).status == 0)
            let left = lines(try await program.run(["cache", "list"])).map { $0[2] }
            #expect(left.count == 1 && left != [old])
        }
    }

    @Test func limitThatIsNoSizeIsRefusedBeforeAnythingIsAskedFor() async throws {
        try await ServedService.run { service in
            var program = try service.client()
            defer { program.remove() }
            program.environment["FLUX_CACHE_MAX"] = "much"
            let wrong = try await program.run(["-e", "flux.generate 'x'"])
            #expect(wrong.error.contains("FLUX_CACHE_MAX must be a size such as 500MB"), "\(wrong.error)")
            #expect(try await service.requests().isEmpty)
        }
    }

    // MARK: forget and doctor

    @Test func jobsThatNeverReachedAServiceAreForgotten() async throws {
        let port = try ReservedPort()
        var program = try Program()
        defer { program.remove() }
        program.environment["APIFRAME_API_KEY"] = ServedService.key
        program.environment["FLUX_BASE_URL"] = "http://127.0.0.1:\(port.number)/apiframe"
        let ask = "for n = 1, 2 do flux.await(flux.generate { prompt = 'a mug', seed = n }) end"
        _ = try await program.run(["-e", "flux.config { retries = 0 }" + ask])
        #expect(lines(try await program.run(["jobs", "--status", "open"])).map { $0[0] } == ["2", "1"])
        #expect(try await program.run(["show", "1"]).output.contains("127.0.0.1:\(port.number)/apiframe"))
        let forgotten = try await program.run(["forget", "1", "9", "2"])
        #expect(forgotten.output == "1\tforgotten\tflux-2-pro\ta mug\n2\tforgotten\tflux-2-pro\ta mug\n")
        #expect(forgotten.error.hasPrefix("fluxlua: no job '9'\n") && forgotten.status == 1, "\(forgotten.error)")
        #expect(try await program.run(["jobs", "--status", "open"]).output.isEmpty)
        #expect(try await program.run(["resume"]).error == "fluxlua: no job is open\n")
        #expect(try await program.run(["doctor", "--ledger"]).status == 0)
    }

    @Test func doctorSaysWhetherLedgerAndPicturesAgree() async throws {
        try await withHistory { program, _ in
            let well = try await program.run(["doctor", "--ledger"])
            #expect(well.output.hasPrefix("all is well: 2 jobs and 1 picture in ") && well.status == 0, "\(well.error)")
            let path = lines(try await program.run(["cache", "list"]))[0][2]
            try Data("no picture".utf8).write(to: URL(fileURLWithPath: path))
            let ill = try await program.run(["doctor", "--ledger"])
            #expect(ill.output.hasPrefix("wrong: pictures that have changed since they were fetched (1):\n  \(path)\n"))
            #expect(ill.output.contains("something is wrong: 2 jobs") && ill.status == 1, "\(ill.output)")
            let told = try await program.run(["doctor", "--ledger", "--json"])
            let objects = try told.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
            #expect(objects.first?["places"] == [.string(path)] && objects.last?["well"] == false && told.status == 1)
        }
    }

    // MARK: resume

    @Test func resumeFinishesWithoutTheScriptWhatItHadAskedFor() async throws {
        // Long enough that the script is killed before its jobs end, also on a busy machine.
        try await ServedService.run(["--job-time", "3", "--fault", "drop-answer:every=3"]) { service in
            let program = try service.client()
            defer { program.remove() }
            let script = """
                -- Until there is a file `go`, no job is looked at.
                flux.config { first_look = io.open("go") and 0.05 or 1000, model = "flux-1.1-pro" }
                local jobs = {}
                for n = 1, 6 do jobs[n] = flux.generate { prompt = "x", seed = n, width = 256, height = 256 } end
                for _, job in ipairs(jobs) do while not job.id do flux.sleep(0.001) end end
                print "accepted"
                io.flush()
                flux.save(flux.await(jobs), "out/{seed}.{ext}")
                """
            try program.write(script, to: "six.lua")
            let killed = try program.start(["six.lua"])
            _ = await killed.line()
            killed.signal(SIGKILL)
            _ = try await killed.result()

            var other = program
            other.environment["APIFRAME_API_KEY"] = "afk_of_somebody_else"
            let notTheirs = try await other.run(["resume"])
            #expect(notTheirs.error.contains("from other keys or services: to finish them, set APIFRAME_API_KEY"))
            #expect(notTheirs.output.isEmpty && notTheirs.status == 3)
            #expect(!notTheirs.error.contains("no job is open"))

            let resumed = try await program.run(["resume"])
            #expect(resumed.status == 0, "\(resumed.error)")
            // Those whose answer was lost may have ended before they were asked for again: these were not left open.
            let rows = lines(resumed)
            #expect((4...6).contains(rows.count) && rows.allSatisfy { $0[1] == "fetched" }, "\(resumed.output)")
            #expect(program.files(below: "out").isEmpty, "saving is the script's")
            #expect(try await program.run(["jobs", "--status", "open"]).output.isEmpty)
            let nothing = try await program.run(["resume"])
            #expect(nothing.error == "fluxlua: no job is open\n" && nothing.status == 0, "\(nothing.error)")

            try program.write("", to: "go")
            let again = try await program.run(["six.lua"])
            #expect(again.summary?.hasPrefix("6 jobs: 0 made, 6 reused, 0 failed") == true, "\(again.error)")
            #expect(program.files(below: "out").count == 6)
            let log = try await Web.get(service.baseURL + "/_sim/log").json
            #expect(log["jobs"]?["made"]?.integerValue == 6)
        }
    }

    @Test func resumeWithoutAKeySaysWhatItNeeds() async throws {
        try await withHistory { program, _ in
            var keyless = program
            keyless.environment["APIFRAME_API_KEY"] = nil
            keyless.environment["FLUX_BASE_URL"] = nil
            let result = try await keyless.run(["resume"])
            #expect(result.error.contains("no APIFRAME_API_KEY") && result.status == 0, "\(result.error)")
        }
    }
}
