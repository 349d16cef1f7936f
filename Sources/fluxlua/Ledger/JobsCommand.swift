import CommandLineKit
import FluxClient
import FluxJobs

/// `fluxlua jobs`: what this machine has requested, newest first.
struct JobsCommand {
    let host: HostEnvironment
    let options: JobsOptions

    /// What `--status` takes: the words of `job.status`, and the ledger's.
    static let statusWords =
        ["open", "pending"] + JobStatus.allCases.map { $0.rawValue.lowercased() }
        + RecordState.allCases.map(\.rawValue).filter { !["completed", "failed"].contains($0) }

    func run() throws(UsageError) -> Int32 {
        let filter = try filter()
        if options.watches { return watch(filter) }
        return LedgerLocation.read(options.ledger, host) { reader throws(FluxError) in
            let requests = try reader.requests(filter)
            if options.isJSON {
                var lines = ""
                for request in requests { lines += try reader.entry(of: request).json.line }
                return host.put(lines)
            }
            guard !requests.isEmpty else {
                host.say("no such jobs")
                return ExitStatus.success
            }
            let accounts = Set(requests.map(\.identity.account))
            let table = JobsTable(
                isForPeople: host.outputWidth != nil, tellsService: accounts.count > 1,
                tellsMember: try reader.members().count > 1, now: host.now())
            return host.put(table.text(of: requests, width: host.outputWidth))
        }
    }

    private func watch(_ filter: RecordFilter) -> Int32 {
        LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            return try JobsWatch(
                host: host, path: try session.ledgerPath(), filter: filter, isJSON: options.isJSON
            ).run()
        }
    }

    private func filter() throws(UsageError) -> RecordFilter {
        var filter = RecordFilter()
        filter.model = options.model
        filter.limit = options.limit
        if let word = options.status?.lowercased() {
            guard Self.statusWords.contains(word) else {
                let question = Suggestion.question(for: word, in: Self.statusWords)
                let known = Self.statusWords.joined(separator: ", ")
                throw UsageError(message: "'--status' must be one of \(known) (got '\(word)')\(question)")
            }
            filter.isOpen = word == "open"
            filter.status = word == "open" ? nil : word == "pending" ? RecordState.written.rawValue : word
        }
        if let since = options.since {
            guard let moment = TimestampFormat(now: host.now()).since(since) else {
                throw UsageError(notAMoment: since)
            }
            filter.since = moment
        }
        return filter
    }
}

extension HistoryEntry {
    /// `local`, or the host and a path below it: an account's name has the key's hash behind it, which says nothing to
    /// people.
    static func service(ofAccount account: String) -> String {
        let origin = account.prefix { $0 != " " }
        let parts = origin.split(separator: "/", omittingEmptySubsequences: true)
        return parts.count < 2 ? String(origin) : parts.dropFirst().joined(separator: "/")
    }
}

extension UsageError {
    /// Of `--since`.
    init(notAMoment text: String) {
        self.init(
            message: "'--since' must be an age such as 2h or 3d, today, yesterday, or a day such as 2026-11-20 "
                + "(got '\(text)')")
    }
}
