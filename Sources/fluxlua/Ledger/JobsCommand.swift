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
            return host.put(table(requests).text(width: host.outputWidth))
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

    private func table(_ requests: [RequestRecord]) -> TextTable {
        let accounts = Set(requests.map(\.identity.account))
        var columns = [
            TextTable.Column(title: "ID", isNumber: true), TextTable.Column(title: "WHEN"),
            TextTable.Column(title: "STATUS"), TextTable.Column(title: "CREDITS", isNumber: true, isOptional: true),
            TextTable.Column(title: "MODEL", isOptional: true),
            TextTable.Column(title: "SEED", isNumber: true, isOptional: true),
            TextTable.Column(title: "JOB", isOptional: true), TextTable.Column(title: "PROMPT", canShrink: true),
        ]
        if accounts.count > 1 { columns.insert(TextTable.Column(title: "SERVICE", isOptional: true), at: 7) }
        let isForPeople = host.outputWidth != nil
        // For programs it is always there, so that they need not count columns.
        let tellsReasons = !isForPeople || requests.contains { $0.reason != nil }
        if tellsReasons { columns.append(TextTable.Column(title: "REASON", canShrink: true)) }
        var table = TextTable(columns: columns)
        let moment = TimestampFormat(now: host.now())
        for request in requests {
            var cells = [
                String(request.id),
                isForPeople ? moment.short(request.writtenAt) : TimestampFormat.iso(request.writtenAt),
                request.statusWord, request.cost.map { String($0) } ?? "", request.identity.model,
                request.identity.seed.map { String($0) } ?? "",
                isForPeople ? String((request.job ?? "").prefix(8)) : request.job ?? "",
                (request.name.map { "\($0): " } ?? "") + request.identity.prompt,
            ]
            if accounts.count > 1 { cells.insert(HistoryEntry.service(ofAccount: request.identity.account), at: 7) }
            if tellsReasons { cells.append(request.reason ?? "") }
            table.rows.append(cells)
        }
        return table
    }
}

extension RequestRecord {
    /// Why it has no pictures, or none so far; nil where nothing went wrong.
    fileprivate var reason: String? { state == .fetched ? nil : errorMessage }
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
