import FluxClient
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Submits jobs, watches them, and fetches their pictures, all in the background.
///
/// Nothing runs while no job is open. Jobs are never cancelled at the service, which has no call for that (contract §1).
public final class JobEngine: Sendable {
    let registry: JobRegistry
    let core: EngineCore
    /// What was asked before, and is written down before it is sent. Nil: nothing is remembered.
    public let ledger: Ledger?
    private let register: IdentityAllocator?
    let files: InputFiles
    let saver = PictureSaver()

    private let onStart: (@Sendable (Job) -> Void)?

    /// - Parameters:
    ///   - client: makes the calls.
    ///   - configuration: how it works from the beginning; see `update(_:)`.
    ///   - store: takes the fetched pictures.
    ///   - ledger: opened for the run that begins with this engine. Whoever opened it closes it, after `shutDown`.
    ///   - handover: where given, requests are written down for others on the ledger, and not sent.
    ///   - onStart: told of each job that is started.
    ///   - clock: for all waiting.
    ///   - now: wall time, to tell how long an upload's URL is good for.
    ///   - random: two numbers make an idempotency key; others vary the waits after failures.
    ///   - notice: gets a line when the service is gone, once, and when it is back.
    public init(
        client: FluxClient, configuration: EngineConfiguration = EngineConfiguration(), store: PictureStore,
        ledger: Ledger? = nil, handover: Handover? = nil, onStart: (@Sendable (Job) -> Void)? = nil,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.onStart = onStart
        registry = JobRegistry(configuration)
        files = InputFiles()
        self.ledger = ledger
        register = ledger.map { IdentityAllocator(run: $0.run) }
        core = EngineCore(
            client: client, registry: registry, store: store, ledger: ledger, handover: handover,
            clock: EngineClock(clock), now: now, random: random, files: files, notice: notice)
    }

    /// Starts a job and returns its handle at once, from any thread. What goes wrong later is in the handle. Jobs of one
    /// lane are submitted in the order in which they were started, except that one waits for the jobs whose pictures it
    /// needs; lanes take turns.
    ///
    /// Local files are read here, each content once: what is sent later is what they hold now, or the job fails.
    public func start(_ request: JobRequest) -> Job {
        var request = request
        let inputs = files.files(of: request)
        let draftIdentity = register?.take(&request, inputs)
        return start(request, inputs, draftIdentity: draftIdentity)
    }

    func start(_ request: JobRequest, _ inputs: [String: Result<InputFile, FluxError>], draftIdentity: DraftIdentity?)
        -> Job
    {
        let (job, isFirst) = registry.add(request, inputs: inputs, draftIdentity: draftIdentity)
        onStart?(job)
        if isFirst { Task { [core] in await core.takeNews() } }
        return job
    }

    /// Changes how the engine works from now on.
    public func update(_ configuration: EngineConfiguration) {
        registry.configuration = configuration
        Task { [core] in await core.takeNews() }
    }

    /// How it works now.
    public var configuration: EngineConfiguration { registry.configuration }

    /// What it asks the service with.
    public var client: FluxClient { core.client }

    /// The jobs that are not settled, in the order in which they were started.
    public var openJobs: [Job] { registry.openJobs }

    /// How the jobs ended that were started here and have settled.
    public var tally: JobCounts { registry.tally }

    /// Waits until no job is open, or the waiting task is cancelled.
    public func idle() async {
        let waiter = Waiter()
        registry.whenIdle(waiter)
        await withTaskCancellationHandler {
            await waiter.wait()
        } onCancel: {
            waiter.finish()
        }
    }

    /// Takes in what the service has told by itself. Deliveries may come twice, late, in any order, and of jobs that are
    /// not this engine's.
    public func receive(_ delivery: WebhookDelivery) {
        Task { [core] in await core.receive(delivery) }
    }

    /// Ends all background work and returns when it has ended. Open jobs settle with an error of kind `cancelled`; at
    /// the service they go on, and are paid. Jobs started afterwards settle so at once.
    public func shutDown() async {
        registry.close()
        await core.shutDown()
    }
}
