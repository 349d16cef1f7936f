import FluxClient
import HTTPServer
import SQL
import SQLite
import Synchronization

/// The service behind the wire: what it remembers, what it paints, and the time it lives in. Its calls are in
/// extensions, one file each; `Router` leads requests to them.
final class Service: Sendable {
    /// Makes the encoded file of a job's picture, counted from 0.
    typealias PicturePainter = @Sendable (JobRecord, [InputPicture], _ index: Int) throws -> [UInt8]
    /// Gets a picture that lies elsewhere; nil when it is not there.
    typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]?

    let configuration: SimulatorConfiguration
    let time: ServiceClock
    private let stateMachine: Mutex<ServiceStateMachine>
    let log = Mutex(RequestLog())
    /// What had been counted when the log was last reset.
    let counted = Mutex(SimulatorSummary())
    private let requestIDs: Mutex<RandomSource>
    let pictures: PictureStore
    let painter: PicturePainter
    let fetch: Fetch?
    /// Its own host and port: what stands in URLs for clients that did not say how they reached it.
    let authority = Mutex("")
    /// The names under which clients were given URLs.
    let knownHosts = Mutex<Set<String>>([])
    private let dispatcher: WebhookDispatcher
    private let wakeupTimer: WakeupTimer
    private let journal = Mutex<Journal?>(nil)
    /// Work on jobs that were given pictures.
    let works = BackgroundTasks()

    init(
        _ configuration: SimulatorConfiguration, time: ServiceClock, workers: Int, painter: @escaping PicturePainter,
        transport: (any HTTPTransport)? = nil, fetch: Fetch? = nil
    ) {
        self.configuration = configuration
        self.time = time
        self.painter = painter
        self.fetch = fetch
        stateMachine = Mutex(ServiceStateMachine(configuration))
        requestIDs = Mutex(RandomSource(seed: ~configuration.seed))
        pictures = PictureStore(workers: workers)
        dispatcher = WebhookDispatcher(transport: transport, time: time, seed: configuration.seed)
        wakeupTimer = WakeupTimer(time: time)
    }

    /// Goes on where the last service with this state file ended, and keeps its own state there.
    func keepState(in path: String) throws(SimulatorError) {
        let file = try StateFile(path: path, time: time)
        let saved: SavedState
        do throws(SQLError) {
            saved = try file.read()
        } catch {
            throw .cannotKeepState("'\(path)' cannot be read: \(error)")
        }
        let journal = Journal(file) { [weak self] in self?.stateMachine.withLock { ($0.takeChanges(), $0.account) } }
        self.journal.withLock { $0 = journal }
        stateMachine.withLock { $0.resume(saved) }
        withBooks { _ in }
    }

    /// Work under way is given up.
    func close() {
        wakeupTimer.close()
        works.close()
        dispatcher.close()
        pictures.close()
        journal.withLock { $0 }?.close()
    }

    /// Holds back an answer until what it tells is written down, where state is kept.
    func afterWriting(_ response: Response) -> Answer {
        guard let journal = journal.withLock({ $0 }) else { return .response(response) }
        return .later { answer in
            journal.write(
                then: Journal.Waiter { trouble in
                    answer(trouble.map { .error(503, "The state cannot be written: \($0)") } ?? response)
                })
        }
    }

    func nextRequestID() -> String { requestIDs.withLock { "req_\($0.uuid())" } }

    /// The state as it stands now, to read or to change. What follows from it is set in motion before anybody else
    /// sees them, so that it keeps its order.
    func withBooks<Result: Sendable, Failure: Error>(
        _ body: (inout ServiceStateMachine) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try stateMachine.withLock { stateMachine throws(Failure) in
            let now = time.elapsed()
            stateMachine.advance(to: now)
            let result = try body(&stateMachine)
            // What a change brings about at once, such as the beginning of a job that need not wait.
            stateMachine.advance(to: now)
            for effect in stateMachine.takeEffects() { perform(effect) }
            if stateMachine.changes?.isEmpty == false { journal.withLock { $0 }?.write() }
            wakeupTimer.set(to: stateMachine.eventQueue.nextMoment) { [weak self] in self?.withBooks { _ in } }
            return result
        }
    }

    private func perform(_ effect: ServiceStateMachine.Effect) {
        switch effect {
        case .begin(let job) where job.isSettled:
            for index in 0..<job.pictureCount { prepare(job, index) }
        case .begin(let job):
            works.add { [weak self] in await self?.work(on: job) }
        case .announce(let event, let job, let moment):
            guard let webhook = job.webhook else { return }
            let delivery = WebhookDispatcher.Delivery(
                job: job.number, event: event, url: webhook.url, secret: webhook.secret,
                body: body(of: event, job, webhook, at: moment), troubles: job.trouble.webhooks)
            dispatcher.take(delivery) { [weak self] isDelivered in
                self?.withBooks { $0.dealt(withEventOf: job.number, delivered: isDelivered) }
            }
        }
    }
}
