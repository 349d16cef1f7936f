import FluxClient
import SQL

/// Brings all that is in one ledger into another that is empty, between files and servers.
public enum LedgerTransfer {
    /// Those that others point to go first.
    private static let tables: [(name: String, key: String)] = [
        ("runs", "id"), ("requests", "id"), ("uses", "request, run"), ("pictures", "request, place"),
        ("saves", "request, place, path"), ("accounts", "name"), ("budgets", "account"),
    ]

    private static let settings: Set = ["accounts", "budgets"]

    /// What is read at a time.
    private static let batch = 1000

    /// Copies a whole ledger: nothing is lost, and nothing is there twice. The old one stays as it is.
    /// - Parameter journalFolder: where this machine keeps what it could not write while a server was away.
    /// - Returns: how many requests it has.
    /// - Throws: kind `invalid` when the new one is not empty, or runs are going on with the old one; nothing was written
    ///   then. Kind `io` when there is no old one, or it is of another version.
    public static func copy(
        from old: String, to new: String, journalFolder: String? = nil
    ) throws(FluxError) -> Int {
        let source = try LedgerStores.open(old, .read)
        guard source.isCurrent else { throw LedgerProblem.older(source.place, source.foundVersion) }
        try source.reading { source throws(SQLError) in
            var alive = 0
            for run in try source.run("SELECT id FROM runs WHERE ended_at IS NULL") {
                if let id = run["id"].integer, try source.isAlive(id) { alive += 1 }
            }
            return alive
        }.refuse { count in
            "\(count == 1 ? "a run is" : "\(count) runs are") going on with the ledger \(source.place): end them first"
        }
        if source.isServer, let journalFolder, !(try LedgerJournal.left(in: journalFolder, of: old)).isEmpty {
            throw FluxError(
                .invalid, "this machine has results that are not yet recorded in the ledger \(source.place)",
                hint: "'fluxlua resume' with that ledger records them; do this on every machine that was cut off")
        }
        let target = try LedgerStores.open(new, .write)
        try target.reading { target throws(SQLError) in
            Int(try target.run("SELECT count(*) AS n FROM requests").first?["n"].integer ?? 0)
        }.refuse { "the ledger \(target.place) already has \($0) requests: name one that is empty" }
        try target.reading { target throws(SQLError) in
            Int(try target.run("SELECT count(*) AS n FROM runs").first?["n"].integer ?? 0)
        }.refuse { "the ledger \(target.place) already has \($0) runs: name one that is empty" }
        try copy(source, to: target)
        return try target.reading { target throws(SQLError) in
            Int(try target.run("SELECT count(*) AS n FROM requests").first?["n"].integer ?? 0)
        }
    }

    /// All or nothing.
    static func copy(_ source: any LedgerStore, to target: any LedgerStore) throws(FluxError) {
        var problem: FluxError?
        // Others may write meanwhile: all that is read is of one moment.
        if source.isServer {
            try source.reading { source throws(SQLError) in
                _ = try source.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
        }
        do throws(SQLError) {
            try target.transaction { () throws(SQLError) in
                for table in tables {
                    do throws(FluxError) {
                        try copy(table.name, orderedBy: table.key, from: source, to: target)
                    } catch {
                        problem = error
                        throw SQLError(.other, error.message)
                    }
                }
                if target.isServer {
                    // Numbers that the server gives from now on follow those that came.
                    for table in ["runs", "requests"] {
                        try target.run(
                            """
                            SELECT setval(pg_get_serial_sequence('\(table)', 'id'),
                              (SELECT coalesce(max(id), 0) + 1 FROM \(table)), false)
                            """)
                    }
                }
            }
        } catch {
            throw problem ?? target.problem(error)
        }
        if source.isServer { try source.reading { source throws(SQLError) in _ = try source.run("COMMIT") } }
    }

    private static func copy(
        _ table: String, orderedBy key: String, from source: any LedgerStore, to target: any LedgerStore
    ) throws(FluxError) {
        let keyColumns = key.split(separator: ", ").map(String.init)
        let places = keyColumns.map { _ in "?" }.joined(separator: ", ")
        var last: [SQLValue] = []
        while true {
            let rows = try source.reading { source throws(SQLError) in
                let rest = last.isEmpty ? "" : "WHERE (\(key)) > (\(places))"
                return try source.run("SELECT * FROM \(table) \(rest) ORDER BY \(key) LIMIT \(batch)", last)
            }
            try target.reading { target throws(SQLError) in
                for row in rows {
                    // A lease belongs to the server that gave it.
                    let columns = row.columns.filter { $0 != "lease_until" }
                    let places = columns.map { _ in "?" }.joined(separator: ", ")
                    // What somebody has already set on the new one counts.
                    let conflict = settings.contains(table) ? " ON CONFLICT DO NOTHING" : ""
                    try target.run(
                        "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(places))\(conflict)",
                        columns.map { row[$0] })
                }
            }
            if rows.count < batch { return }
            if let row = rows.last { last = keyColumns.map { row[$0] } }
        }
    }
}

extension Int {
    /// - Throws: kind `invalid` unless it is zero.
    fileprivate func refuse(_ message: (Int) -> String) throws(FluxError) {
        guard self == 0 else { throw FluxError(.invalid, message(self)) }
    }
}
