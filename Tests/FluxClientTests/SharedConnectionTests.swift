import TestSupport
import Testing

@testable import FluxClient

/// HTTP/2, against nginx.
struct SharedConnectionTests {
    @Test func callsShareOneConnection() async throws {
        let (server, proxy, transport) = try Self.parts()
        defer { server.stop() }
        try await Self.sendMany(100, atATime: 100, to: proxy.url, over: transport)
        #expect(server.requests.allSatisfy { $0.header("X-Protocol") == "HTTP/2.0" })
        #expect(Set(server.requests.map { $0.header("X-Connection") }).count == 1)
    }

    @Test func eachRequestArrivesOnceWhereTheServerEndsConnections() async throws {
        let (server, proxy, transport) = try Self.parts(requestsPerConnection: 50)
        defer { server.stop() }
        try await Self.sendMany(300, atATime: 30, to: proxy.url, over: transport)
        #expect(server.requests.count == 300)
        #expect(Set(server.requests.map { $0.header("X-Connection") }).count >= 6)
    }

    @Test func filesHaveConnectionsOfTheirOwn() async throws {
        let (server, proxy, transport) = try Self.parts()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        _ = try await transport.send(HTTPRequest(.get, proxy.url))
        _ = try await transport.download(HTTPRequest(.get, "\(proxy.url)/picture"), to: folder.file("picture"))
        #expect(folder.bytes("picture") == bytes("/picture"))
        try folder.write(bytes("to be sent"), to: "upload")
        let upload = HTTPRequest.Body.multipartFile(
            path: folder.file("upload"), fieldName: "file", fileName: "a.png", contentType: "image/png")
        _ = try await transport.send(HTTPRequest(.post, proxy.url, body: upload))
        #expect(server.requests.map { $0.header("X-Protocol") } == ["HTTP/2.0", "HTTP/1.1", "HTTP/1.1"])
        #expect(Set(server.requests.map { $0.header("X-Connection") }).count >= 2)
    }

    @Test func aRequestThatIsRefusedBeforeItIsReadIsRefusedAtOnce() async throws {
        let (server, proxy, transport) = try Self.parts(longestBody: 100)
        defer { server.stop() }
        for length in [101, 1_000, 5_000, 48 << 10, 200_000] {
            let body = HTTPRequest.Body.bytes(Array(repeating: 0x20, count: length))
            #expect(try await transport.send(HTTPRequest(.post, proxy.url, body: body)).status == 413)
        }
        #expect(server.requests.isEmpty)
    }

    /// libcurl itself would use it again and again.
    @Test func aConnectionOnWhichNothingIsAnsweredIsLeft() async throws {
        let (server, proxy, transport) = try Self.parts()
        defer { server.stop() }
        _ = try await transport.send(HTTPRequest(.get, proxy.url))
        proxy.freeze()
        let timeouts = HTTPTimeouts(connect: .seconds(600), silence: .seconds(600), overall: .milliseconds(100))
        let error = await fluxError { () throws(FluxError) in
            try await transport.send(HTTPRequest(.get, proxy.url, timeouts: timeouts))
        }
        #expect(error?.kind == .network)
        proxy.thaw()
        _ = try await transport.send(HTTPRequest(.get, "\(proxy.url)/later"))
        let later = server.requests.last { $0.path == "/later" }
        #expect(later?.header("X-Protocol") == "HTTP/1.1")
        #expect(later?.header("X-Connection") != server.requests.first?.header("X-Connection"))
    }

    /// A request that waits for another's connection does not begin its own attempt when that one has come to nothing.
    @Test func whoWaitsForAConnectionToShareWaitsNoLongerThanForHisOwn() async throws {
        let silent = try ScriptedServer([.hold])
        defer { silent.stop() }
        let transport = CurlTransport()
        let url = "https://127.0.0.1:\(silent.port)"
        let timeouts = HTTPTimeouts(connect: .milliseconds(300), silence: .seconds(600), overall: .seconds(600))
        let kinds = await withTaskGroup(of: FluxError.Kind?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await fluxError { () throws(FluxError) in
                        try await transport.send(HTTPRequest(.get, url, timeouts: timeouts))
                    }?.kind
                }
            }
            return await group.reduce(into: [FluxError.Kind?]()) { $0.append($1) }
        }
        #expect(kinds == Array(repeating: .network, count: 8))
        // On a loaded machine some may begin late; one after the other they would be eight.
        #expect(silent.connectionCount < 8)
    }

    private static func parts(
        requestsPerConnection: Int = 1000, longestBody: Int = 1 << 20
    ) throws -> (ScriptedServer, SecureProxy, CurlTransport) {
        let server = try ScriptedServer { request, _ in .answer(200, body: bytes(request.path) + request.body) }
        let proxy = try SecureProxy(
            before: server, requestsPerConnection: requestsPerConnection, longestBody: longestBody)
        return (server, proxy, CurlTransport(trust: proxy.trust))
    }

    private static func sendMany(
        _ count: Int, atATime width: Int, to url: String, over transport: CurlTransport
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= width { try await group.next() }
                group.addTask {
                    let body = bytes(String(repeating: "\(index),", count: 180))
                    let answer = try await transport.send(HTTPRequest(.post, "\(url)/\(index)", body: .bytes(body)))
                    #expect(answer.body == bytes("/\(index)") + body)
                }
            }
            try await group.waitForAll()
        }
    }
}
