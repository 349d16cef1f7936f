import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator
@testable import HTTPServer

/// Rules that a request brings along, and rules that are set while the service runs.
@Suite struct CarriedFaultTests {
    private static func fox(_ prefix: String) -> JSONValue {
        [
            "model": "flux-2-pro", "prompt": .string("\(prefix) a fox"),
            "fluxParams": ["seed": 7, "width": 256, "height": 256],
        ]
    }

    private static func headers(_ rules: String...) -> [(name: String, value: String)] {
        Bench.usualHeaders + rules.map { (name: "X-Sim-Fault", value: $0) }
    }

    @Test func headerChoosesTheFaultOfItsRequestAlone() async throws {
        let bench = try Bench()
        #expect(try await bench.get("/v2/me", headers: Self.headers("503")).status == 503)
        #expect(try await bench.get("/v2/me").status == 200)
        #expect(try await bench.get("/v2/models", headers: Self.headers("402")).status == 402)
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/jobs", "X-Sim-Fault: drop-answer:how=fin\r\n")
        #expect(wire.readToEnd().bytes.isEmpty)
    }

    @Test func severalHeadersAreSeveralFaults() async throws {
        let bench = try Bench()
        let reply = try await bench.post(
            "/v2/images/generate", Bench.fox, headers: Self.headers("fail:reason=no", "result:shape=url"))
        let id = try #require(reply.json["jobId"]?.stringValue)
        bench.finishJobs()
        #expect(try await bench.get("/v2/jobs/\(id)").json["error"] == "no")
    }

    @Test func promptChoosesTheFaultOfItsSubmit() async throws {
        let bench = try Bench()
        let body = Self.fox("[sim 503:times=1]")
        #expect(try await bench.generate(body).status == 503)
        #expect(try await bench.generate(body).status == 202)
        #expect(try await bench.generate(Self.fox("[sim 429:retry-after=2]")).response.headers["Retry-After"] == "2")
        #expect(try await bench.generate().status == 202)
        #expect(bench.simulator.summary().faults == ["503": 1, "429": 1])
    }

    @Test func eachIdempotencyKeyCountsForItself() async throws {
        let bench = try Bench()
        let body = Self.fox("[sim drop-answer:times=1]")
        await #expect(throws: FluxError.self) { try await bench.generate(body, idempotencyKey: "a") }
        await #expect(throws: FluxError.self) { try await bench.generate(body, idempotencyKey: "b") }
        #expect(try await bench.generate(body, idempotencyKey: "a").status == 202)
        #expect(try await bench.generate(body, idempotencyKey: "b").status == 202)
        #expect(bench.simulator.summary().jobs == 2)
    }

    @Test func promptChoosesWhatBecomesOfItsJob() async throws {
        let bench = try Bench()
        let id = try await bench.accepted(Self.fox("[sim fail:reason=out of paint] [sim webhook-lost]"))
        let other = try await bench.accepted()
        bench.finishJobs()
        #expect(try await bench.get("/v2/jobs/\(id)").json["error"] == "out of paint")
        #expect(try await bench.client.job(other).status == .completed)
        // What was asked is told as it was asked.
        let prompt = try await bench.get("/v2/jobs/\(id)").json["input"]?["prompt"]
        #expect(prompt == "[sim fail:reason=out of paint] [sim webhook-lost] a fox")
    }

    @Test func promptChoosesWhatBecomesOfLaterCallsForItsJob() async throws {
        let bench = try Bench()
        let id = try await bench.accepted(
            Self.fox("[sim 500:call=job,times=1] [sim 404:call=picture,times=2] [sim wrong:how=html,times=1]"))
        bench.finishJobs()
        #expect(try await bench.get("/v2/jobs/\(id)").status == 500)
        #expect(try await bench.get("/v2/jobs/\(id)").status == 200)
        var types: [String?] = []
        for _ in 0..<4 {
            types.append(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").headers["Content-Type"])
        }
        let (json, html) = ("application/json; charset=utf-8", "text/html; charset=utf-8")
        // What is refused is not served wrong.
        #expect(types == [json, json, html, "image/jpeg"])
    }

    @Test func promptOfAnEditMayBeInside() async throws {
        let bench = try Bench()
        let body: JSONValue = [
            "model": "flux-fill-pro",
            "fluxFillParams": ["prompt": "[sim 503] x", "image": "https://a.invalid/a.png", "mode": "outpaint"],
        ]
        #expect(try await bench.post("/v2/images/edit", body).status == 503)
    }

    @Test func otherBracketsAreOrdinaryPrompts() async throws {
        let bench = try Bench()
        for prompt in ["[503] x", "[simple] x", "a [sim 503]", " [sim 503]", "[sim", "[sim]"] {
            let body: JSONValue = ["model": "flux-2-pro", "prompt": .string(prompt)]
            #expect(try await bench.generate(body).status == 202, "\(prompt)")
        }
    }

    @Test(arguments: ["[sim fial]", "[sim 503", "[sim ]", "[sim clock:seconds=3]", "[sim 503] [sim x]"])
    func slipsInPromptsAreToldAndMakeNoJob(prefix: String) async throws {
        let bench = try Bench()
        let reply = try await bench.generate(Self.fox(prefix))
        #expect(reply.status == 400)
        #expect(reply.json["details"]?["prompt"]?.arrayValue?.count == 1)
        #expect(bench.simulator.summary().jobs == 0)
    }

    @Test(arguments: ["fial", "", "clock:seconds=3"])
    func slipsInHeadersAreTold(rule: String) async throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me", "x-sim-fault: \(rule)\r\n")
        let answer = try #require(wire.read())
        #expect(answer.status == 400 && answer.text.contains("X-Sim-Fault"))
    }

    // MARK: While the service runs

    @Test func rulesAreSetWhileTheServiceRuns() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "500")]))
        #expect(try await bench.get("/v2/me").status == 500)
        #expect(try await bench.get("/_sim/faults").json == ["faults": [["rule": "500", "struck": 1]]])
        #expect(try put(bench, #"{"faults": ["503:times=1", "fail"]}"#).status == 200)
        #expect(try await bench.get("/v2/me").status == 503)
        #expect(try await bench.get("/v2/me").status == 200)
        #expect(
            try await bench.get("/_sim/faults").json
                == ["faults": [["rule": "503:times=1", "struck": 1], ["rule": "fail", "struck": 0]]])
    }

    @Test(arguments: ["", "[]", "{}", #"{"faults": "503"}"#, #"{"faults": ["oops"]}"#, #"{"faults": [503]}"#])
    func wrongRulesChangeNothing(body: String) async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "500")]))
        #expect(try put(bench, body).status == 400)
        #expect(try await bench.get("/v2/me").status == 500)
    }

    @Test func logCountsFromItsResetOn() async throws {
        let bench = try Bench()
        _ = try await bench.accepted()
        let wire = try Wire(port: bench.port)
        wire.ask("DELETE", "/_sim/log")
        #expect(wire.read()?.status == 204)
        _ = try await bench.accepted()
        let log = try await bench.get("/_sim/log").json
        #expect(log["requests"] == ["POST /v2/images/generate": 1, "GET /_sim/log": 1])
        #expect(log["jobs"]?["made"] == 1 && log["credits"]?["left"] == .integer(100_000 - 20))
        // The summary of the whole run forgets nothing.
        #expect(bench.simulator.summary().jobs == 2)
    }

    @Test func whoHasAKeyMustShowItToChangeSomething() async throws {
        let bench = try Bench(SimulatorConfiguration(apiKey: "afk_right"))
        #expect(try put(bench, #"{"faults": []}"#).status == 401)
        #expect(try await bench.get("/_sim/log", headers: []).status == 200)
    }

    @Test func ownCallsAreListed() async throws {
        let bench = try Bench(SimulatorConfiguration(faults: [try Fault(parsing: "500")]))
        let index = try await bench.get("/_sim", headers: [])
        #expect(index.status == 200, "no fault strikes it")
        for name in try #require(index.json["calls"]?.objectValue).keys {
            let words = name.split(separator: " ").map(String.init)
            #expect(Route.methods(of: words[1])[words[0]]?.call.name == name)
        }
    }

    private func put(_ bench: Bench, _ body: String) throws -> Wire.Answer {
        let wire = try Wire(port: bench.port)
        wire.ask("PUT", "/_sim/faults", body: Array(body.utf8))
        return try #require(wire.read())
    }
}
