import FluxClient
import FluxJobs
import Foundation
import Synchronization
import TestSupport

/// An engine with a fake service, a clock of its own and a store of its own.
final class Bench: Sendable {
    let clock: ManualClock
    let folder: TemporaryFolder
    let service: FakeService
    let engine: JobEngine
    private let told: Told
    /// What the engine had to say.
    var notices: [String] { told.lines }

    /// - Parameters:
    ///   - scouts: looks before the first job should be ready, which most tests do not want to count.
    ///   - retries: the client's own, beneath the engine's.
    init(
        _ configuration: EngineConfiguration = EngineConfiguration(), scouts: Bool = false, store: String = "store",
        clock: ManualClock = ManualClock(), retries: Int = 0,
        plan: @escaping @Sendable (String) -> FakeService.Plan = { _ in FakeService.Plan() },
        intercept: @escaping @Sendable (HTTPRequest, FakeService.State) throws(FluxError) -> HTTPResponse? = {
            _, _ in nil
        },
        picture: @escaping @Sendable (String, Int) throws(FluxError) -> [UInt8]? = { url, _ in
            SamplePictures.gif(mark: url.hashValue)
        },
        delay: @escaping @Sendable (HTTPRequest) async -> Void = { _ in },
        transport: (FakeService) -> any HTTPTransport = { $0 }
    ) throws {
        self.clock = clock
        folder = try TemporaryFolder()
        service = FakeService(clock, plan: plan, intercept: intercept, picture: picture, delay: delay)
        let client = FluxClient(
            ServiceConfiguration(apiKey: "afk_test", retries: retries), transport: transport(service), clock: clock)
        var configuration = configuration
        configuration.scouts = scouts
        let told = Told()
        self.told = told
        engine = JobEngine(
            client: client, configuration: configuration, store: PictureStore(root: folder.path + "/" + store),
            clock: clock, notice: { told.add($0) })
    }

    func start(_ prompt: String, images: [String: [ImageSource]] = [:], lane: Int = 0) -> Job {
        var request = JobRequest(
            call: .generate, model: "flux-2-pro", prompt: prompt, parameters: ["resolution": "1MP"], images: images,
            seed: 7)
        request.lane = lane
        return engine.start(request)
    }

    /// Lets time pass until the jobs are settled.
    func settle(_ jobs: Job...) async { await settle(jobs) }

    func settle(_ jobs: [Job]) async {
        await clock.run { jobs.areSettled }
    }

    /// Lets the engine work without time passing until the service has accepted the jobs.
    func accepted(_ jobs: [Job]) async {
        await until { jobs.allSatisfy { $0.snapshot.id != nil } && clock.nextDeadline != nil }
    }
}

/// Lines, from any thread.
final class Told: Sendable {
    private let all = Mutex<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func add(_ line: String) { all.withLock { $0.append(line) } }
}

extension Sequence<Job> {
    var haveSucceeded: Bool { allSatisfy { $0.snapshot.isSuccess } }
    var areSettled: Bool { allSatisfy { $0.snapshot.isSettled } }
}
