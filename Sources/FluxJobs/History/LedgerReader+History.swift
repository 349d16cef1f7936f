import FluxClient
import SQL

extension LedgerReader {
    /// A request with who asked for it and what came of it.
    public func entry(of request: RequestRecord) throws(FluxError) -> HistoryEntry {
        let (run, uses) = try store.reading { store throws(SQLError) in
            (
                try store.run("SELECT * FROM runs WHERE id = ?", [.integer(request.run)]).first,
                try store.run(
                    "SELECT * FROM uses WHERE request = ? ORDER BY asked_at, run", [.integer(request.id)])
            )
        }
        let arguments = run?["arguments"].text.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        return HistoryEntry(
            request: request,
            run: HistoryEntry.Run(
                id: request.run, member: run?["member"].text, script: run?["script"].text ?? "",
                arguments: (arguments?.arrayValue ?? []).compactMap(\.stringValue),
                startedAt: run?["started_at"].integer ?? request.writtenAt,
                outcome: run?["outcome"].text.flatMap(RunOutcome.init)),
            uses: uses.map { row in
                HistoryEntry.Use(
                    run: row["run"].integer ?? 0, origin: row["origin"].text, isReuse: row["reused"].integer == 1,
                    askedAt: row["asked_at"].integer ?? 0)
            },
            saves: try saves(of: request.id))
    }

    /// Whether there is a request of that idempotency key which the service has not refused.
    public func knows(key: String) throws(FluxError) -> Bool {
        try store.reading { store throws(SQLError) in
            try !store.run("SELECT 1 FROM requests WHERE key = ? AND state <> 'refused'", [.text(key)])
                .isEmpty
        }
    }

    /// The hashes of the pictures that runs need which are going on now.
    public func picturesInUse() throws(FluxError) -> Set<String> {
        return try store.reading { store throws(SQLError) in
            var hashes: Set<String> = []
            for run in try store.run("SELECT id FROM runs WHERE ended_at IS NULL") {
                guard let id = run["id"].integer, try store.isAlive(id) else { continue }
                let rows = try store.run(
                    "SELECT sha256 FROM uses JOIN pictures USING (request) WHERE run = ?", [.integer(id)])
                hashes.formUnion(rows.compactMap { $0["sha256"].text })
            }
            return hashes
        }
    }

    /// Writes all that is in the ledger at this moment into a new file.
    public func copy(to path: String) throws(FluxError) {
        guard !store.isServer else {
            let copy = try LedgerStores.open(path, .write)
            return try LedgerTransfer.copy(store, to: copy)
        }
        try store.reading { store throws(SQLError) in _ = try store.run("VACUUM INTO ?", [.text(path)]) }
    }

    /// What the jobs of each model have cost on an account so far: the least and the most.
    public func costs(account: String) throws(FluxError) -> [String: ClosedRange<Int>] {
        let rows = try store.reading { store throws(SQLError) in
            try store.run(
                """
                SELECT model, min(cost) AS least, max(cost) AS most FROM requests
                WHERE account = ? AND state IN ('completed', 'fetched') AND cost IS NOT NULL GROUP BY model
                """, [.text(account)])
        }
        var costs: [String: ClosedRange<Int>] = [:]
        for row in rows {
            guard let model = row["model"].text, let least = row["least"].integer, let most = row["most"].integer,
                least <= most
            else { continue }
            costs[model] = Int(clamping: least)...Int(clamping: most)
        }
        return costs
    }
}
