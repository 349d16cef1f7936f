import FluxClient
import Foundation
import Synchronization
import TestSupport

@testable import FluxJobs

/// Runs of one script, one after the other or at once, with one service, one store, and ledgers that may be frozen as a
/// kill would leave them.
final class RunBench: Sendable {
    let clock = ManualClock()
    let folder: TemporaryFolder
    let service: FakeService
    /// The address of the ledger that members of a team share.
    private let database: String?
    private let state = Mutex(State())

    private struct State {
        var ahead: TimeInterval = 0
        var plan = FakeService.Plan()
        /// Called with each request before the service sees it, downloads too.
        var onRequest = Hook { _ in }
        var trouble: Trouble?
        var refusal = Refusal { _ in nil }
        var answer = Answer { _ in nil }
        var missingPictures = 0
    }

    struct Answer: Sendable {
        /// In the service's place; nil: the service's own answer.
        var body: @Sendable (HTTPRequest) throws(FluxError) -> HTTPResponse?
    }

    struct Refusal: Sendable {
        /// The status of the answer to a call; nil: the service's own answer.
        var status: @Sendable (_ url: String) -> Int?
    }

    struct Hook: Sendable {
        var body: @Sendable (_ url: String) -> Void
    }

    /// What a call meets instead of an answer.
    enum Trouble: Sendable {
        /// Lists of jobs, and single ones, answer with this status.
        case looksRefused(Int)
        case gone
    }

    /// - Parameter place: of the ledgers.
    init(_ place: LedgerBench.Place = .file) throws {
        folder = try TemporaryFolder()
        database = place == .server ? try PostgreSQLServer.shared().database() : nil
        let relay = Relay()
        service = FakeService(
            clock, plan: { _ in relay.bench?.state.withLock { $0.plan } ?? FakeService.Plan() },
            intercept: { request, _ throws(FluxError) in
                relay.bench?.state.withLock { $0.onRequest }.body(request.url)
                if let answer = try relay.bench?.state.withLock({ $0.answer }).body(request) { return answer }
                if let status = relay.bench?.state.withLock({ $0.refusal }).status(request.url) {
                    return FakeService.answer(status, ["error": "no"])
                }
                switch relay.bench?.state.withLock(\.trouble) {
                case .gone: throw FluxError(.network, "could not connect")
                case .looksRefused(let status) where request.method == .get:
                    return FakeService.answer(status, ["error": "no"])
                case .looksRefused, nil: return nil
                }
            },
            picture: { url, _ in
                relay.bench?.state.withLock { $0.onRequest }.body(url)
                if relay.bench?.missesPicture() == true { return nil }
                return relay.bench?.gone == true ? nil : SamplePictures.gif(mark: url.hashValue)
            })
        relay.owner.withLock { $0 = Weak(bench: self) }
    }

    private struct Weak {
        weak var bench: RunBench?
    }

    private final class Relay: Sendable {
        let owner = Mutex(Weak())
        var bench: RunBench? { owner.withLock(\.bench) }
    }

    private var gone: Bool { state.withLock { $0.plan.isExpired } }

    func plan(_ change: (inout FakeService.Plan) -> Void) { state.withLock { change(&$0.plan) } }

    func refuse(_ status: @escaping @Sendable (_ url: String) -> Int?) {
        state.withLock { $0.refusal = Refusal(status: status) }
    }

    func answer(_ body: @escaping @Sendable (HTTPRequest) throws(FluxError) -> HTTPResponse?) {
        state.withLock { $0.answer = Answer(body: body) }
    }

    /// So often the CDN answers 404, as long as a picture is on its way there.
    func missPictures(_ count: Int) { state.withLock { $0.missingPictures = count } }

    private func missesPicture() -> Bool {
        state.withLock { state in
            guard state.missingPictures > 0 else { return false }
            state.missingPictures -= 1
            return true
        }
    }

    func meet(_ trouble: Trouble?) { state.withLock { $0.trouble = trouble } }

    func onRequest(_ body: @escaping @Sendable (_ url: String) -> Void) {
        state.withLock { $0.onRequest = Hook(body: body) }
    }

    /// Time passes for all, while nothing runs.
    func pass(hours: Double) {
        state.withLock { $0.ahead += hours * 3600 }
        clock.advance(by: .seconds(hours * 3600))
    }

    /// Somebody sets the clock on the wall; no time passes.
    func setClock(hoursAhead hours: Double) { state.withLock { $0.ahead = hours * 3600 } }

    func path(_ name: String) -> String { database ?? "\(folder.path)/\(name).sqlite" }

    /// Copies a ledger as it is on disk at this moment: what a killed process would leave.
    func freeze(_ name: String, as copy: String) {
        for end in ["", "-wal"] {
            try? FileManager.default.copyItem(atPath: path(name) + end, toPath: path(copy) + end)
        }
    }

    /// - Parameter member: whose store the pictures go to.
    func run(
        _ name: String = "ledger", script: String = "/s/sweep.lua", isFresh: Bool = false,
        account: LedgerAccount = LedgerBench.account, member: String = "",
        handover: Handover? = nil
    ) throws -> Run {
        let ledger = try Ledger(
            path: path(name), for: RunDescription(account: account, script: script, isFresh: isFresh),
            now: { [weak self] in Date().addingTimeInterval(self?.state.withLock(\.ahead) ?? 0) })
        let calls = Calls(service)
        let client = FluxClient(ServiceConfiguration(apiKey: "afk_test", retries: 0), transport: calls, clock: clock)
        let told = Told()
        let engine = JobEngine(
            client: client, store: PictureStore(root: "\(folder.path)/store\(member)"), ledger: ledger,
            handover: handover, clock: clock,
            notice: { told.add($0) })
        return Run(bench: self, ledger: ledger, engine: engine, told: told, calls: calls)
    }
}

/// One run of a script.
struct Run: Sendable {
    let bench: RunBench
    let ledger: Ledger
    let engine: JobEngine
    /// What the engine had to say.
    let told: Told
    let calls: Calls

    /// Asks for a picture; without a seed one is drawn.
    func ask(
        _ prompt: String = "a mug", seed: Int64? = 7, isFresh: Bool = false, images: [String: [ImageSource]] = [:]
    ) -> Job {
        var request = JobRequest(
            call: .generate, model: "flux-2-pro", prompt: prompt, parameters: ["resolution": "1MP"], images: images,
            seed: seed ?? 1, origin: "sweep.lua:7")
        request.seedIsDrawn = seed == nil
        request.isFresh = isFresh
        return engine.start(request)
    }

    /// Asks and waits.
    func made(
        _ prompt: String = "a mug", seed: Int64? = 7, isFresh: Bool = false, images: [String: [ImageSource]] = [:]
    ) async -> Job {
        let job = ask(prompt, seed: seed, isFresh: isFresh, images: images)
        await bench.clock.run { job.snapshot.isSettled }
        return job
    }

    /// What the ledger says of all requests, oldest first.
    func states() async throws -> [RecordState] { try await ledger.requests().reversed().map(\.state) }

    func end(_ outcome: RunOutcome = .clean) async throws {
        await engine.shutDown()
        try ledger.close(outcome)
    }
}

/// One run's calls of the service.
final class Calls: HTTPTransport {
    private let service: FakeService
    private let looked = Mutex(0)

    init(_ service: FakeService) { self.service = service }

    /// How often it has asked how jobs are doing.
    var looks: Int { looked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        if request.url.contains("/v2/jobs") { looked.withLock { $0 += 1 } }
        return try await service.send(request)
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        try await service.download(request, to: path)
    }
}
