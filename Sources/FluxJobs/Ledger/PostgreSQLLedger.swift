import FluxClient
import PostgreSQL
import SQL

/// A ledger in a database of PostgreSQL, for a team: in the schema `fluxlua` there, beside whatever else it holds.
final class PostgreSQLLedger: LedgerStore {
    private let address: String
    let place: String
    private var connection: PostgreSQLConnection
    private let access: LedgerStores.Access
    private(set) var foundVersion: Int64 = 0

    /// How long others take a run for alive that has not said so again. A member that is cut off sends nothing new, and
    /// one that takes its requests over sends them under the same keys, so that nothing is made twice.
    static let lease: Int64 = 20_000

    /// The server's clock, milliseconds since 1970: leases must not hang on how right a member's own is.
    static let now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

    /// - Throws: kind `io`, with what is wrong and what to do about it. Nothing was changed then.
    /// - Parameter patience: milliseconds to wait for a server that is away.
    init(address: String, access: LedgerStores.Access, patience: Int32) throws(FluxError) {
        self.address = address
        self.access = access
        place = LedgerAddress.shown(address)
        do throws(SQLError) {
            connection = try RetryDeadline(in: patience).retrying { () throws(SQLError) in
                try Self.connect(address, access)
            }
        } catch {
            throw LedgerProblem.serverError(error, at: place)
        }
        let version = try version()
        foundVersion = version
        guard version <= LedgerSchema.version else { throw LedgerProblem.newer(place, version) }
        guard access == .write else {
            // One that nobody has used yet.
            if version == 0 { throw FluxError(.io, "there is no ledger yet: \(place)", hint: LedgerProblem.initialise) }
            // What only reads cannot bring it to this version, and asks for what is not there yet.
            if version < LedgerSchema.version { throw LedgerProblem.older(place, version) }
            return
        }
        guard version < LedgerSchema.version else { return }
        do throws(SQLError) { try migrate() } catch { throw LedgerProblem.serverError(error, at: place) }
    }

    private static func connect(
        _ address: String, _ access: LedgerStores.Access
    ) throws(SQLError) -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(url: address)
        // The server lets go of what a member holds that was cut off in the middle of something.
        try connection.execute(
            """
            SET search_path = fluxlua, public; SET idle_in_transaction_session_timeout = '10s';
            SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
            SET tcp_user_timeout = 10000
            """)
        // A standby that was promoted, or one that was not: a ledger that cannot be written is as good as gone.
        if access == .write, try connection.run("SELECT pg_is_in_recovery() AS standby").first?["standby"].text == "t" {
            throw SQLError(.unavailable, "the server is a standby, which cannot be written")
        }
        return connection
    }

    private func version() throws(FluxError) -> Int64 {
        try reading { store throws(SQLError) in
            let table = try store.run("SELECT to_regclass('fluxlua.ledger') AS name").first?["name"]
            guard table != .null else { return 0 }
            return try store.run("SELECT version FROM ledger").first?["version"].integer ?? 0
        }
    }

    /// Another member may be doing the same: who comes second finds it done.
    private func migrate() throws(SQLError) {
        try connection.transaction { () throws(SQLError) in
            try connection.execute(
                """
                SELECT pg_advisory_xact_lock(\(Self.writerLock));
                CREATE SCHEMA IF NOT EXISTS fluxlua;
                CREATE TABLE IF NOT EXISTS ledger (version BIGINT NOT NULL);
                INSERT INTO ledger SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM ledger);
                """)
            let version = try connection.run("SELECT version FROM ledger").first?["version"].integer ?? 0
            for step in LedgerSchema.steps.dropFirst(Int(version)) { try connection.execute(step.postgreSQL) }
            try connection.run("UPDATE ledger SET version = ?", [.integer(LedgerSchema.version)])
        }
    }

    // MARK: A store

    /// Of PostgreSQL's advisory locks: "flux", and which one of this program's.
    private static let writerLock = "1718383992, 1"
    static let watcherLockClass = 1_718_383_993

    var isServer: Bool { true }

    var isCurrent: Bool { true }

    let memberColumns = """
        , CASE WHEN EXISTS (SELECT 1 FROM runs WHERE runs.id = requests.owner AND runs.lease_until > \(PostgreSQLLedger.now))
          THEN 1 ELSE 0 END AS claimed\(LedgerSchema.memberColumn)
        """

    var changes: Int { connection.changes }

    func run(_ sql: String, _ values: [SQLValue]) throws(SQLError) -> [SQLRow] { try connection.run(sql, values) }

    func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        try connection.transaction { () throws(SQLError) in
            // First, so that all that follows sees what others have written.
            try connection.execute("SELECT pg_advisory_xact_lock(\(Self.writerLock))")
            return try body()
        }
    }

    // Alone too: members that note the same requests in other orders would wait for each other. What many jobs have to
    // note goes together, so that little waits here.
    func notes(_ body: () throws(SQLError) -> Void) throws(SQLError) { try transaction(body) }

    func hold(_ run: Int64) throws(SQLError) -> Bool {
        try connection.run(
            "UPDATE runs SET member = ?, lease_until = \(Self.now) + ? WHERE id = ?",
            [.text(Member.name), .integer(Self.lease), .integer(run)])
        return true
    }

    func isAlive(_ run: Int64) throws(SQLError) -> Bool {
        let rows = try connection.run(
            "SELECT 1 AS alive FROM runs WHERE id = ? AND lease_until > \(Self.now)", [.integer(run)])
        return !rows.isEmpty
    }

    func presence(of run: LedgerRun) throws(SQLError) -> any RunPresence {
        LedgerTeam(address: address, run: run.id, account: run.account.name)
    }

    /// What a notification can hold is limited to 8,000 bytes.
    private static let keysPerNotification = 100

    func tell(_ run: Int64, changed keys: [String]) throws(SQLError) {
        for start in stride(from: 0, to: keys.count, by: Self.keysPerNotification) {
            let some = keys[start..<min(start + Self.keysPerNotification, keys.count)]
            try connection.run(
                "SELECT pg_notify('fluxlua', ?)", [.text(LedgerTeam.message(from: run, changed: Array(some)))])
        }
    }

    // The server keeps its own files in order, and foreign keys hold.
    func damage() throws(SQLError) -> [String] { [] }

    func loss() throws(SQLError) -> String? { nil }

    func forgetLoss() throws(SQLError) {}

    /// The number of the next transaction that writes.
    func changeNumber() throws(SQLError) -> Int64 {
        let number = try connection.run(
            "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) AS number")
        return number.first?["number"].integer ?? 0
    }

    func problem(_ error: SQLError) -> FluxError { LedgerProblem.serverError(error, at: place) }

    func reconnect() throws(SQLError) {
        guard !connection.isConnected else { return }
        connection = try Self.connect(address, access)
    }
}
