import FluxClient
import FluxJobs
import FluxModule

/// `fluxlua resume`: finishes open jobs, without the scripts that requested them.
struct ResumeCommand {
    let host: HostEnvironment
    let options: ResumeOptions

    func run() async -> Int32 {
        do throws(FluxError) {
            let session = try LedgerLocation.session(options.ledger, host)
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            session.script = .resume
            do throws(FluxError) {
                return try await resume(session)
            } catch {
                session.close(status: ExitStatus.scriptFailed)
                throw error
            }
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    private func resume(_ session: Session) async throws(FluxError) -> Int32 {
        guard !session.usesLocalService else {
            host.say("no APIFRAME_API_KEY: jobs of the local service end with its process; run their scripts again")
            return ExitStatus.success
        }
        let engine = try session.openEngine(FluxSettings())
        guard let ledger = engine.ledger else { return ExitStatus.scriptFailed }
        let accounts = try await accounts(of: engine, ledger)
        let (chosen, left) = try await chosen(in: ledger, accounts)
        let stop = StopSignal { Task { await engine.shutDown() } }
        let jobs = chosen.map { record in
            ResumedJob(record: record, job: engine.resume(record, sendsAnew: record.state == .unknown))
        }
        for resumed in jobs {
            _ = await resumed.job.settled()
            if !options.isJSON, host.put(resumed.line) != ExitStatus.success { break }
        }
        await engine.idle()
        await engine.shutDown()
        let tally = engine.tally
        // Whoever runs `resume` wants to know how the jobs stand afterwards: that is on disk once the ledger is closed.
        session.close(status: ExitStatus.success)
        if options.isJSON {
            let reader = try LedgerReader(path: ledger.path)
            var lines = ""
            for resumed in jobs {
                for record in try reader.requests(named: resumed.job.recordKey ?? "") {
                    lines += try reader.entry(of: record).json.line
                }
            }
            guard host.put(lines) == ExitStatus.success else { return ExitStatus.scriptFailed }
        }
        if !jobs.isEmpty {
            host.say(tally.line(isPaid: true))
        } else if left == 0 {
            host.say("no job is open")
        }
        if let signal = stop.signal { return ExitStatus.interrupted(by: signal) }
        return tally.failed + tally.leftOpen + left > 0 ? ExitStatus.jobsFailed : ExitStatus.success
    }

    /// This key's account, and with `--new-key` those of other keys whose jobs the service shows to this one.
    private func accounts(of engine: JobEngine, _ ledger: Ledger) async throws(FluxError) -> Set<String> {
        var accounts: Set = [ledger.run.account.name]
        guard options.hasNewKey else { return accounts }
        for (account, job) in try await ledger.jobsOfOtherKeys() {
            do throws(FluxError) {
                _ = try await engine.client.job(job)
            } catch {
                guard error.status == 404 else { throw error }
                host.say(
                    "the service does not show job \(job) to this key: it stays open for the key that requested it")
                continue
            }
            try await ledger.adopt(account)
            accounts.insert(account)
        }
        return accounts
    }

    /// The open jobs of these accounts that no other process is at, and those of unknown outcome that shall be sent again;
    /// and how many stay open.
    private func chosen(
        in ledger: Ledger, _ accounts: Set<String>
    ) async throws(FluxError) -> (records: [RequestRecord], left: Int) {
        var filter = RecordFilter()
        filter.isOpen = true
        let open = try await ledger.requests(filter)
        let own = open.filter { accounts.contains($0.identity.account) }
        // Those of the local service end with its process.
        let others = open.count { !accounts.contains($0.identity.account) && $0.identity.account != "local" }
        if others > 0 {
            host.say(
                "\(Self.jobs(others)) from other keys or services: to finish them, set APIFRAME_API_KEY and FLUX_BASE_URL "
                    + "as they were, or use --new-key if this key replaces the old one")
        }
        let free = try await ledger.unclaimed(of: own)
        if own.count > free.count { host.say("\(Self.jobs(own.count - free.count)) under way in another process") }

        filter.isOpen = false
        filter.status = RecordState.unknown.rawValue
        let unknown = try await ledger.requests(filter).filter { accounts.contains($0.identity.account) }
        let wanted = unknown.filter { record in options.sendUnknown.contains { $0 == "all" || names($0, record) } }
        for name in options.sendUnknown where name != "all" && !unknown.contains(where: { names(name, $0) }) {
            throw FluxError(.invalid, "no job '\(name)' of unknown outcome: 'fluxlua jobs --status unknown' lists them")
        }
        if unknown.count > wanted.count {
            let count = unknown.count - wanted.count
            host.say(
                "\(Self.jobs(count)) of unknown outcome, not sent again: 'fluxlua jobs --status unknown' lists them, and "
                    + "--send-unknown sends them")
        }
        let left = others + own.count - free.count + unknown.count - wanted.count
        return ((free + wanted).sorted { $0.id < $1.id }, left)
    }

    private func names(_ name: String, _ record: RequestRecord) -> Bool {
        String(record.id) == name || record.key == name
    }

    private static func jobs(_ count: Int) -> String { count == 1 ? "1 open job is" : "\(count) open jobs are" }
}
