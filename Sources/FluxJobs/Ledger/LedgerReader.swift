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
    /// Only those with a higher number.
    public var after: Int64?
    /// Only those with one of these numbers.
    public var numbers: [Int64]?

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
        if let after { add("id > ?", [.integer(after)]) }
        if let numbers {
            add("id IN (\(numbers.map { _ in "?" }.joined(separator: ", ")))", numbers.map { .integer($0) })
        }
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

    /// Whether it is on a server, where others may be.
    public var isShared: Bool { store.isServer }

    /// - Parameter path: of a file, or an address of a database.
    /// - Parameter patience: milliseconds to wait for another program's lock, or a server that is away.
    /// - Throws: kind `io` when there is none, or it cannot be read.
    public init(path: String, patience: Int32 = 5000) throws(FluxError) {
        store = try LedgerStores.open(path, .read, patience: patience)
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

    /// The machines whose runs are on the ledger, by name. None where it is one machine's, and nobody told its name.
    public func members() throws(FluxError) -> [String] {
        guard store.isCurrent else { return [] }
        return try store.reading { store throws(SQLError) in
            try store.run("SELECT DISTINCT member FROM runs WHERE member IS NOT NULL ORDER BY member")
        }.compactMap { $0["member"].text }
    }

    /// What a member has asked for, in numbers.
    public struct MemberWork: Sendable, Hashable {
        /// Empty where nobody told.
        public var member: String
        public var open: Int
        public var made: Int
        /// Failed, refused, or of unknown outcome.
        public var failed: Int
        /// Spent.
        public var credits: Int
    }

    /// What each member has asked for since a moment, milliseconds since 1970.
    public func work(since: Int64) throws(FluxError) -> [MemberWork] {
        guard store.isCurrent else { return [] }
        return try store.reading { store throws(SQLError) in
            // By way of the accounts: the index by time has them first.
            try store.run(
                """
                SELECT coalesce(runs.member, '') AS member,
                  sum(CASE WHEN state IN ('written', 'accepted', 'completed') THEN 1 ELSE 0 END) AS under_way,
                  sum(CASE WHEN state = 'fetched' THEN 1 ELSE 0 END) AS made,
                  sum(CASE WHEN state IN ('failed', 'refused', 'unknown') THEN 1 ELSE 0 END) AS failed,
                  coalesce(sum(cost), 0) AS credits
                FROM requests JOIN runs ON runs.id = coalesce(requests.owner, requests.run)
                WHERE requests.account IN (SELECT account FROM runs) AND written_at >= ?
                GROUP BY coalesce(runs.member, '') ORDER BY 1
                """, [.integer(since)])
        }.map { row in
            func number(_ column: String) -> Int { Int(clamping: row[column].integer ?? 0) }
            return MemberWork(
                member: row["member"].text ?? "", open: number("under_way"), made: number("made"),
                failed: number("failed"), credits: number("credits"))
        }
    }

    /// What the team has spent on an account today.
    /// - Parameter now: milliseconds since 1970.
    public func teamDay(of account: LedgerAccount, now: Int64) throws(FluxError) -> TeamDay {
        try store.reading { store throws(SQLError) in
            let name = store.isCurrent ? try store.owner(of: account).name : account.name
            return try store.teamDay(of: name, now: now)
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
