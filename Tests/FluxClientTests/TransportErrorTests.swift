import CCurl
import TestSupport
import Testing

@testable import FluxClient

/// `.invalid` promises that nothing was made or paid: it may only come from where nothing can have been.
struct TransportErrorTests {
    private let request = HTTPRequest(.post, "https://api.example/v2/images/generate", body: .bytes([1]))

    @Test func noCodeOfTheTransportCallsUnpaidWhatMayHaveBeenPaid() {
        for number in 1..<CURL_LAST.rawValue {
            for phase in ExchangePhase.allCases {
                let error = FluxError(curl: CURLcode(number), detail: "", request: request, after: phase)
                #expect(!error.message.isEmpty)
                #expect([.invalid, .network, .service, .io].contains(error.kind), "code \(number)")
                #expect(error.kind != .invalid || phase == .prepared, "code \(number) after \(phase)")
                #expect(!error.isUnsent || phase < .connected || error.kind == .network, "code \(number)")
            }
        }
        let refused = (1..<CURL_LAST.rawValue).filter {
            FluxError(curl: CURLcode($0), detail: "", request: request, after: .prepared).kind == .invalid
        }
        #expect(refused == [CURLE_UNSUPPORTED_PROTOCOL.rawValue, CURLE_URL_MALFORMAT.rawValue])
    }

    @Test func noStatusCallsUnpaidWhatMayHaveBeenPaid() {
        // 407 is a proxy's: what it says is no answer of the service.
        let unclear: Set = [407, 408, 425, 429, 499]
        for status in 100...599 where !(200..<300).contains(status) {
            let error = FluxError(answer: HTTPResponse(status: status), now: 0)
            let isRefusal = (400..<500).contains(status) && !unclear.contains(status)
            #expect([.invalid, .auth, .credits].contains(error.kind) == isRefusal, "HTTP \(status)")
        }
    }

    @Test func onlyWhatNeverConnectedIsUnsent() async throws {
        let port = try ReservedPort()
        let nobody = await fluxError { () throws(FluxError) in
            try await CurlTransport().send(HTTPRequest(.post, "http://127.0.0.1:\(port.number)"))
        }
        #expect(nobody?.isUnsent == true)
        for reply in [Reply.close, .hold, .cut(length: 9, body: [1])] {
            let server = try ScriptedServer([reply])
            defer { server.stop() }
            let timeouts = HTTPTimeouts(overall: .milliseconds(200))
            let error = await fluxError { () throws(FluxError) in
                try await CurlTransport().send(
                    HTTPRequest(.post, server.url, body: .bytes([1]), timeouts: timeouts))
            }
            #expect(error?.kind == .network && error?.isUnsent == false)
        }
    }

    /// One line that is too long, and many lines that are together.
    @Test(arguments: [[("X-A", 300_000)], (0..<80).map { ("X-\($0)", 5000) }])
    func aHeadOverTheLimitTellsNothingOfWhatWasMade(_ lines: [(String, Int)]) async throws {
        let headers = lines.map { ($0.0, String(repeating: "a", count: $0.1)) }
        let server = try ScriptedServer([.json(202, #"{"jobId":"\#(jobID)"}"#, headers: headers)])
        defer { server.stop() }
        let client = FluxClient(server)
        let error = await fluxError { () throws(FluxError) in
            try await client.submit(
                ImageRequest(call: .generate, model: "flux-2-pro", prompt: "a mug"), idempotencyKey: "k")
        }
        #expect(error?.kind == .service && error?.isUnsent == false, "\(String(describing: error))")
        #expect(error?.message.contains("head") == true)
    }

    @Test(arguments: [
        "file:///etc/passwd", "gopher://127.0.0.1/1", "/circle.jpg", "http://", "http://[broken/1.jpg", "data:,a",
    ])
    func aRedirectToNowhereIsTheServicesFault(_ location: String) async throws {
        let server = try ScriptedServer([.answer(302, headers: [("Location", location)])])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server, retries: 0).download("\(server.url)/circle.jpg", to: folder.file("a"))
        }
        #expect(error?.kind == .service, "\(String(describing: error))")
        #expect(error?.message.contains("redirect") == true && folder.contents == [])
    }

    @Test(arguments: ["ftp://x/1.jpg", "https://", "nonsense", "file:///etc/passwd"])
    func anAddressOfAPictureThatLeadsNowhereIsTheServicesFault(_ address: String) async throws {
        let server = try ScriptedServer([.close])
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(server).download(address, to: folder.file("a"))
        }
        #expect(error?.kind == .service && error?.message.contains(address) == true)
    }
}
