import FluxClient
import Synchronization

/// The service behind the wire: what it remembers, what it paints, and the time it lives in. Its calls are in
/// extensions, one file each; `Router` leads requests to them.
final class Service: Sendable {
    /// Makes the encoded file of a job's picture, counted from 0.
    typealias Brush = @Sendable (JobRecord, _ index: Int) throws -> [UInt8]
    /// Gets a picture that lies elsewhere; nil when it is not there.
    typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]?

    let configuration: SimulatorConfiguration
    let time: ServiceTime
    let books: Mutex<Books>
    let uploads = Mutex(Uploads())
    let log = Mutex(RequestLog())
    /// What had been counted when the log was last reset.
    let counted = Mutex(SimulatorSummary())
    private let requestIDs: Mutex<RandomSource>
    let pictures: PictureStore
    let brush: Brush
    let fetch: Fetch?
    /// Its own host and port: what stands in URLs for clients that did not say how they reached it.
    let authority = Mutex("")
    /// The names under which clients were given URLs.
    let knownHosts = Mutex<Set<String>>([])
    /// Accepted jobs on their way to the foreman.
    let accepted: AsyncStream<Ticket>.Continuation
    private let tickets: AsyncStream<Ticket>
    private let foreman = Mutex<Task<Void, Never>?>(nil)

    struct Ticket: Sendable {
        let jobID: String
        let startsAt: Duration
    }

    init(
        _ configuration: SimulatorConfiguration, time: ServiceTime, workers: Int, brush: @escaping Brush,
        fetch: Fetch? = nil
    ) {
        self.configuration = configuration
        self.time = time
        self.brush = brush
        self.fetch = fetch
        books = Mutex(Books(configuration))
        requestIDs = Mutex(RandomSource(seed: ~configuration.seed))
        pictures = PictureStore(workers: workers)
        (tickets, accepted) = AsyncStream.makeStream()
    }

    /// Begins to work on jobs.
    func open() {
        foreman.withLock { foreman in
            foreman = foreman ?? Task { await self.supervise(tickets) }
        }
    }

    /// Work under way is given up.
    func close() {
        accepted.finish()
        foreman.withLock { $0?.cancel() }
        pictures.close()
    }

    func nextRequestID() -> String { requestIDs.withLock { "req_\($0.uuid())" } }

    /// Jobs begin in the order of their acceptance, so one sleeper is enough for all of them.
    private func supervise(_ tickets: AsyncStream<Ticket>) async {
        await withDiscardingTaskGroup { group in
            for await ticket in tickets {
                guard (try? await time.sleep(until: ticket.startsAt)) != nil else { return }
                guard let job = books.withLock({ $0.job(ticket.jobID) }), job.failure == nil else { continue }
                if job.submission.references.isEmpty {
                    for index in 0..<job.pictureCount { prepare(job, index) }
                } else {
                    group.addTask { await self.work(on: job) }
                }
            }
        }
    }
}
