import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// The server over real TCP; what it serves is tested in its rooms.
@Suite(.timeLimit(.minutes(3))) struct HTTPServerTests {
    @Test func stoppingClosesConnectionsThatWait() throws {
        let server = HTTPServer(service: Silence(), time: Self.still)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        try server.start(on: socket)
        let wire = try Wire(port: socket.port)
        wire.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        server.stop()
        #expect(wire.read() == nil)
    }

    @Test func answersFromOtherThreadsArrive() async throws {
        let server = HTTPServer(service: Echo(), time: Self.still)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        try server.start(on: socket)
        defer { server.stop() }
        let wires = try (0..<50).map { _ in try Wire(port: socket.port) }
        for round in 0..<20 {
            for (index, wire) in wires.enumerated() {
                wire.write("GET /\(index)-\(round) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            #expect(wires.enumerated().allSatisfy { $1.read()?.text == "/\($0)-\(round)" })
        }
    }

    @Test func aStreamGoesOutPieceByPieceUntilItEnds() async throws {
        let stream = ResponseStream()
        let (server, port) = try Self.serving(stream)
        defer { server.stop() }
        let wire = try Wire(port: port)
        wire.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try #require(wire.read(toHead: true))
        #expect(head.status == 200 && head["Transfer-Encoding"] == "chunked")
        for piece in ["one", "two"] {
            #expect(stream.write(Array(piece.utf8)))
            #expect(String(decoding: wire.bytes(8), as: UTF8.self) == "3\r\n\(piece)\r\n")
        }
        stream.end()
        #expect(String(decoding: wire.bytes(5), as: UTF8.self) == "0\r\n\r\n")
        #expect(!stream.write([1]))
    }

    @Test func aStreamHearsThatItsReaderHasGone() async throws {
        let stream = ResponseStream()
        let (server, port) = try Self.serving(stream)
        defer { server.stop() }
        do {
            let wire = try Wire(port: port)
            wire.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = wire.read(toHead: true)
        }
        await withCheckedContinuation { continuation in
            stream.onClose { continuation.resume() }
            // What is written to nobody is what tells that nobody is there.
            Task { while stream.write([UInt8](repeating: 1, count: 4096)) { await Task.yield() } }
        }
        #expect(!stream.write([1]))
    }

    @Test func stoppingEndsStreams() async throws {
        let stream = ResponseStream()
        let (server, port) = try Self.serving(stream)
        let wire = try Wire(port: port)
        wire.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = wire.read(toHead: true)
        server.stop()
        #expect(wire.read() == nil)
        #expect(!stream.write([1]))
    }

    private static let still = ServiceClock(clock: ManualClock(), beginning: Date(timeIntervalSince1970: 0))

    private static func serving(_ stream: ResponseStream) throws -> (HTTPServer, port: UInt16) {
        let server = HTTPServer(service: Streaming(stream: stream), time: still)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        try server.start(on: socket)
        return (server, socket.port)
    }
}

private struct Streaming: HTTPService {
    let stream: ResponseStream

    func bodyLimit(for head: Request) -> Int { 0 }

    func answer(_ request: Request) -> Answer {
        .response(
            Response(status: 200, headers: [("Content-Type", "text/event-stream")], delivery: .stream(stream)))
    }
}

/// Never answers.
private struct Silence: HTTPService {
    func bodyLimit(for head: Request) -> Int { 0 }
    func answer(_ request: Request) -> Answer { .later { _ in } }
}

/// Answers from a task, twice; the second counts for nothing.
private struct Echo: HTTPService {
    func bodyLimit(for head: Request) -> Int { 0 }
    func answer(_ request: Request) -> Answer {
        .later { answer in
            Task {
                answer(Response(status: 200, body: Array(request.path.utf8)))
                answer(Response(status: 500))
            }
        }
    }
}
