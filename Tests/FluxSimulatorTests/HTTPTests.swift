import FluxClient
import TestSupport
import Testing

@testable import FluxSimulator
@testable import HTTPServer

@Suite struct HTTPTests {
    private let head = "Host: a\r\nUser-Agent: t\r\nX-API-Key: \(Bench.key)\r\n"

    @Test func connectionsAreKept() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        for _ in 0..<3 {
            wire.write("GET /v2/me HTTP/1.1\r\n\(head)\r\n")
            #expect(wire.read()?.status == 200)
        }
        // Also after an error, and with requests sent ahead.
        wire.write("GET /nowhere HTTP/1.1\r\n\(head)\r\nGET /v2/me HTTP/1.1\r\n\(head)\r\n")
        #expect(wire.read()?.status == 404)
        #expect(wire.read()?.status == 200)
    }

    @Test func chunkedBodiesAreRead() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        let body = Bench.fox.encodedString
        let (first, second) = (body.prefix(10), body.dropFirst(10))
        wire.write(
            "POST /v2/images/generate HTTP/1.1\r\n\(head)Content-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "a\r\n\(first)\r\n\(String(second.utf8.count, radix: 16))\r\n\(second)\r\n0\r\n\r\n")
        #expect(wire.read()?.status == 202)
    }

    @Test func endlessBodiesAreRefused() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write("POST /v2/images/generate HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n")
        let piece = Array("100000\r\n".utf8) + [UInt8](repeating: 0x20, count: 1 << 20) + Array("\r\n".utf8)
        for _ in 0..<3 { wire.write(piece) }
        wire.write("0\r\n\r\n")
        #expect(wire.read()?.status == 413)

        let endless = try Wire(port: bench.port)
        endless.write("POST /v2/images/generate HTTP/1.1\r\n\(head)Transfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<80 { endless.write(piece) }
        #expect(endless.read() == nil)
    }

    @Test func whoAsksFirstIsToldBeforeTheBody() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write(
            "POST /v2/images/generate HTTP/1.1\r\n\(head)Expect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")
        #expect(wire.read()?.status == 413)

        let fitting = try Wire(port: bench.port)
        let body = Bench.fox.encodedString
        fitting.write(
            "POST /v2/images/generate HTTP/1.1\r\n\(head)Expect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n")
        #expect(fitting.read()?.status == 100)
        fitting.write(body)
        #expect(fitting.read()?.status == 202)
    }

    @Test func headsAreAnsweredWithoutABody() throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write("HEAD /v2/me HTTP/1.1\r\n\(head)\r\n")
        let answer = try #require(wire.read(toHead: true))
        #expect(answer.status == 200)
        #expect(answer["Content-Length"].flatMap { Int($0) } ?? 0 > 0)
        wire.write("GET /v2/me HTTP/1.1\r\n\(head)\r\n")
        #expect(wire.read()?.status == 200)
    }

    @Test(arguments: [
        "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /%zz%00%ff HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\n\r\n",
        "POST /v2/images/generate HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /v2/images/generate HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /v2/images/generate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /v2/jobs?a&b=&=c&%=%&status=%00 HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost a\r\n: b\r\n\r\n",
    ])
    func malformedRequestsDoNotHarm(text: String) async throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write(text)
        #expect(try await bench.get("/v2/me").status == 200)
    }

    @Test func randomBytesDoNotHarm() async throws {
        let bench = try Bench()
        var random = RandomSource(seed: 42)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        for round in 0..<120 {
            let wire = try Wire(port: bench.port)
            let body = bytes(Int.random(in: 0...3000, using: &random))
            switch round % 3 {
            case 0: wire.write(body)
            case 1:
                wire.write("POST /v2/images/generate HTTP/1.1\r\n\(head)Content-Length: \(body.count)\r\n\r\n")
                wire.write(body)
            default:
                wire.write(
                    "POST /v2/uploads HTTP/1.1\r\n\(head)Content-Type: multipart/form-data; boundary=ab\r\n"
                        + "Content-Length: \(body.count + 8)\r\n\r\n--ab\r\n\r\n")
                wire.write(body)
            }
        }
        #expect(try await bench.get("/v2/me").status == 200)
    }

    @Test func longHeadsAreRefused() async throws {
        let bench = try Bench()
        let wire = try Wire(port: bench.port)
        wire.write("GET /v2/me HTTP/1.1\r\nX: \(String(repeating: "a", count: 200_000))\r\n\(head)\r\n")
        let answer = wire.read()
        #expect(answer.map { $0.status >= 400 } ?? true)
        #expect(try await bench.get("/v2/me").status == 200)
    }

    @Test func headsOfSomeLengthAreTaken() throws {
        let bench = try Bench()
        let query = (0..<800).map { "a\($0)=1" }.joined(separator: "&")
        let headers = (0..<600).map { "X-\($0): a\r\n" }.joined()
        for (target, extra) in [
            ("/v2/jobs?\(query)", ""), ("/v2/jobs?\(String(repeating: "a", count: 40_000))", ""), ("/v2/me", headers),
        ] {
            let wire = try Wire(port: bench.port)
            wire.ask("GET", target, extra)
            #expect(wire.read()?.status == 200)
        }
    }

    @Test func aThousandConnectionsAreServed() throws {
        let bench = try Bench()
        let wires = try (0..<1000).map { _ in try Wire(port: bench.port) }
        for wire in wires { wire.write("GET /v2/me HTTP/1.1\r\n\(head)\r\n") }
        #expect(wires.allSatisfy { $0.read()?.status == 200 })
    }

    // MARK: Beginning and end

    @Test func addressInUseIsSaid() throws {
        let bench = try Bench()
        let second = Simulator(SimulatorConfiguration(port: bench.port))
        #expect(throws: SimulatorError.addressInUse(host: "127.0.0.1", port: bench.port)) { try second.start() }
        #expect("\(SimulatorError.addressInUse(host: "a", port: 1))" == "a:1 is in use by another program")
    }

    @Test func unknownHostsAreSaid() throws {
        #expect {
            try Simulator(SimulatorConfiguration(host: "no such host.invalid")).start()
        } throws: {
            "\($0)".contains("no such host.invalid")
        }
    }

    @Test func simulatorStartsOnce() throws {
        let simulator = Simulator()
        let port = try simulator.start()
        #expect(simulator.baseURL == "http://127.0.0.1:\(port)")
        #expect(throws: SimulatorError.alreadyStarted) { try simulator.start() }
        simulator.stop()
        simulator.stop()
        #expect(throws: Wire.Failure.self) { try Wire(port: port) }
    }

    @Test func portIsFreeAfterTheEnd() throws {
        let first = Simulator()
        let port = try first.start()
        first.stop()
        let second = Simulator(SimulatorConfiguration(port: port))
        #expect(try second.start() == port)
        second.stop()
    }

    @Test func otherHostsAreServedToo() throws {
        let simulator = Simulator(SimulatorConfiguration(host: "localhost"))
        let port = try simulator.start()
        #expect(simulator.baseURL == "http://localhost:\(port)")
        simulator.stop()
    }
}
