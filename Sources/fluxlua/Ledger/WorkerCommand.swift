import FluxClient
import FluxJobs
import FluxModule
import Synchronization

/// `fluxlua worker`: takes up whatever is open on a ledger, until it is told to stop.
struct WorkerCommand {
    let host: HostEnvironment
    let options: WorkerOptions

    /// How often it looks for what is open: a machine that is gone tells nobody.
    private static let interval = Duration.seconds(1)

    func run() async -> Int32 {
        do throws(FluxError) {
            let session = try LedgerLocation.session(options.ledger, host)
            session.script = .worker
            do throws(FluxError) {
                try await work(session)
                session.close(status: ExitStatus.success)
                return ExitStatus.success
            } catch {
                session.close(status: ExitStatus.scriptFailed)
                throw error
            }
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    private func work(_ session: Session) async throws(FluxError) {
        guard !session.usesLocalService else {
            throw FluxError(
                .invalid, "a worker needs a service that goes on: the local one ends with each script",
                hint: "set APIFRAME_API_KEY")
        }
        let engine = try session.openEngine(FluxSettings())
        guard let ledger = engine.ledger else { throw FluxError(.io, "there is no ledger to work for") }
        let attempts = Attempts()
        let working = Task { () -> FluxError? in
            do throws(FluxError) {
                while !Task.isCancelled {
                    try await takeUp(ledger, engine, attempts)
                    _ = try? await Task.sleep(for: Self.interval)
                }
                return nil
            } catch {
                // Who is told to stop while the database is away waits no longer.
                return Task.isCancelled ? nil : error
            }
        }
        let stop = StopSignal {
            working.cancel()
            Task { await engine.shutDown() }
        }
        host.say("working for the ledger \(LedgerAddress.shown(ledger.path)); Ctrl-C stops")
        let problem = await working.value
        await engine.shutDown()
        if let problem { throw problem }
        if stop.signal != nil { host.say(engine.tally.line(isPaid: true)) }
    }

    /// Begins with all that nobody is at.
    private func takeUp(_ ledger: Ledger, _ engine: JobEngine, _ attempts: Attempts) async throws(FluxError) {
        var filter = RecordFilter()
        filter.isOpen = true
        filter.account = ledger.run.account.name
        let open = try await ledger.requests(filter)
        for record in try await ledger.unclaimed(of: open).reversed() where attempts.begin(record.key) {
            let resumed = ResumedJob(record: record, job: engine.resume(record))
            Task {
                let snapshot = await resumed.job.settled()
                attempts.end(record.key, isSuccess: snapshot.isSuccess)
                if snapshot.error?.kind != .cancelled { host.writeOutput(resumed.line) }
            }
        }
    }
}

/// What a worker is at, and what it tries again later.
private final class Attempts: Sendable {
    private struct Attempt {
        var isRunning = true
        var failures = 0
        var next = ContinuousClock.now
    }

    private static let longestPause = Duration.seconds(600)
    private let all = Mutex<[String: Attempt]>([:])

    /// - Returns: false while it is at it, and for some time after it has failed.
    func begin(_ key: String) -> Bool {
        all.withLock { all in
            guard var attempt = all[key] else {
                all[key] = Attempt()
                return true
            }
            guard !attempt.isRunning, attempt.next <= .now else { return false }
            attempt.isRunning = true
            all[key] = attempt
            return true
        }
    }

    func end(_ key: String, isSuccess: Bool) {
        all.withLock { all in
            guard var attempt = all.removeValue(forKey: key), !isSuccess else { return }
            attempt.isRunning = false
            attempt.failures += 1
            attempt.next = .now + min(.seconds(5) * (1 << min(attempt.failures, 10)), Self.longestPause)
            all[key] = attempt
        }
    }
}
