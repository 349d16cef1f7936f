import FluxClient
import TestSupport
import Testing

struct CallTests {
    @Test func asksForAJobByItsEscapedID() async throws {
        let server = try ScriptedServer([.json(200, #"{"id":"j","status":"QUEUED","model":"flux-2-pro"}"#)])
        defer { server.stop() }
        let client = FluxClient(server)
        #expect(try await client.job(jobID).status == .queued)
        _ = try await client.job("../me?x=é")
        #expect(server.requests.map(\.path) == ["/v2/jobs/\(jobID)", "/v2/jobs/..%2Fme%3Fx%3D%C3%A9"])
        #expect(server.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func namesTheJobThatIsNotThere() async throws {
        let server = try ScriptedServer([.json(404, #"{"error":"Not found"}"#)])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in try await FluxClient(server).job("j") }
        #expect(error?.message == "the service knows no job j")
        #expect(error?.status == 404)
    }

    @Test func asksForAPage() async throws {
        let server = try ScriptedServer([.json(200, #"{"jobs":[],"nextCursor":null,"hasMore":false}"#)])
        defer { server.stop() }
        let client = FluxClient(server)
        _ = try await client.jobs()
        _ = try await client.jobs(status: .completed, model: "flux-1.1-pro", limit: 500, cursor: "a=b&c")
        #expect(
            server.requests.map(\.path) == [
                "/v2/jobs?limit=20", "/v2/jobs?limit=100&status=COMPLETED&model=flux-1.1-pro&cursor=a%3Db%26c",
            ])
    }

    @Test func asksForModelsAndAccount() async throws {
        let server = try ScriptedServer([
            .json(200, #"{"models":[{"id":"flux-2-pro"}]}"#), .json(200, #"{"team":{"credits":5}}"#),
        ])
        defer { server.stop() }
        let client = FluxClient(server) { $0.baseURL += "/" }
        #expect(try await client.models().map(\.id) == ["flux-2-pro"])
        #expect(try await client.account().credits == 5)
        #expect(server.requests.map(\.path) == ["/v2/models?modality=image", "/v2/me"])
    }

    @Test func retriesAGet() async throws {
        let server = try ScriptedServer([.close, .answer(502), .cut(length: 100, body: [0x7B]), .json(200, "{}")])
        defer { server.stop() }
        let clock = RecordingClock()
        _ = try await FluxClient(server, clock: clock).account()
        #expect(server.requests.count == 4)
        #expect(clock.sleeps.count == 3)
    }

    @Test func saysWhatCameInsteadOfJSON() async throws {
        let server = try ScriptedServer([.answer(200, body: bytes("<html><b>Welcome</b></html>")), .answer(200)])
        defer { server.stop() }
        let client = FluxClient(server)
        let page = await fluxError { () throws(FluxError) in try await client.account() }
        #expect(page?.kind == .service)
        #expect(page?.message.hasSuffix(": Welcome") == true)
        let nothing = await fluxError { () throws(FluxError) in try await client.account() }
        #expect(nothing?.message.hasSuffix(": nothing") == true)
    }

    @Test func doesNotFollowRedirectsWithTheKey() async throws {
        let other = try ScriptedServer([.json(200, "{}")])
        defer { other.stop() }
        let server = try ScriptedServer([.answer(302, headers: [("Location", "\(other.url)/v2/me")])])
        defer { server.stop() }
        let error = await fluxError { () throws(FluxError) in try await FluxClient(server).account() }
        #expect(error?.message == "the service redirects to \(other.url)/v2/me")
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: ["http://example.org", "http://127.0.0.1.example.org", "http://localhost@example.org"])
    func keepsTheKeyOffPlainHTTP(_ baseURL: String) async throws {
        struct Unused: HTTPTransport {
            func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
                HTTPResponse(status: 200, body: bytes("{}"))
            }
            func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
                HTTPResponse(status: 200)
            }
        }
        var configuration = ServiceConfiguration(baseURL: baseURL, apiKey: "afk_test")
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(configuration, transport: Unused()).account()
        }
        #expect(error?.kind == .invalid)
        #expect(
            error?.message == "the API key is not sent over plain http to example.org"
                || error?.message == "the API key is not sent over plain http to 127.0.0.1.example.org")
        configuration.allowInsecureHTTP = true
        _ = try await FluxClient(configuration, transport: Unused()).account()
    }

    @Test(arguments: ["", "api.apiframe.ai", "ftp://example.org", "https://", "http://[::1"])
    func refusesABaseURLThatIsNone(_ baseURL: String) async throws {
        let configuration = ServiceConfiguration(baseURL: baseURL, apiKey: "afk_test")
        let error = await fluxError { () throws(FluxError) in
            try await FluxClient(configuration, transport: CurlTransport()).account()
        }
        #expect(error?.kind == .invalid)
    }
}
