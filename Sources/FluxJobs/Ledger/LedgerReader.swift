import FluxClient
import SQL

/// Which requests of a ledger to read.
public struct RecordFilter: Sendable {
    /// The service's word, or one of the ledger's states.
    public var status: String?
    public var model: String?
    /// Milliseconds since 1970: not written before.
    public var since: Int64?
    /// The number of a run that asked for it, also where it was answered from what was there.
    public var run: Int64?
    /// The service's id of its job.
    public var job: String?
    /// The name of an account.
    public var account: String?
    /// Not settled, and not given up.
    public var isOpen = false
    public var limit: Int?

    public init() {}

    fileprivate var condition: (sql: String, values: [SQLValue]) {
        var parts: [String] = []
        var values: [SQLValue] = []
        func add(_ part: String, _ more: [SQLValue]) {
            parts.append(part)
            values += more
        }
        if let status { add("(status = ? OR state = ?)", [.text(status.uppercased()), .text(status.lowercased())]) }
        if let model { add("model = ?", [.text(model)]) }
        if let since { add("written_at >= ?", [.integer(since)]) }
        if let run { add("id IN (SELECT request FROM uses WHERE run = ?)", [.integer(run)]) }
        if let job { add("job = ?", [.text(job)]) }
        if let account { add("account = ?", [.text(account)]) }
        if isOpen { add("state IN ('written', 'accepted', 'completed')", []) }
        let end = limit.map { " LIMIT \(max(0, $0))" } ?? ""
        return ((parts.isEmpty ? "" : "WHERE \(parts.joined(separator: " AND ")) ") + "ORDER BY id DESC" + end, values)
    }
}

/// Where and when a request's picture was saved by a script.
public struct SaveRecord: Sendable, Hashable {
    public var place: Int
    public var path: String
    /// Milliseconds since 1970.
    public var savedAt: Int64
}

/// A ledger to look at: changes nothing in it.
public final class LedgerReader {
    let store: any LedgerStore

    /// - Parameter path: of a file, or an address of a database.
    /// - Throws: kind `io` when there is none, or it cannot be read.
    public init(path: String) throws(FluxError) {
        store = try LedgerStores.open(path, .read)
    }

    /// Newest first.
    public func requests(_ filter: RecordFilter = RecordFilter()) throws(FluxError) -> [RequestRecord] {
        let condition = filter.condition
        return try store.reading { store throws(SQLError) in try store.records(condition.sql, condition.values) }
    }

    /// Those whose job's id, key or number begins so; newest first.
    public func requests(named name: String) throws(FluxError) -> [RequestRecord] {
        try store.reading { store throws(SQLError) in try store.records(named: name) }
    }

    /// Another number as soon as anybody has changed the ledger since this reader looked last.
    public func version() throws(FluxError) -> Int64 {
        try store.reading { store throws(SQLError) in
            try store.changeNumber()
        }
    }

    /// A run in a few words.
    public struct RunSummary: Sendable {
        public var id: Int64
        public var script: String
        /// Milliseconds since 1970.
        public var startedAt: Int64
        /// What it asked for.
        public var requests: Int
    }

    /// The runs that asked for anything, newest first.
    public func runs(limit: Int) throws(FluxError) -> [RunSummary] {
        try store.reading { store throws(SQLError) in
            try store.run(
                """
                SELECT runs.id AS id, script, started_at, count(*) AS requests FROM runs JOIN uses ON uses.run = runs.id
                GROUP BY runs.id ORDER BY runs.id DESC LIMIT ?
                """, [.integer(Int64(limit))])
        }.map { row in
            RunSummary(
                id: row["id"].integer ?? 0, script: row["script"].text ?? "",
                startedAt: row["started_at"].integer ?? 0, requests: Int(row["requests"].integer ?? 0))
        }
    }

    /// The number of the last run that asked for anything; nil in an empty ledger.
    public func lastRun() throws(FluxError) -> Int64? {
        try store.reading { store throws(SQLError) in
            try store.run("SELECT max(run) AS run FROM uses").first?["run"].integer
        }
    }

    public func saves(of request: Int64) throws(FluxError) -> [SaveRecord] {
        try store.reading { store throws(SQLError) in
            try store.run(
                "SELECT * FROM saves WHERE request = ? ORDER BY place, path", [.integer(request)])
        }.compactMap { row in
            guard let place = row["place"].integer, let path = row["path"].text, let at = row["saved_at"].integer
            else { return nil }
            return SaveRecord(place: Int(place), path: path, savedAt: at)
        }
    }
}

extension Ledger {
    /// Requests of this ledger, newest first.
    public func requests(_ filter: RecordFilter = RecordFilter()) async throws(FluxError) -> [RequestRecord] {
        let condition = filter.condition
        return try await queue.perform { store throws(SQLError) in
            try store.records(condition.sql, condition.values)
        }
    }

    /// What the last jobs of this account have taken, by the service's clock, the newest first.
    func recentDurations(_ count: Int = 200) async throws(FluxError) -> [(model: String, duration: Duration)] {
        let account = run.account.name
        return try await queue.perform { store throws(SQLError) in
            try store.run(
                """
                SELECT model, completed_at - created_at AS took FROM requests
                WHERE account = ? AND completed_at >= created_at ORDER BY written_at DESC LIMIT ?
                """, [.text(account), .integer(Int64(count))])
        }.compactMap { row in
            guard let model = row["model"].text, let took = row["took"].integer else { return nil }
            return (model, .milliseconds(took))
        }
    }

    /// Those of these keys that there are.
    func records(keys: [String]) async throws(FluxError) -> [RequestRecord] {
        try await queue.perform { store throws(SQLError) in
            var records: [RequestRecord] = []
            for key in keys { if let record = try store.record(key: key) { records.append(record) } }
            return records
        }
    }

    /// The newest attempts of requests, in their order; nil where there is none. A request whose seed its author names
    /// is also answered by one that had drawn the same seed: see `RequestIdentity.isAnswered`.
    func newest(of requests: [RecordedRequest]) async throws(FluxError) -> [RequestRecord?] {
        try await queue.perform { store throws(SQLError) in
            var records: [RequestRecord?] = []
            for request in requests {
                var record = try store.newest(digest: request.digest)
                if record == nil, !request.isFresh { record = try store.drawn(as: request.identity) }
                records.append(record)
            }
            return records
        }
    }
}

extension Ledger {
    /// The newest job of each other key that asked the same service.
    public func jobsOfOtherKeys() async throws(FluxError) -> [(account: String, job: String)] {
        let own = run.account.name
        return try await queue.perform { store throws(SQLError) in
            try store.run(
                """
                SELECT account, job FROM requests WHERE id IN
                  (SELECT max(id) FROM requests WHERE job IS NOT NULL AND account <> ? GROUP BY account)
                """, [.text(own)])
        }.compactMap { row in
            guard let account = row["account"].text, let job = row["job"].text,
                LedgerAccount.service(of: account) == LedgerAccount.service(of: own)
            else { return nil }
            return (account, job)
        }
    }

    /// Has what was asked with another key count for this run's, from the next run on: the service has shown that both are
    /// of one owner. Where this key has asked for something itself already, nothing is changed: that would be forgotten.
    public func adopt(_ account: String) async throws(FluxError) {
        let own = run.account.name
        try await queue.perform { store throws(SQLError) in
            try store.run(
                """
                INSERT INTO accounts (name, same_as) SELECT ?1, ?2
                WHERE NOT EXISTS (SELECT 1 FROM requests WHERE account = ?1) ON CONFLICT DO NOTHING
                """, [.text(own), .text(account)])
            return
        }
    }

    /// How far the service's clock is ahead of ours, in milliseconds, as its last jobs show; 0 where nothing shows it.
    func clockOffset() async throws(FluxError) -> Int64 {
        let account = run.account.name
        return try await queue.perform { store throws(SQLError) in
            let offsets = try store.run(
                """
                SELECT created_at - accepted_at AS offset FROM requests
                WHERE account = ? AND created_at IS NOT NULL AND accepted_at IS NOT NULL ORDER BY written_at DESC LIMIT 21
                """, [.text(account)]
            ).compactMap { $0["offset"].integer }.sorted()
            return offsets.isEmpty ? 0 : offsets[offsets.count / 2]
        }
    }

    /// The service's ids that begin so, of this account.
    func jobs(beginning: String) async throws(FluxError) -> [String] {
        let account = run.account.name
        return try await queue.perform { store throws(SQLError) in
            try store.run(
                """
                SELECT job, max(id) AS newest FROM requests WHERE account = ? AND job >= ? AND job < ?
                GROUP BY job ORDER BY newest DESC LIMIT 9
                """,
                [
                    .text(account), .text(beginning.lowercased()), .text(beginning.lowercased() + "\u{10FFFF}"),
                ])
        }.compactMap { $0["job"].text }
    }

    /// Which of the service's jobs are those of requests in the ledger.
    func known(jobs: [String]) async throws(FluxError) -> Set<String> {
        try await queue.perform { store throws(SQLError) in
            var known: Set<String> = []
            for job in jobs {
                let rows = try store.run("SELECT 1 FROM requests WHERE job = ? LIMIT 1", [.text(job)])
                if !rows.isEmpty { known.insert(job) }
            }
            return known
        }
    }
}
