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
