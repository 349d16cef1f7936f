import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator

/// Each fault as a client meets it, on a connection of its own.
@Suite struct FaultWireTests {
    private func bench(_ rules: String...) throws -> Bench {
        try Bench(SimulatorConfiguration(seed: 1, faults: try rules.map { try Fault(parsing: $0) }))
    }

    /// A connection on which a submit was sent.
    private func submitting(_ bench: Bench, _ extra: String = "") throws -> Wire {
        let wire = try Wire(port: bench.port)
        wire.ask("POST", "/v2/images/generate", extra, body: Bench.fox.encoded())
        return wire
    }

    /// What a client gets for a picture of a job that is done.
    private func picture(_ bench: Bench, _ body: JSONValue = Bench.fox) async throws -> HTTPResponse {
        let id = try await bench.accepted(body)
        bench.finishJobs()
        return try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg")
    }

    // MARK: Other answers

    @Test func requestsAreRefusedWithRetryAfterInSeconds() async throws {
        let bench = try bench("429:call=submit,every=2,retry-after=3")
        #expect(try await bench.generate().status == 202)
        let refused = try await bench.generate()
        #expect(refused.status == 429 && refused.keys == ["error"])
        #expect(refused.response.headers["Retry-After"] == "3")
        #expect(refused.response.headers["X-Request-Id"] != nil)
        #expect(bench.simulator.summary().jobs == 1)
        #expect(bench.simulator.summary().faults == ["429": 1])
    }

    @Test func retryAfterMayBeADate() async throws {
        let bench = try bench("503:retry-after-date=90")
        bench.clock.advance(by: .seconds(5))
        let refused = try await bench.get("/v2/me")
        #expect(refused.status == 503)
        #expect(refused.response.headers["Retry-After"] == "Sun, 15 Mar 2026 10:01:35 GMT")
    }

    @Test func troubleEndsAfterItsTimes() async throws {
        let bench = try bench("502:times=2")
        var statuses: [Int] = []
        for _ in 0..<3 { statuses.append(try await bench.get("/v2/me").status) }
        #expect(statuses == [502, 502, 200])
    }

    @Test func proxiesSpeakHTML() async throws {
        let bench = try bench("502:body=html,call=account", "200:body=html,call=job")
        let reply = try await bench.get("/v2/me")
        #expect(reply.status == 502 && reply.response.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(String(decoding: reply.response.body, as: UTF8.self).hasPrefix("<html><head><title>502 Bad Gateway"))
        let well = try await bench.get("/v2/jobs/b2c3d4e5-0000-4000-8000-000000000000")
        #expect(well.status == 200 && well.response.headers["Content-Type"]?.hasPrefix("text/html") == true)
    }

    @Test func bodiesMayBeEmpty() throws {
        let bench = try bench("500:body=empty,call=account", "200:body=empty,call=jobs")
        let wire = try Wire(port: bench.port)
        for (path, status) in [("/v2/me", 500), ("/v2/jobs", 200)] {
            wire.ask("GET", path)
            let answer = try #require(wire.read())
            #expect(answer.status == status && answer.body.isEmpty && answer["Content-Length"] == "0")
        }
    }

    // MARK: Connections

    @Test(arguments: [("drop", false), ("drop:how=rst", true)])
    func connectionsEndBeforeAJobIsMade(rule: String, resets: Bool) throws {
        let bench = try bench(rule)
        let end = try submitting(bench).readToEnd()
        #expect(end.bytes.isEmpty && end.wasReset == resets)
        #expect(bench.simulator.summary().jobs == 0)
        #expect(bench.simulator.summary().answers == [0: 1])
    }

    @Test(arguments: [("drop-answer:how=fin", false), ("drop-answer:how=rst", true)])
    func answersAreLostAfterTheJobIsMade(rule: String, resets: Bool) throws {
        let bench = try bench(rule)
        let end = try submitting(bench).readToEnd()
        #expect(end.bytes.isEmpty && end.wasReset == resets)
        #expect(bench.simulator.summary().jobs == 1)
        #expect(bench.simulator.summary().creditsBilled == 10)
    }

    @Test func answersMayBreakOffAfterTheirHead() throws {
        let bench = try bench("drop-answer")
        let wire = try submitting(bench)
        let head = try #require(wire.read(toHead: true))
        #expect(head.status == 202 && head["Content-Length"] == "66" && head["X-Request-Id"] != nil)
        let end = wire.readToEnd()
        #expect(end.bytes.isEmpty && !end.wasReset)
        #expect(bench.simulator.summary().jobs == 1)
    }

    @Test func keyFindsTheJobThatNobodyWasToldOf() async throws {
        let bench = try bench("drop-answer:every=2")
        #expect(try await bench.generate(idempotencyKey: "a").status == 202)
        await #expect(throws: FluxError.self) { try await bench.generate(idempotencyKey: "b") }
        let again = try await bench.generate(idempotencyKey: "b")
        #expect(again.status == 202)
        #expect(try await bench.client.jobs().jobs.first?.id == again.json["jobId"]?.stringValue)
        #expect(bench.simulator.summary().jobs == 2)
    }

    @Test func answersOfOtherCallsAreLostToo() throws {
        let bench = try bench("drop-answer:call=jobs,how=fin")
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me")
        #expect(wire.read()?.status == 200)
        wire.ask("GET", "/v2/jobs")
        #expect(wire.readToEnd().bytes.isEmpty)
    }

    @Test(arguments: [("cut:bytes=10", 10), ("cut", 177), ("cut:bytes=0", 0)])
    func bodiesAreCut(rule: String, count: Int) throws {
        let bench = try bench(rule)
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me")
        let head = try #require(wire.read(toHead: true))
        #expect(head.status == 200)
        let length = try #require(head["Content-Length"].flatMap { Int($0) })
        let end = wire.readToEnd()
        #expect(end.bytes.count == (rule == "cut" ? length / 2 : count) && end.bytes.count < length && !end.wasReset)
    }

    @Test func bytesComeSlowly() async throws {
        let bench = try bench("slow:speed=10")
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me")
        #expect(wire.read(toHead: true)?.status == 200)
        for _ in 0..<5 {
            await until { bench.clock.nextDeadline != nil }
            #expect(!wire.hasMore)
            bench.clock.advance(by: .milliseconds(100))
            await wire.arrival()
            #expect(wire.bytes(1).count == 1)
        }
        await until { bench.clock.nextDeadline != nil }
        bench.clock.advance(by: .seconds(1))
        await wire.arrival()
        #expect(wire.bytes(10).count == 10)
    }

    @Test func slowAnswersEndWithTheServer() async throws {
        let bench = try bench("slow:speed=1")
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me")
        await until { bench.clock.nextDeadline != nil }
        bench.simulator.stop()
        #expect(wire.read(toHead: true)?.status == 200)
        #expect(wire.readToEnd().bytes.isEmpty)
    }

    @Test func answersComeLater() async throws {
        let bench = try bench("delay:seconds=3")
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/v2/me")
        await until { bench.clock.nextDeadline == .seconds(3) }
        #expect(!wire.hasMore)
        bench.clock.advance(by: .seconds(3))
        await wire.arrival()
        #expect(wire.read()?.status == 200)
    }

    // MARK: Pictures

    @Test func picturesAreLate() async throws {
        let bench = try bench("late:seconds=3")
        let id = try await bench.accepted()
        func status() async throws -> Int {
            try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").status
        }
        bench.clock.advance(by: .milliseconds(500))
        #expect(try await bench.client.job(id).status == .completed)
        #expect(try await status() == 404)
        bench.clock.advance(by: .milliseconds(2999))
        #expect(try await status() == 404)
        bench.clock.advance(by: .milliseconds(1))
        #expect(try await status() == 200)
    }

    @Test(arguments: [404, 410])
    func picturesAreGone(status: Int) async throws {
        #expect(try await picture(try bench("\(status):call=picture")).status == status)
    }

    @Test func picturesAreOtherBytes() async throws {
        let right = try await picture(try bench())
        let other = try await picture(try bench("wrong"))
        #expect(other.status == 200 && other.body.count == right.body.count && other.body != right.body)
        #expect(other.headers["Content-Type"] == "image/jpeg")
    }

    @Test func picturesAreHalfAFile() async throws {
        let right = try await picture(try bench())
        let half = try await picture(try bench("wrong:how=truncated"))
        #expect(half.status == 200 && half.body == Array(right.body.prefix(right.body.count / 2)))
    }

    @Test func picturesAreAPage() async throws {
        let page = try await picture(try bench("wrong:how=html,times=1"))
        #expect(page.status == 200 && page.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(page.body.starts(with: Array("<html>".utf8)))
    }

    @Test func picturesBreakOffAndGoOnWhereTheyBroke() async throws {
        let bench = try bench("cut:call=picture,bytes=100,times=1")
        let id = try await bench.accepted()
        bench.finishJobs()
        let wire = try Wire(port: bench.port)
        wire.ask("GET", "/cdn/\(id)-1.jpg")
        await wire.arrival()
        let head = try #require(wire.read(toHead: true))
        let tag = try #require(head["ETag"])
        let start = wire.readToEnd().bytes
        #expect(start.count == 100)
        let second = try Wire(port: bench.port)
        second.ask("GET", "/cdn/\(id)-1.jpg", "Range: bytes=100-\r\nIf-Range: \(tag)\r\n")
        let rest = try #require(second.read())
        #expect(rest.status == 206)
        let whole = start.count + rest.body.count
        #expect(rest["Content-Range"] == "bytes 100-\(whole - 1)/\(whole)")
        second.ask("GET", "/cdn/\(id)-1.jpg")
        #expect(second.read()?.body == start + rest.body)
    }

    // MARK: Jobs

    @Test func everyNthJobFails() async throws {
        let bench = try bench("fail:every=3,reason=no")
        for _ in 0..<7 { _ = try await bench.accepted() }
        bench.finishJobs()
        let failed = try await bench.client.jobs().jobs.reversed().map { $0.status == .failed }
        #expect(failed == [false, false, true, false, false, true, false])
    }

    @Test func jobsFailByTheirPrompt() async throws {
        let bench = try bench("fail:prompt=broken")
        _ = try await bench.accepted()
        let id = try await bench.accepted(["model": "flux-2-pro", "prompt": "a broken fox"])
        #expect(try await bench.client.job(id).status == .queued)
        bench.finishJobs()
        let reply = try await bench.get("/v2/jobs/\(id)")
        #expect(reply.json["status"] == "FAILED")
        #expect(reply.json["error"] == .string(Fault.defaultReason))
        #expect(reply.json["result"] == .null && reply.json["creditCost"] == .null)
        #expect(reply.json["completedAt"]?.stringValue != nil)
        #expect(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").status == 404)
    }

    @Test func moderationRefusesJobs() async throws {
        let bench = try bench("moderated")
        let id = try await bench.accepted()
        bench.finishJobs()
        let reason = try #require(try await bench.get("/v2/jobs/\(id)").json["error"]?.stringValue)
        #expect(FluxError(jobFailure: reason).kind == .moderated)
    }

    @Test(arguments: Fault.ResultShape.allCases)
    func resultsHaveOtherShapes(shape: Fault.ResultShape) async throws {
        let bench = try bench("result:shape=\(shape.rawValue)")
        let id = try await bench.accepted()
        bench.finishJobs()
        let url = JSONValue.string("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg")
        let expected: JSONValue =
            switch shape {
            case .url: url
            case .list: [url]
            case .object: ["url": url, "urls": [url]]
            case .nested: ["images": [["url": url, "content_type": "image/*"]]]
            case .unknown: ["output": ["ready": true, "parts": [1, 2, 3]]]
            case .null: .null
            }
        let job = try await bench.get("/v2/jobs/\(id)").json
        #expect(job["status"] == "COMPLETED" && job["result"] == expected)
        #expect(try await bench.get("/v2/jobs").json["jobs"]?.arrayValue?.first?["result"] == expected)
    }

    // MARK: The clock

    @Test func clockIsOff() async throws {
        let bench = try bench("clock:seconds=-3600")
        let id = try await bench.accepted()
        let reply = try await bench.get("/v2/jobs/\(id)")
        #expect(reply.json["createdAt"] == "2026-03-15T09:00:00.000Z")
        #expect(reply.response.headers["Date"] == "Sun, 15 Mar 2026 09:00:00 GMT")
    }

    @Test func datesAreThoseOfTheServicesClock() async throws {
        let bench = try bench()
        bench.clock.advance(by: .seconds(86400))
        #expect(try await bench.get("/v2/me").response.headers["Date"] == "Mon, 16 Mar 2026 10:00:00 GMT")
    }
}
