import FluxClient
import Synchronization
import TestSupport
import Testing

struct SubmitTests {
    private let generation = ImageRequest(
        call: .generate, model: "flux-2-pro", prompt: "a mug", parameters: ["seed": 7],
        webhookURL: "https://example.org/hook", webhookEvents: ["failed"])
    private let edit = ImageRequest(
        call: .edit, model: "flux-fill-pro", prompt: "a mug",
        parameters: ["image": "https://x.org/a.png", "mode": "outpaint", "outpaint": "Make square"])

    private let accepted = Reply.json(202, #"{"jobId":"\#(jobID)","status":"QUEUED"}"#)

    private func refused(_ details: String) -> Reply {
        .json(400, #"{"error":"Validation failed","details":\#(details)}"#)
    }

    @Test func sendsTheRequestWithKeyAndHeaders() async throws {
        let server = try ScriptedServer([accepted])
        defer { server.stop() }
        let answer = try await FluxClient(server).submit(generation, idempotencyKey: "key-1")
        #expect(answer == JobAccepted(jobID: jobID, status: .queued))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v2/images/generate")
        #expect(request.header("X-API-Key") == "afk_test")
        #expect(request.header("Idempotency-Key") == "key-1")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("User-Agent") == "fluxlua/\(ServiceConfiguration.version)")
        #expect(request.header("Expect") == nil)
        #expect(request.body == generation.encoded(in: .description).body)
    }

    @Test func retriesTheSameBytesUnderTheSameKey() async throws {
        let server = try ScriptedServer([
            .close, .answer(503), .json(429, #"{"error":"slow down"}"#, headers: [("Retry-After", "7")]), accepted,
        ])
        defer { server.stop() }
        let clock = RecordingClock()
        let written = Mutex<[EncodedRequest]>([])
        let answer = try await FluxClient(server, clock: clock).submit(generation, idempotencyKey: "key-1") { encoded in
            written.withLock { $0.append(encoded) }
        }
        #expect(answer.jobID == jobID)
        #expect(server.requests.count == 4)
        #expect(Set(server.requests.map(\.body)).count == 1)
        #expect(server.requests.allSatisfy { $0.header("Idempotency-Key") == "key-1" })
        #expect(clock.sleeps == [.milliseconds(250), .milliseconds(500), .seconds(8)])
        #expect(written.withLock { $0 } == [generation.encoded(in: .description)])
    }

    @Test func givesUpWithTheLastError() async throws {
        let server = try ScriptedServer([.json(503, #"{"error":"down"}"#, headers: [("X-Request-Id", "r")])])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server, retries: 2).submit(generation, idempotencyKey: "key-1")
        }
        #expect(server.requests.count == 3)
        #expect(error?.kind == .service)
        #expect(error?.message == "trouble at the service (HTTP 503): down")
        #expect(error?.requestID == "r")
    }

    @Test func switchesTheDialectWhenTheDetailsPointAtIt() async throws {
        let server = try ScriptedServer { [accepted] request, _ in
            request.text.contains("webhookUrl")
                ? .json(400, #"{"error":"x","details":{"":["Unrecognized key(s) in object: 'webhookUrl'"]}}"#)
                : accepted
        }
        defer { server.stop() }
        let client = FluxClient(server)
        let written = Mutex<[Dialect]>([])
        for key in ["a", "b"] {
            _ = try await client.submit(generation, idempotencyKey: key) { encoded in
                written.withLock { $0.append(encoded.dialect) }
            }
        }
        // Two bodies for the first request, and what worked is kept for the second.
        #expect(server.requests.map { $0.header("Idempotency-Key") } == ["a", "a", "b"])
        #expect(
            server.requests.map(\.body) == [
                generation.encoded(in: .description).body, generation.encoded(in: .productPages).body,
                generation.encoded(in: .productPages).body,
            ])
        #expect(written.withLock { $0 } == [.description, .productPages, .productPages])
    }

    @Test func movesTheEditsPrompt() async throws {
        let server = try ScriptedServer([refused(#"{"fluxFillParams.prompt":["Unrecognized key"]}"#), accepted])
        defer { server.stop() }
        _ = try await FluxClient(server).submit(edit, idempotencyKey: "a")
        #expect(server.requests.last?.body == edit.encoded(in: .productPages).body)
    }

    @Test func copiesOfAClientShareTheDialect() async throws {
        let server = try ScriptedServer([refused(#"{"webhookUrl":["unknown"]}"#), accepted])
        defer { server.stop() }
        let client = FluxClient(server)
        let copy = client
        _ = try await client.submit(generation, idempotencyKey: "a")
        _ = try await copy.submit(generation, idempotencyKey: "b")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        #"{"fluxParams.seed":["must be an integer"]}"#, #"{"fluxParams.image_prompt":["no such picture"]}"#,
        #"{"prompt":["too long"]}"#, "{}",
    ])
    func keepsTheDialectForOtherMistakes(_ details: String) async throws {
        let server = try ScriptedServer([refused(details)])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).submit(generation, idempotencyKey: "a")
        }
        #expect(server.requests.count == 1)
        #expect(error?.status == 400)
    }

    @Test func switchesOnceAndTellsTheFirstRefusal() async throws {
        let server = try ScriptedServer([
            refused(#"{"webhookUrl":["not reachable"]}"#), refused(#"{"webhook_url":["Unrecognized key"]}"#),
        ])
        defer { server.stop() }
        let client = FluxClient(server)
        let error = await fluxError { () throws(FluxError) in try await client.submit(generation, idempotencyKey: "a") }
        #expect(server.requests.count == 2)
        #expect(error?.details == ["webhookUrl": ["not reachable"]])
        _ = await fluxError { () throws(FluxError) in try await client.submit(generation, idempotencyKey: "b") }
        #expect(server.requests[2].body == generation.encoded(in: .description).body)
    }

    @Test func tellsTheSecondRefusalWhenTheSpellingWasRight() async throws {
        let server = try ScriptedServer([
            refused(#"{"webhookUrl":["Unrecognized key"]}"#), refused(#"{"fluxParams.seed":["too big"]}"#),
        ])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).submit(generation, idempotencyKey: "a")
        }
        #expect(error?.details == ["fluxParams.seed": ["too big"]])
    }

    @Test func replaysAStoredBodyAsItIs() async throws {
        let server = try ScriptedServer([accepted])
        defer { server.stop() }
        let stored = EncodedRequest(
            path: "/v2/images/generate", body: bytes(#"{ "prompt" : "spaced" }"#), dialect: .productPages)
        _ = try await FluxClient(server).submit(generation, idempotencyKey: "a", replaying: stored)
        #expect(server.requests.map(\.body) == [stored.body])
    }

    @Test func sendsNothingThatCouldNotBeWrittenDown() async throws {
        struct Full: Error {}
        let server = try ScriptedServer([accepted])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).submit(generation, idempotencyKey: "a") { _ in throw Full() }
        }
        #expect(error?.kind == .io)
        let own = await fluxError { () throws(FluxError) in
            try await FluxClient(server).submit(generation, idempotencyKey: "a") { _ in throw FluxError(.credits, "no")
            }
        }
        #expect(own == FluxError(.credits, "no"))
        #expect(server.requests.isEmpty)
    }

    @Test func cancellationEndsTheBackoff() async throws {
        let server = try ScriptedServer([.answer(503)])
        defer { server.stop() }
        let clock = RecordingClock(holdsSleepers: true)
        let client = FluxClient(server, clock: clock)
        let task = Task {
            await fluxError { () throws(FluxError) in try await client.submit(generation, idempotencyKey: "a") }
        }
        await clock.asleep()
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        #expect(server.requests.count == 1)
    }
}
