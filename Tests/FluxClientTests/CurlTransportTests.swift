import CCurl
import TestSupport
import Testing

@testable import FluxClient

struct CurlTransportTests {
    @Test func cancellationClosesTheConnectionAtOnce() async throws {
        let server = try ScriptedServer([.hold])
        defer { server.stop() }
        let transport = CurlTransport()
        let url = server.url
        let task = Task { await fluxError { () throws(FluxError) in try await transport.send(.patient(url)) } }
        await server.received(1)
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        await server.abandoned(1)
    }

    @Test func aTaskCancelledBeforehandSendsNothing() async throws {
        let server = try ScriptedServer([.hold])
        defer { server.stop() }
        let transport = CurlTransport()
        let url = server.url
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await fluxError { () throws(FluxError) in try await transport.send(.patient(url)) }
        }
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        #expect(server.requests.isEmpty)
    }

    @Test func aCancelledDownloadLeavesNoFile() async throws {
        let server = try ScriptedServer([.hold])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let transport = CurlTransport()
        let (url, path) = (server.url, folder.file("a.jpg"))
        let task = Task {
            await fluxError { () throws(FluxError) in try await transport.download(.patient(url), to: path) }
        }
        await server.received(1)
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        #expect(folder.contents == [])
    }

    @Test func shutDownEndsWhatIsRunningAndRefusesMore() async throws {
        let server = try ScriptedServer([.hold])
        defer { server.stop() }
        let transport = CurlTransport()
        let url = server.url
        let task = Task { await fluxError { () throws(FluxError) in try await transport.send(.patient(url)) } }
        await server.received(1)
        transport.shutDown()
        #expect(await task.value?.kind == .cancelled)
        let late = await fluxError { () throws(FluxError) in try await transport.send(.patient(url)) }
        #expect(late?.kind == .cancelled)
        transport.shutDown()
    }

    @Test func itsThreadEndsWithIt() async throws {
        let server = try ScriptedServer([.answer(200)])
        defer { server.stop() }
        weak var loop: CurlLoop?
        do {
            let transport = CurlTransport()
            _ = try await transport.send(HTTPRequest(.get, server.url))
            loop = transport.state.withLock(\.calls)
            #expect(loop != nil)
        }
        #expect(loop == nil)
    }

    @Test func reusesItsConnection() async throws {
        let server = try ScriptedServer([.answer(200, body: bytes("hello"))])
        defer { server.stop() }
        let transport = CurlTransport()
        // Few: libcurl takes up no connection that has been idle for two minutes, which a busy machine makes of many.
        for _ in 0..<4 { #expect(try await transport.send(HTTPRequest(.get, server.url)).body == bytes("hello")) }
        #expect(server.connectionCount == 1)
    }

    @Test func carriesManyExchangesAtOnce() async throws {
        let server = try ScriptedServer { request, _ in .answer(200, body: bytes(request.path) + request.body) }
        defer { server.stop() }
        let transport = CurlTransport(maximumConnectionsPerHost: 16)
        let url = server.url
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let body = bytes(String(repeating: "\(index),", count: 200))
                    let answer = try await transport.send(HTTPRequest(.post, "\(url)/\(index)", body: .bytes(body)))
                    #expect(answer.body == bytes("/\(index)") + body)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.requests.count == 300)
        #expect(server.connectionCount <= 16)
    }

    @Test func survivesAStormOfCancellations() async throws {
        let server = try ScriptedServer { request, _ in
            request.path.hasSuffix("0") ? .hold : .answer(200, body: [1])
        }
        defer { server.stop() }
        let transport = CurlTransport()
        let url = server.url
        let tasks = (0..<200).map { index in
            // A loaded machine must not end a request before its cancellation does.
            let timeouts = HTTPTimeouts(connect: .seconds(600), silence: .seconds(600), overall: .seconds(600))
            return Task { () -> FluxError? in
                do throws(FluxError) {
                    _ = try await transport.send(HTTPRequest(.get, "\(url)/\(index)", timeouts: timeouts))
                    return nil
                } catch {
                    return error.kind == .cancelled ? nil : error
                }
            }
        }
        await server.received(50)
        for task in tasks { task.cancel() }
        for task in tasks {
            let error = await task.value
            #expect(error == nil)
        }
        #expect(try await transport.send(HTTPRequest(.get, "\(url)/after")).status == 200)
    }

    @Test func postsAnEmptyBody() async throws {
        let server = try ScriptedServer([.answer(204)])
        defer { server.stop() }
        let answer = try await CurlTransport().send(HTTPRequest(.post, server.url, body: .bytes([])))
        #expect(answer.status == 204)
        #expect(server.requests.first?.method == "POST")
        #expect(server.requests.first?.header("Content-Length") == "0")
    }

    @Test func keepsTheHeadersOfTheLastAnswer() async throws {
        let server = try ScriptedServer([
            .answer(302, headers: [("Location", "/b"), ("X-First", "1")]),
            .answer(200, headers: [("X-Second", " two "), ("x-empty", "")]),
        ])
        defer { server.stop() }
        let answer = try await CurlTransport().send(HTTPRequest(.get, server.url, redirectLimit: 1))
        #expect(answer.headers["X-First"] == nil)
        #expect(answer.headers["x-second"] == "two")
        #expect(answer.headers["X-Empty"] == "")
        #expect(answer.headers["X-Seco"] == nil)
    }

    @Test func lineBreaksSmuggleInNoHeader() async throws {
        let server = try ScriptedServer([.answer(200)])
        defer { server.stop() }
        let headers = [(name: "Idempotency-Key", value: "a\r\nX-Evil: 1")]
        _ = try await CurlTransport().send(HTTPRequest(.get, server.url, headers: headers))
        #expect(server.requests.first?.header("X-Evil") == nil)
        #expect(server.requests.first?.header("Idempotency-Key") == "aX-Evil: 1")
    }

    @Test func boundsTheBody() async throws {
        let server = try ScriptedServer([.answer(200, body: [UInt8](repeating: 0, count: 1001))])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in
            try await CurlTransport().send(HTTPRequest(.get, server.url, maximumBytes: 1000))
        }
        #expect(error?.kind == .service)
        #expect(try await CurlTransport().send(HTTPRequest(.get, server.url, maximumBytes: 1001)).body.count == 1001)
    }

    @Test func keepsOnlyTheBeginningOfALongRefusal() async throws {
        let server = try ScriptedServer([.answer(404, body: [UInt8](repeating: 0x61, count: 1 << 20))])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let answer = try await CurlTransport().download(HTTPRequest(.get, server.url), to: folder.file("a.jpg"))
        #expect(answer.status == 404)
        #expect(answer.body == [UInt8](repeating: 0x61, count: 64 << 10))
        #expect(folder.contents == [])
    }

    @Test func timesOut() async throws {
        let server = try ScriptedServer([.hold])
        defer { server.stop() }
        let timeouts = HTTPTimeouts(overall: .milliseconds(50))
        let error = await fluxError { () throws(FluxError) in
            try await CurlTransport().send(HTTPRequest(.get, server.url, timeouts: timeouts))
        }
        #expect(error?.kind == .network)
        #expect(error?.message.hasPrefix("127.0.0.1 timed out") == true)
    }

    @Test func saysThatNobodyIsThere() async throws {
        let port = try ReservedPort()
        let error = await fluxError { () throws(FluxError) in
            try await CurlTransport().send(HTTPRequest(.get, "http://127.0.0.1:\(port.number)"))
        }
        #expect(error?.kind == .network)
        #expect(error?.message.hasPrefix("could not connect to 127.0.0.1") == true)
    }

    @Test func aKeyGoesNoFurtherThanToWhomItIsSent() async throws {
        let other = try ScriptedServer([.answer(200)])
        let server = try ScriptedServer([.answer(302, headers: [("Location", other.url)])])
        defer {
            server.stop()
            other.stop()
        }
        let request = HTTPRequest(.get, server.url, headers: [("x-api-key", "afk_secret")], redirectLimit: 5)
        #expect(try await CurlTransport().send(request).status == 302)
        #expect(server.requests.count == 1 && other.requests.isEmpty)
    }

    @Test func findsCertificatesWhereTheEnvironmentSays() {
        func settings(_ environment: [String: String]) -> TrustSettings { TrustSettings { environment[$0] } }
        #expect(settings(["SSL_CERT_FILE": "b", "CURL_CA_BUNDLE": "a", "SSL_CERT_DIR": "d"]).file == "a")
        #expect(settings(["SSL_CERT_FILE": "b", "CURL_CA_BUNDLE": ""]).file == "b")
        #expect(settings(["SSL_CERT_DIR": "d"]).folder == "d")
        #expect(settings([:]).file == nil)
    }

    /// What libcurl would read anyhow is read once for all connections, and not for each.
    @Test func readsTheSystemsCertificatesOnce() {
        func settings(_ environment: [String: String]) -> TrustSettings { TrustSettings { environment[$0] } }
        guard let file = TrustSettings.builtInFile else { return }
        #expect(settings([:]).leavesFolderOut)
        #expect(settings(["SSL_CERT_FILE": file]).leavesFolderOut)
        #expect(!settings(["SSL_CERT_FILE": "b"]).leavesFolderOut)
        #expect(!settings(["SSL_CERT_DIR": "d"]).leavesFolderOut)
    }

    @Test(arguments: [
        "CONNECT tunnel failed, response 407", "Received HTTP code 407 from proxy after CONNECT",
    ])
    func aProxyThatWantsAPasswordIsToldAsThat(_ detail: String) {
        let error = FluxError(
            curl: CURLE_RECV_ERROR, detail: detail, request: HTTPRequest(.get, "https://example.org"),
            after: .begun)
        #expect(error == .proxyWantsPassword && error.isPermanent && error.kind == .network)
    }

    @Test func aProxyThatIsNotThereIsNotTakenForTheService() {
        let error = FluxError(
            curl: CURLE_COULDNT_CONNECT, detail: "Failed to connect to 10.0.0.1 port 3128 after 0 ms: refused",
            request: HTTPRequest(.get, "https://example.org"),
            after: .begun)
        #expect(error.hint == "is the proxy that HTTPS_PROXY names running?")
    }

    @Test func anUntrustedCertificateIsNotTriedAgain() {
        let request = HTTPRequest(.get, "https://example.org")
        #expect(
            FluxError(
                curl: CURLE_PEER_FAILED_VERIFICATION, detail: "self-signed", request: request, after: .begun
            ).isPermanent)
        #expect(!FluxError(curl: CURLE_COULDNT_CONNECT, detail: "refused", request: request, after: .begun).isPermanent)
        #expect(
            FluxError(curl: CURLE_COULDNT_RESOLVE_HOST, detail: "", request: request, after: .begun).message
                == "could not find example.org: Couldn't resolve host name")
    }
}

extension HTTPRequest {
    /// One whose end is the test's business alone, however busy the machine.
    fileprivate static func patient(_ url: String) -> HTTPRequest {
        HTTPRequest(
            .get, url,
            timeouts: HTTPTimeouts(connect: .seconds(600), silence: .seconds(600), overall: .seconds(600)))
    }
}
