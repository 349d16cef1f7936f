import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator

/// What holds for every answer, and the corners of HTTP that clients of all kinds lean on.
@Suite struct ConformityTests {
    @Test func everyErrorIsJSONAndHasAnId() throws {
        let bench = try Bench(SimulatorConfiguration(credits: 0))
        let id = "b2c3d4e5-0000-4000-8000-000000000000"
        let fox = Bench.fox.encoded()
        let cases: [(method: String, path: String, extra: String, body: [UInt8], status: Int)] = [
            ("GET", "/nowhere", "", [], 404), ("GET", "/v2/jobs/\(id)", "", [], 404),
            ("GET", "/cdn/\(id)-1.jpg", "", [], 404),
            ("DELETE", "/v2/jobs/\(id)", "", [], 405), ("PUT", "/v2/me", "", [], 405), ("TRACE", "/v2/me", "", [], 405),
            ("GET", "/v2/jobs/nonsense", "", [], 400), ("GET", "/v2/jobs?limit=0", "", [], 400),
            ("GET", "/v2/jobs?limit=101", "", [], 400), ("GET", "/v2/jobs?limit=abc", "", [], 400),
            ("GET", "/v2/jobs?status=DONE", "", [], 400), ("GET", "/v2/jobs?cursor=\(id)", "", [], 400),
            ("POST", "/v2/images/generate", "", Array("{".utf8), 400), ("POST", "/v2/images/generate", "", [], 400),
            ("POST", "/v2/images/edit", "", fox, 400), ("POST", "/v2/images/generate", "", fox, 402),
            ("POST", "/v2/images/generate", "Content-Type: text/plain\r\n", fox, 400),
            ("POST", "/v2/uploads", "", fox, 400),
            ("POST", "/v2/images/generate", "", [UInt8](repeating: 0x20, count: 1 << 20 + 1), 413),
            ("POST", "/v2/images/generate", "Transfer-Encoding: gzip\r\n", [], 501),
        ]
        for (method, path, extra, body, status) in cases {
            let wire = try Wire(port: bench.port)
            wire.ask(method, path, extra, body: body)
            let answer = try #require(wire.read(), "\(method) \(path)")
            #expect(answer.status == status, "\(method) \(path)")
            #expect(answer["Content-Type"] == "application/json; charset=utf-8")
            #expect(answer["X-Request-Id"]?.hasPrefix("req_") == true && answer["Date"] != nil)
            let json = try JSONValue(parsing: answer.body)
            #expect(json["error"]?.stringValue?.isEmpty == false)
            for (_, messages) in json["details"]?.objectValue ?? [:] {
                #expect(messages.arrayValue?.allSatisfy { $0.stringValue != nil } == true)
            }
        }
    }

    @Test(arguments: ["application/json", "Application/JSON; charset=UTF-8", "application/vnd.api+json"])
    func bodiesThatSayTheyAreJSONAreTaken(type: String) async throws {
        let bench = try Bench()
        let headers = Bench.usualHeaders.filter { $0.name != "Content-Type" } + [(name: "Content-Type", value: type)]
        #expect(try await bench.post("/v2/images/generate", Bench.fox, headers: headers).status == 202)
    }

    @Test func bodiesThatSayNothingAreTakenForJSON() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("POST", "/v2/images/generate", body: Bench.fox.encoded())
        #expect(wire.read()?.status == 202)
    }

    @Test func optionsTellTheMethods() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("OPTIONS", "/v2/images/generate")
        let answer = try #require(wire.read())
        #expect(answer.status == 204 && answer["Allow"] == "OPTIONS, POST")
        wire.ask("OPTIONS", "/nowhere")
        #expect(wire.read()?.status == 404)
    }

    @Test func headsAreThoseOfGet() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        for path in ["/v2/me", "/v2/jobs", "/v2/models", "/_sim/log"] {
            wire.ask("HEAD", path)
            let head = try #require(wire.read(toHead: true))
            #expect(head.status == 200 && head["Content-Type"] == "application/json; charset=utf-8")
        }
        wire.ask("GET", "/v2/me")
        #expect(wire.read()?.status == 200, "no body came in between")
    }

    @Test func pathsMayBeWholeURLs() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "http://api.example/v2/me")
        #expect(wire.read()?.status == 200)
        wire.ask("GET", "http://api.example")
        #expect(wire.read()?.status == 404)
    }

    @Test func nothingEndsAtAZeroByte() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me%00")
        #expect(wire.read()?.status == 404)
        wire.ask("GET", "/v2/jobs?status=COMPLETED%00")
        #expect(wire.read()?.status == 400)
        wire.ask("GET", "/v2/%6De")
        #expect(wire.read()?.status == 200)
    }

    @Test func pagesStayAsTheyAreWhileJobsAreAdded() async throws {
        let bench = try Bench()
        var made: [String] = []
        for _ in 0..<7 { made.append(try await bench.accepted()) }
        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try await bench.get("/v2/jobs?limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")).json
            seen += (page["jobs"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
            cursor = page["nextCursor"]?.stringValue
            #expect(page["hasMore"]?.boolValue == (cursor != nil))
            _ = try await bench.accepted()
        } while cursor != nil
        #expect(seen == made.reversed())
    }

    // MARK: Who may reach it

    @Test(arguments: ["0.0.0.0", "::"])
    func otherMachinesNeedAKey(host: String) throws {
        let open = Simulator(SimulatorConfiguration(host: host))
        #expect(throws: SimulatorError.keyRequired(host: host)) { try open.start() }
        #expect("\(SimulatorError.keyRequired(host: host))".contains("needs a key"))
        let guarded = Simulator(SimulatorConfiguration(host: host, apiKey: Bench.key))
        defer { guarded.stop() }
        let wire = try Wire(port: try guarded.start())
        wire.ask("GET", "/v2/me")
        #expect(wire.read()?.status == 200)
    }

    @Test(arguments: ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    func thisMachineNeedsNone(host: String) throws {
        let simulator = Simulator(SimulatorConfiguration(host: host))
        try simulator.start()
        simulator.stop()
    }
}
