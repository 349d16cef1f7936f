import FluxClient
import LuaRuntime
import TestSupport
import Testing

/// `err.kind` and `err.hint` as scripts meet them (lua-api §6): every kind that the client knows, each by a way that leads
/// to it.
@Suite(.timeLimit(.minutes(5))) struct ErrorKindTests {
    typealias Setting = @Sendable (inout FakeService.State) -> Void

    struct Way: Sendable, CustomTestStringConvertible {
        var kind: FluxError.Kind
        var hint: String?
        var script = "return select(2, flux.await(flux.generate 'x'))"
        var service: Setting = { _ in }

        var testDescription: String { kind.rawValue }
    }

    private static let id = "a0000001-0000-4000-8000-000000000000"

    private static func refused(_ status: Int, _ body: JSONValue = ["error": "no"]) -> Setting {
        { $0.refusal = FakeService.answer(status, body) }
    }

    private static func ended(_ status: String, _ error: String? = nil, isExpired: Bool = false) -> Setting {
        {
            let body: JSONValue = ["model": "flux-2-pro", "prompt": "x"]
            $0.jobs = [
                FakeService.Job(number: 1, body: body, status: status, error: error, isExpired: isExpired)
            ]
        }
    }

    private static let earlier = "return select(2, flux.await(flux.job '\(id)'))"

    static let ways = [
        Way(kind: .invalid, service: refused(400)),
        Way(kind: .auth, hint: "set APIFRAME_API_KEY to your key, which begins with afk_", service: refused(401)),
        Way(kind: .auth, hint: "check that the API key is active and may make images", service: refused(403)),
        Way(kind: .credits, hint: "buy credits, or request less at a time", service: refused(402)),
        Way(kind: .rateLimited, service: refused(429)),
        Way(kind: .failed, script: earlier, service: ended("FAILED", "out of paint")),
        Way(
            kind: .moderated,
            hint: "change the prompt or the pictures given; flux-fill-pro also has 'safety_tolerance'",
            script: earlier, service: ended("FAILED", "NSFW content detected")),
        Way(
            kind: .expired,
            hint: "the service keeps pictures for a limited time, usually a day; fresh = true requests a new one",
            script: earlier,
            service: ended("COMPLETED", isExpired: true)),
        Way(kind: .cancelled, script: earlier, service: ended("CANCELLED")),
        Way(kind: .network, service: { $0.outage = FluxError(.network, "nobody there") }),
        Way(kind: .service, service: refused(503)),
        Way(
            kind: .timeout,
            hint: "it is still running, and jobs are paid for either way; await again to get the result",
            script: "return select(2, flux.await(flux.generate 'x', { timeout = 1 }))"),
        Way(
            kind: .io, hint: "the pictures are kept: fix this and run the script again; they are not paid for twice",
            script: "return select(2, pcall(flux.save, flux.job '\(id)', '/dev/null/x.{ext}'))",
            service: ended("COMPLETED")),
    ]

    @Test(arguments: ways)
    func kindIsReachedWithItsHint(_ way: Way) async throws {
        let bench = try await Bench()
        bench.service.change(way.service)
        let error = try #require(try await bench.runToEnd(way.script).last?.table)
        #expect(error["kind"].string == way.kind.rawValue, "\(error)")
        #expect(error["hint"].string == way.hint)
        #expect(error["message"].string?.isEmpty == false)
    }

    @Test func everyKindOfTheClientHasAWay() {
        // These two need a ledger, and are met where there is one.
        let ofLedger: Set<FluxError.Kind> = [.budget, .unknownOutcome]
        #expect(Set(Self.ways.map(\.kind)).union(ofLedger) == Set(FluxError.Kind.allCases))
    }
}
