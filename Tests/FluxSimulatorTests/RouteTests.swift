import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator

@Suite struct RouteTests {
    private static let agent = (name: "User-Agent", value: "tests/1")

    @Test(arguments: [nil, "", "wrong", "afk_", "AFK_test"])
    func callsWithoutAKeyOfTheRightFormAre401(key: String?) async throws {
        let bench = try Bench()
        let headers = key.map { [Self.agent, (name: "X-API-Key", value: $0)] } ?? [Self.agent]
        for path in ["/v2/jobs", "/v2/me", "/v2/jobs/b2c3d4e5-0000-4000-8000-000000000000"] {
            let reply = try await bench.get(path, headers: headers)
            #expect(reply.status == 401 && reply.keys == ["error"])
        }
        for path in ["/v2/images/generate", "/v2/images/edit", "/v2/uploads"] {
            #expect(try await bench.post(path, Bench.fox, headers: headers).status == 401)
        }
        #expect(try await bench.get("/v2/models", headers: headers).status == 200)
    }

    @Test func onlyTheConfiguredKeyIsAccepted() async throws {
        let bench = try Bench(SimulatorConfiguration(apiKey: "afk_right"))
        func status(_ key: String) async throws -> Int {
            try await bench.get("/v2/me", headers: [Self.agent, (name: "X-API-Key", value: key)]).status
        }
        #expect(try await status("afk_right") == 200)
        #expect(try await status("afk_wrong") == 401)
        #expect(try await status("afk_right_and_more") == 401)
        #expect(try await status("afk_r") == 401)
    }

    @Test func clientsWithoutAUserAgentAreRefusedAsByACDN() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write("GET /v2/me HTTP/1.1\r\nHost: a\r\nX-API-Key: \(Bench.key)\r\n\r\n")
        let answer = try #require(wire.read())
        #expect(answer.status == 403)
        #expect(answer["Content-Type"] == "text/html; charset=utf-8")
    }

    @Test func accountHasTheShapeOfTheInterfaceDescription() async throws {
        let bench = try Bench(SimulatorConfiguration(credits: 1234))
        let reply = try await bench.get("/v2/me")
        #expect(reply.status == 200)
        #expect(reply.keys == ["user", "team", "apiKey"])
        #expect(reply.json["team"]?["credits"] == 1234)
        #expect(reply.json["team"]?["plan"]?.stringValue != nil)
        #expect(reply.json["apiKey"]?["prefix"] == "afk_test")
        #expect(reply.json["user"]?["email"]?.stringValue != nil)
        let account = try await bench.client.account()
        #expect(account.credits == 1234 && account.keyPrefix == "afk_test")
    }

    @Test func modelsAreThoseOfTheCatalogueWithTheirCosts() async throws {
        let bench = try Bench()
        let reply = try await bench.get("/v2/models?modality=image", headers: [Self.agent])
        #expect(reply.status == 200)
        let entries = try #require(reply.json["models"]?.arrayValue)
        #expect(entries.map { $0["id"]?.stringValue } == Catalogue.flux.models.map(\.id))
        #expect(entries.allSatisfy { $0["modality"] == "image" && $0["label"]?.stringValue != nil })
        let fill = try #require(entries.first { $0["id"] == "flux-fill-pro" })
        #expect(fill["credits"] == 9 && fill["parametersKey"] == "fluxFillParams")
        #expect(try await bench.client.models().count == entries.count)
        #expect(try await bench.get("/v2/models?modality=video").json == ["models": []])
        #expect(try await bench.get("/v2/models?modality=smell").status == 400)
    }

    @Test(arguments: ["/", "/v2", "/v2/", "/v2/images", "/v2/images/paint", "/v2/jobs/", "/v2/jobs/a/b", "/cdn", "//"])
    func unknownPathsAre404(path: String) async throws {
        let bench = try Bench()
        let reply = try await bench.get(path)
        // An empty id is an id that is no UUID.
        #expect(reply.status == (path == "/v2/jobs/" ? 400 : 404))
        #expect(reply.json["error"]?.stringValue != nil)
        #expect(reply.response.headers["X-Request-Id"] != nil)
    }

    @Test func wrongMethodsAre405AndTellTheRightOnes() async throws {
        let bench = try Bench()
        let get = try await bench.get("/v2/images/generate")
        #expect(get.status == 405 && get.response.headers["Allow"] == "OPTIONS, POST" && get.keys == ["error"])
        let post = try await bench.post("/v2/jobs", Bench.fox)
        #expect(post.status == 405 && post.response.headers["Allow"] == "GET, HEAD, OPTIONS")

        let wire = try Wire(port: bench.port)
        wire.write("DELETE /v2/jobs/b2c3d4e5-0000-4000-8000-000000000000 HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\n\r\n")
        #expect(wire.read()?.status == 405)
    }

    @Test func eachAnswerHasAnIdOfItsOwn() async throws {
        let bench = try Bench()
        var ids: Set<String?> = []
        for path in ["/v2/me", "/v2/me", "/nowhere", "/v2/jobs?limit=0"] {
            ids.insert(try await bench.get(path).response.headers["X-Request-Id"])
        }
        #expect(ids.count == 4 && !ids.contains(nil))
    }

    @Test func logCountsCallsJobsAndCredits() async throws {
        let bench = try Bench(SimulatorConfiguration(credits: 100, faults: [Fault(.failJob(reason: "no"), times: 1)]))
        _ = try await bench.accepted()
        _ = try await bench.generate(idempotencyKey: "k")
        _ = try await bench.generate(idempotencyKey: "k")
        _ = try await bench.generate(["model": "x"])
        bench.finishJobs()
        _ = try await bench.client.jobs()
        _ = try await bench.get("/nowhere")
        let log = try await bench.get("/_sim/log", headers: [])
        #expect(log.status == 200)
        #expect(
            log.json["requests"] == [
                "POST /v2/images/generate": 4, "GET /v2/jobs": 1, "GET /_sim/log": 1, "other": 1,
            ])
        #expect(log.json["answers"] == ["202": 3, "400": 1, "200": 1, "404": 1])
        #expect(log.json["jobs"] == ["made": 2, "replayed": 1, "completed": 1, "failed": 1])
        #expect(log.json["credits"] == ["billed": 10, "left": 90])
        #expect(log.json["faults"] == ["fail": 1])
        #expect(bench.simulator.summary().requests["GET /v2/jobs"] == 1)
    }
}
