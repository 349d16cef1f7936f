import HTTPServer
import SQL
import SQLite

/// The file in which a service keeps its state (`--state`): an SQLite database whose tables mirror the state machine, held by one
/// process at a time. What is committed survives the end of the process at any moment, and of the machine.
///
/// Times are nanoseconds since 1970. The service's key is not in it: webhooks are signed with its SHA-256.
final class StateFile {
    private static let applicationID: Int64 = 0x464C_5553  // "FLUS"
    private static let version: Int64 = 1

    let connection: SQLiteConnection
    let time: ServiceClock

    /// Makes the file if there is none, or it is empty. Any other that is not of this program and this version is left as
    /// it is.
    init(path: String, time: ServiceClock) throws(SimulatorError) {
        self.time = time
        do throws(SQLError) {
            connection = try SQLiteConnection(path: path, mode: .create, patience: 200)
        } catch {
            throw .cannotKeepState("cannot open '\(path)': \(error)")
        }
        let refusal: Refusal?
        do throws(SQLError) {
            refusal = try Self.prepare(connection)
        } catch {
            switch error.kind {
            case .locked: throw .cannotKeepState("'\(path)' is in use: only one program can keep its state there")
            case .damaged:
                throw .cannotKeepState("'\(path)' is damaged or no state file (\(error)); it was left unchanged")
            default: throw .cannotKeepState("'\(path)': \(error)")
            }
        }
        switch refusal {
        case nil: break
        case .foreign: throw .cannotKeepState("'\(path)' is another program's database; it was left unchanged")
        case .newer(let version):
            throw .cannotKeepState(
                "'\(path)' is from a newer fluxlua (version \(version), known here: \(Self.version)); it was left unchanged"
            )
        case .damaged(let detail): throw .cannotKeepState("'\(path)' is damaged (\(detail)); it was left unchanged")
        }
    }

    /// Why a file is not taken.
    private enum Refusal {
        case foreign
        case newer(Int64)
        case damaged(String)
    }

    private static func prepare(_ connection: SQLiteConnection) throws(SQLError) -> Refusal? {
        func number(_ question: String) throws(SQLError) -> Int64 {
            try connection.run(question).first?.values.first?.integer ?? 0
        }
        // Held from the first reading on, and let go by the system however the process ends.
        try connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        let application = try number("PRAGMA application_id")
        let version = try number("PRAGMA user_version")
        let isEmpty = try number("SELECT count(*) FROM sqlite_schema") == 0 && application == 0 && version == 0
        guard isEmpty || application == applicationID else { return .foreign }
        guard version <= Self.version else { return .newer(version) }
        let health = try connection.run("PRAGMA quick_check(1)").first?.values.first?.text ?? "it cannot be checked"
        guard health == "ok" else { return .damaged(health) }
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        // A write, so that nobody else gets the file from here on.
        try connection.transaction { () throws(SQLError) in
            try connection.execute("PRAGMA application_id = \(applicationID)")
            if isEmpty { try connection.execute(schema) }
        }
        return nil
    }

    static let schema = """
        PRAGMA user_version = \(version);
        CREATE TABLE service (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            moment INTEGER NOT NULL, last_number INTEGER NOT NULL, credits INTEGER NOT NULL, random INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, idempotency_key TEXT,
            call TEXT NOT NULL, body BLOB NOT NULL, model TEXT NOT NULL, pictures INTEGER NOT NULL, format TEXT NOT NULL,
            seed INTEGER NOT NULL, cost INTEGER NOT NULL,
            created_at INTEGER NOT NULL, queue_time INTEGER NOT NULL, work_time INTEGER NOT NULL,
            started_at INTEGER, finished_at INTEGER, failure TEXT, is_settled INTEGER NOT NULL,
            inputs TEXT NOT NULL, trouble TEXT NOT NULL, webhook TEXT, webhook_secret BLOB, webhook_status TEXT
        ) STRICT;
        CREATE TABLE idempotency_keys (
            key TEXT PRIMARY KEY, number INTEGER NOT NULL, job_id TEXT NOT NULL, digest TEXT NOT NULL,
            accepted_at INTEGER NOT NULL, status TEXT
        ) STRICT;
        CREATE TABLE uploads (
            id TEXT PRIMARY KEY, format TEXT NOT NULL, fingerprint TEXT NOT NULL, expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE contents (fingerprint TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """
}
