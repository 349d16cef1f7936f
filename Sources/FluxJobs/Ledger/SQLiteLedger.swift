import FluxClient
import SQL
import SQLite

/// A ledger in a file of SQLite: the default, for one machine.
final class SQLiteLedger: LedgerStore {
    let place: String
    let connection: SQLiteConnection
    private let access: LedgerStores.Access
    private var openedLocks: LedgerLocks?

    typealias Access = LedgerStores.Access

    /// Larger files are not looked through when they are opened: that would take longer than most runs.
    private static let largestChecked = 32 << 20

    /// - Parameter patience: milliseconds to wait for another program's lock.
    /// - Throws: kind `io`, with what is wrong with the file and what to do about it. Nothing was changed then.
    init(path: String, access: Access, patience: Int32 = 5000) throws(FluxError) {
        place = path
        self.access = access
        let size = try Self.prepare(path, access)
        do throws(SQLError) {
            connection = try Self.connection(path, access, patience)
        } catch {
            throw LedgerProblem.error(error, at: path)
        }
        let version =
            try reading { store throws(SQLError) in try store.run("PRAGMA user_version") }
            .first?["user_version"].integer ?? 0
        foundVersion = version
        try check(version, access, size: size)
        guard access == .write else { return }
        do throws(SQLError) {
            try connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            // First, since a new ledger is on disk sooner by way of the log.
            try useWriteAheadLog()
            if version < LedgerSchema.version { try migrate() }
        } catch {
            throw LedgerProblem.error(error, at: path)
        }
    }

    // MARK: A store

    // Every process asks the locks itself who goes on, and all send under the same key.
    var memberColumns: String { isCurrent ? LedgerSchema.memberColumn : "" }

    private(set) var foundVersion: Int64 = 0

    var isCurrent: Bool { access == .write || foundVersion == LedgerSchema.version }

    var changes: Int { connection.changes }

    func run(_ sql: String, _ values: [SQLValue]) throws(SQLError) -> [SQLRow] { try connection.run(sql, values) }

    func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        try connection.transaction(body)
    }

    func notes(_ body: () throws(SQLError) -> Void) throws(SQLError) { try connection.transaction(body) }

    func hold(_ run: Int64) throws(SQLError) -> Bool { try locks().hold(run) }

    func isAlive(_ run: Int64) throws(SQLError) -> Bool { try locks().isHeld(run) }

    /// The file that tells which runs are alive: made when somebody asks, since who only reads may not write there.
    private func locks() throws(SQLError) -> LedgerLocks {
        if let openedLocks { return openedLocks }
        do throws(FluxError) {
            let locks = try LedgerLocks(path: place + "-locks")
            openedLocks = locks
            return locks
        } catch {
            throw SQLError(.cannotOpen, error.message)
        }
    }

    // Readers look at the file.
    func tell(_ run: Int64, changed keys: [String]) throws(SQLError) {}

    var isServer: Bool { false }

    func reconnect() throws(SQLError) {}

    func presence(of run: LedgerRun) throws(SQLError) -> any RunPresence {
        let locks = try locks()
        locks.raise(run: run.id)
        return locks
    }

    func damage() throws(SQLError) -> [String] {
        let report = try connection.run("PRAGMA integrity_check").compactMap { $0.values.first?.text }
        let links = try connection.run("PRAGMA foreign_key_check")
        return report.filter { $0 != "ok" }
            + links.map { "a row of \($0["table"].text ?? "a table") belongs to nothing" }
    }

    func loss() throws(SQLError) -> String? {
        let mark = try locks().mark
        let here = try highest()
        guard mark.run > here.run || mark.request > here.request else { return nil }
        return "\(here.request) of \(mark.request) jobs"
    }

    func changeNumber() throws(SQLError) -> Int64 {
        try connection.run("PRAGMA data_version").first?["data_version"].integer ?? 0
    }

    func problem(_ error: SQLError) -> FluxError { LedgerProblem.error(error, at: place) }

    private func highest() throws(SQLError) -> LedgerLocks.Mark {
        let row = try connection.run(
            "SELECT (SELECT max(id) FROM runs) AS run, (SELECT max(id) FROM requests) AS request"
        ).first
        return LedgerLocks.Mark(run: row?["run"].integer ?? 0, request: row?["request"].integer ?? 0)
    }

    func forgetLoss() throws(SQLError) {
        try locks().set(try highest())
    }

    // MARK: Opening

    private static func connection(
        _ path: String, _ access: Access, _ patience: Int32
    ) throws(SQLError) -> SQLiteConnection {
        let isAtRest = isAtRest(path)
        do throws(SQLError) {
            let connection = try SQLiteConnection(
                path: path, mode: access == .write || isAtRest ? .readWrite : .readOnly, patience: patience)
            // Makes the files beside it.
            if access == .read { try connection.run("PRAGMA user_version") }
            return connection
        } catch {
            // On a full disk, or in a folder of somebody else, a ledger at rest can still be read.
            guard access == .read, isAtRest, [.full, .readOnly, .cannotOpen, .disk].contains(error.kind) else {
                throw error
            }
            return try SQLiteConnection(path: path, mode: .immutable)
        }
    }

    /// Whether all that was written is in the file itself. Who reads it then makes the two files beside it that come with
    /// a write-ahead log, and only a connection that may write takes them away again.
    private static func isAtRest(_ path: String) -> Bool {
        switch try? Files.entry(at: path + "-wal") {
        case .nothing: true
        // Left by somebody who met a full disk.
        case .file(let log): log.byteCount == 0
        case .folder, .other, nil: false
        }
    }

    /// Makes sure that a file is there that only its owner can read.
    /// - Returns: its size.
    private static func prepare(_ path: String, _ access: Access) throws(FluxError) -> Int {
        switch try Files.entry(at: path) {
        case .file(let identity):
            return identity.byteCount
        case .folder, .other:
            throw FluxError(.io, "the ledger cannot be \(path): it is not a file", hint: LedgerProblem.elsewhere)
        case .nothing:
            guard access == .write else { throw FluxError(.io, "there is no ledger yet: \(path)") }
            do throws(FluxError) {
                try Files.makePrivateFile(path)
            } catch {
                throw FluxError(.io, error.message, hint: LedgerProblem.writable)
            }
            return 0
        }
    }

    /// Refuses what is not a ledger, or not one that this program understands.
    private func check(_ version: Int64, _ access: Access, size: Int) throws(FluxError) {
        let tables =
            try reading { store throws(SQLError) in
                try store.run("SELECT count(*) AS n FROM sqlite_schema")
            }.first?["n"].integer ?? 0
        // After the tables: another process may be making them, and the id comes with them.
        let id =
            try reading { store throws(SQLError) in try store.run("PRAGMA application_id") }
            .first?["application_id"].integer ?? 0
        if id != LedgerSchema.applicationID, id != 0 || tables > 0 { throw LedgerProblem.foreign(place) }
        // Somebody could not go on making it, on a full disk.
        if tables == 0, access == .read { throw FluxError(.io, "there is no ledger yet: \(place)") }
        guard version <= LedgerSchema.version else { throw LedgerProblem.newer(place, version) }
        guard (1...Self.largestChecked).contains(size) else { return }
        let report = try reading { store throws(SQLError) in try store.run("PRAGMA quick_check(1)") }
        guard report.first?.values.first?.text == "ok" else {
            throw LedgerProblem.damaged(place, report.first?.values.first?.text ?? "no report")
        }
    }

    /// Another process may be doing the same: who comes second finds it done.
    private func migrate() throws(SQLError) {
        try connection.transaction { () throws(SQLError) in
            let version = try connection.run("PRAGMA user_version").first?["user_version"].integer ?? 0
            for step in LedgerSchema.steps.dropFirst(Int(version)) { try connection.execute(step.sqlite) }
            try connection.execute(
                """
                PRAGMA application_id = \(LedgerSchema.applicationID);
                PRAGMA user_version = \(LedgerSchema.version);
                """)
        }
    }

    /// Readers then never wait for writers. Where the file system cannot do that, the ledger works without.
    private func useWriteAheadLog() throws(SQLError) {
        var attempts = 0
        while true {
            do throws(SQLError) {
                return try connection.execute("PRAGMA journal_mode = WAL")
            } catch {
                // SQLite does not wait by itself here when several processes open a new file at once.
                attempts += 1
                guard error.kind == .locked, attempts < 100 else { throw error }
                Files.pause(milliseconds: 20)
            }
        }
    }
}
