import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator
@testable import HTTPServer

/// What no client should send: it is answered, or the connection ends, and the next client notices nothing.
@Suite struct RobustnessTests {
    // MARK: Bodies

    @Test func tenThousandSpoiltBodiesAreAnswered() throws {
        let configuration = SimulatorConfiguration(credits: 1 << 40, seed: 1)
        let time = ServiceClock.still
        let service = Service(configuration, time: time, workers: 1, painter: { _, _, _ in [] })
        let router = Router(service: service)
        defer { service.close() }
        var spoiler = Spoiler(seed: 7)
        var counts: [Int: Int] = [:]
        for round in 0..<10_000 {
            let (path, valid) = Self.valid[round % Self.valid.count]
            let body = spoiler.spoil(valid)
            let request = Request(
                method: "POST", path: path,
                headers: Bench.usualHeaders, body: body)
            guard case .response(let response) = router.answer(request) else {
                Issue.record("no answer to \(String(decoding: body, as: UTF8.self))")
                continue
            }
            counts[response.status, default: 0] += 1
            let json = try JSONValue(parsing: response.body)
            guard response.status != 202 else { continue }
            let shown = String(decoding: body, as: UTF8.self)
            #expect(response.status == 400 && json["error"]?.stringValue != nil, "\(shown)")
            let details = json["details"]?.objectValue ?? [:]
            #expect(details.values.allSatisfy { $0.arrayValue?.isEmpty == false })
        }
        // Most are refused; some are harmless, such as another seed.
        #expect(counts[400] ?? 0 > 5000 && counts[202] ?? 0 > 100, "\(counts)")
    }

    private static let valid: [(path: String, body: JSONValue)] = [
        ("/v2/images/generate", Bench.fox),
        (
            "/v2/images/generate",
            [
                "model": "flux-1.1-pro", "prompt": "a 🦊 in snow", "webhookUrl": "https://example.com/hook",
                "webhookEvents": ["completed", "failed"],
                "fluxParams": [
                    "image_prompt": "https://example.com/a.png", "image_prompt_strength": 0.55, "raw": true,
                    "output_format": "png", "output_quality": 80, "seed": 3, "aspect_ratio": "16:9",
                ],
            ]
        ),
        (
            "/v2/images/edit",
            [
                "model": "flux-fill-pro",
                "fluxFillParams": [
                    "prompt": "a hat", "mode": "inpaint", "image": "https://example.com/a.png",
                    "mask": "data:image/png;base64,AAAA", "steps": 30, "guidance": 2.5, "safety_tolerance": 3,
                ],
            ]
        ),
        (
            "/v2/images/generate",
            [
                "model": "flux-2-flex", "prompt": "[sim 429:times=0] x",
                "fluxParams": ["input_images": ["https://example.com/a.png", "https://example.com/b.png"]],
            ]
        ),
        (
            "/v2/images/generate",
            ["model": "flux-lora", "prompt": "x", "fluxLoraParams": ["loraId": "abc", "num_outputs": 4]]
        ),
    ]

    @Test func spoiltBodiesOnTheWireAreAnswered() async throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        var spoiler = Spoiler(seed: 8)
        for round in 0..<300 {
            let (path, valid) = Self.valid[round % Self.valid.count]
            wire.ask("POST", path, body: spoiler.spoil(valid) + [0x20])
            let status = try #require(wire.read()?.status)
            #expect([202, 400, 402].contains(status))
        }
    }

    // MARK: Slow and half-closed connections

    private struct Server {
        let server: HTTPServer
        let port: UInt16
        let clock = ManualClock()

        init(_ service: any HTTPService) throws {
            // libmicrohttpd has a clock of its own for connections that are idle.
            var settings = HTTPServer.Settings()
            settings.patience.idle = .seconds(3600)
            server = HTTPServer(service: service, time: .still, settings: settings, clock: clock)
            let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
            try server.start(on: socket)
            port = socket.port
        }

        /// Lets time pass until the watch has looked at it.
        func pass(_ duration: Duration) async {
            await until { clock.nextDeadline != nil }
            clock.advance(by: duration)
            await until { clock.nextDeadline != nil }
        }
    }

    @Test func headsThatDoNotEndAreNotWaitedFor() async throws {
        let server = try Server(Mirror())
        defer { server.server.stop() }
        let slow = try Wire(port: server.port)
        slow.write("GET /a HTTP/1.1\r\nHost: a\r\n")
        let good = try Wire(port: server.port)
        good.write("GET /b HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(good.read()?.text == "/b ")
        await server.pass(.seconds(20))
        slow.write("X: y\r\n")
        await server.pass(.seconds(11))
        await slow.arrival()
        #expect(slow.readToEnd().bytes.isEmpty)
        good.write("GET /c HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(good.read()?.text == "/c ", "who was answered may take longer for the next")
    }

    @Test func bodiesThatDoNotEndAreNotWaitedFor() async throws {
        let server = try Server(Mirror())
        defer { server.server.stop() }
        let wire = try Wire(port: server.port)
        wire.write("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 327680\r\n\r\n")
        #expect(wire.read()?.status == 100)
        // 320 KiB at 16 KiB/s, beside the 30 s.
        await server.pass(.seconds(45))
        wire.write([UInt8](repeating: 0x61, count: 327_679))
        #expect(!wire.hasMore)
        await server.pass(.seconds(6))
        await wire.arrival()
        #expect(wire.readToEnd().bytes.isEmpty)
    }

    @Test func bodiesThatComeInTimeAreTaken() async throws {
        let server = try Server(Mirror())
        defer { server.server.stop() }
        let wire = try Wire(port: server.port)
        wire.write("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        #expect(wire.read()?.status == 100)
        await server.pass(.seconds(29))
        wire.write("abcd")
        #expect(wire.read()?.text == "/a abcd")
    }

    @Test func answersMayTakeLongerThanRequests() async throws {
        let work = ManualClock()
        let server = try Server(Waiting(clock: work))
        defer { server.server.stop() }
        let wire = try Wire(port: server.port)
        wire.write("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        await until { work.nextDeadline != nil }
        await server.pass(.seconds(3600))
        work.advance(by: .seconds(1))
        await wire.arrival()
        #expect(wire.read()?.status == 200)
    }

    @Test func halfClosedConnectionsAreAnswered() async throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.ask("POST", "/v2/images/generate", body: Bench.fox.encoded())
        wire.finishWriting()
        #expect(wire.read()?.status == 202)

        // While an answer is worked on, libmicrohttpd may take the half for the whole; it answers or closes.
        let id = try await bench.accepted()
        bench.finishJobs()
        let picture = try Wire(port: bench.port)
        picture.ask("GET", "/cdn/\(id)-1.jpg")
        picture.finishWriting()
        await picture.arrival()
        #expect([200, nil].contains(picture.read()?.status))
        #expect(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").status == 200)
    }

    @Test func requestsThatEndHalfwayEndTheConnectionInTime() async throws {
        let server = try Server(Mirror())
        defer { server.server.stop() }
        let half = "POST /v2/images/generate HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"
        let wires = try ["", "GET /v2/me HTT", half].map { text in
            let wire = try Wire(port: server.port)
            wire.write(text)
            wire.finishWriting()
            return wire
        }
        // Who is answered is accepted, and so are those who came before.
        let last = try Wire(port: server.port)
        last.write("GET /last HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(last.read()?.status == 200)
        await server.pass(.seconds(100))
        for wire in wires {
            await wire.arrival()
            #expect(wire.readToEnd().bytes.isEmpty)
        }
    }

    @Test func whoLeavesBeforeTheAnswerDoesNoHarm() async throws {
        let bench = try Bench()
        let id = try await bench.accepted()
        bench.finishJobs()
        for _ in 0..<50 {
            let wire = try Wire(port: bench.port)
            wire.ask("GET", "/cdn/\(id)-1.jpg")
        }
        #expect(try await bench.bytes("\(bench.simulator.baseURL)/cdn/\(id)-1.jpg").status == 200)
    }

    @Test func headsThatAreNoHTTPAreRefusedByPagesThatClose() throws {
        // These do not come as far as the service: libmicrohttpd answers them itself, as a CDN would.
        let bench = try Bench()
        for text in ["GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n"] {
            let wire = try Wire(port: bench.port)
            wire.write(text)
            let end = String(decoding: wire.readToEnd().bytes, as: UTF8.self)
            #expect(end.hasPrefix("HTTP/1.1 400 ") || end.hasPrefix("HTTP/1.1 505 "), "\(text)")
        }
    }
}

/// Answers at once with what it was asked.
private struct Mirror: HTTPService {
    func bodyLimit(for head: Request) -> Int { 1 << 20 }
    func answer(_ request: Request) -> Answer {
        .response(Response(status: 200, body: Array("\(request.path) ".utf8) + request.body))
    }
}

/// Answers when its clock has come further.
private struct Waiting: HTTPService {
    let clock: ManualClock

    func bodyLimit(for head: Request) -> Int { 0 }
    func answer(_ request: Request) -> Answer {
        .later { answer in
            Task {
                try? await clock.sleep(for: .seconds(1))
                answer(Response(status: 200))
            }
        }
    }
}
