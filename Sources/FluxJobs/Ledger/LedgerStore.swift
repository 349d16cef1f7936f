import FluxClient
import SQL

/// Where a ledger's tables are: a file of SQLite, or a database of PostgreSQL. What the tables mean is written once, in
/// extensions of this; a store only runs statements, which are written so that both understand them.
///
/// It belongs to one thread at a time.
protocol LedgerStore: AnyObject {
    /// For messages: the path, or the address without a password.
    var place: String { get }
    /// Further columns of a request's row, as far as this store can tell: `claimed`, whether its owner goes on, and
    /// `member`, the machine that has it.
    var memberColumns: String { get }
    /// The version that it had when it was opened; 0: there was nothing.
    var foundVersion: Int64 { get }
    /// Whether it has the tables and columns of this version: an older file that is only read has not.
    var isCurrent: Bool { get }

    /// Runs one statement.
    /// - Parameter values: for its `?`, in order.
    @discardableResult
    func run(_ sql: String, _ values: [SQLValue]) throws(SQLError) -> [SQLRow]

    /// Rows that the last statement changed.
    var changes: Int { get }

    /// All of `body`, or nothing of it when it throws. No other writes meanwhile, wherever it is.
    func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result

    /// All of `body`, or nothing of it when it throws; others may write other requests meanwhile.
    func notes(_ body: () throws(SQLError) -> Void) throws(SQLError)

    /// Shows others that a run goes on, from the end of this transaction until it is released or its process ends.
    /// - Returns: false when another has the same.
    func hold(_ run: Int64) throws(SQLError) -> Bool

    /// Whether a run goes on, here or elsewhere.
    func isAlive(_ run: Int64) throws(SQLError) -> Bool

    /// What is broken in the store itself, in words; empty: nothing.
    func damage() throws(SQLError) -> [String]

    /// What it held once and holds no more, in words; nil: nothing is missing.
    func loss() throws(SQLError) -> String?

    /// Tells of no loss any more.
    func forgetLoss() throws(SQLError)

    /// What shows others that a run goes on, and this run what others do.
    func presence(of run: LedgerRun) throws(SQLError) -> any RunPresence

    /// Lets others know, from the end of this transaction on, that these requests have changed.
    func tell(_ run: Int64, changed keys: [String]) throws(SQLError)

    /// Whether it is on a server: that may be gone for a while, and others on it may be anywhere.
    var isServer: Bool { get }

    /// Makes a connection that broke anew.
    func reconnect() throws(SQLError)

    /// Another number as soon as anybody has changed the ledger since this was asked last.
    func changeNumber() throws(SQLError) -> Int64

    /// What went wrong, in words that tell what to do.
    func problem(_ error: SQLError) -> FluxError
}

extension LedgerStore {
    @discardableResult
    func run(_ sql: String) throws(SQLError) -> [SQLRow] { try run(sql, []) }

    /// Runs something that reads, and tells errors as the program does.
    func reading<Result>(_ body: (any LedgerStore) throws(SQLError) -> Result) throws(FluxError) -> Result {
        do throws(SQLError) {
            return try body(self)
        } catch {
            throw problem(error)
        }
    }

    /// The same, once more while a server is away.
    func retrying<Result>(
        until deadline: RetryDeadline, _ body: (any LedgerStore) throws(SQLError) -> Result
    ) throws(FluxError) -> Result {
        try reading { store throws(SQLError) in
            guard isServer else { return try body(store) }
            return try deadline.retrying { () throws(SQLError) in
                try store.reconnect()
                return try body(store)
            }
        }
    }
}

/// How long what a server that is away keeps from working is tried again.
struct RetryDeadline {
    private let end: ContinuousClock.Instant

    init(in milliseconds: Int32) { end = .now + .milliseconds(milliseconds) }

    func retrying<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        while true {
            do throws(SQLError) {
                return try body()
            } catch {
                guard error.kind.isPassing, ContinuousClock.now < end else { throw error }
                Files.pause(milliseconds: 100)
            }
        }
    }
}

extension SQLError.Kind {
    /// On a server it may work a little later, with nobody doing anything here.
    var isPassing: Bool { [.unavailable, .conflict, .full, .readOnly, .locked].contains(self) }
}

/// Keeps a run alive for others to see, until it is released.
protocol RunPresence: Sendable {
    /// The run has ended.
    func release(_ run: Int64)

    /// Shows it alive no longer: to others it ends as if its process had been killed.
    func abandon()

    /// A request is on disk: what is read later and has less has lost some.
    func raise(request: Int64)

    /// Has what other runs on the same ledger do told from now on.
    func listen(_ body: @escaping @Sendable (LedgerEvent) -> Void)

    /// Has the other runs of the account send nothing until then, milliseconds since 1970: the service asked for it.
    func tellPause(until: Int64)
}

/// What a run hears of the others on its ledger.
enum LedgerEvent: Sendable, Hashable {
    /// Requests of these keys may have come further.
    case changed([String])
    /// The service wants nothing until then, milliseconds since 1970.
    case paused(until: Int64)
    /// Whether this run asks the service how the jobs of all are doing.
    case watches(Bool)
    /// Whatever was told before may have been missed.
    case connected
}

/// Opens ledgers by their names.
enum LedgerStores {
    enum Access: Sendable {
        /// Makes the ledger if there is none, and brings an older one to this version.
        case write
        /// Changes nothing.
        case read
    }

    /// Opens the ledger that a path or an address names. Blocks.
    /// - Parameter patience: milliseconds to wait for another program's lock, or a server that is away.
    /// - Throws: kind `io`, with what is wrong with it and what to do about it. Nothing was changed then.
    static func open(_ place: String, _ access: Access, patience: Int32 = 5000) throws(FluxError) -> any LedgerStore {
        if LedgerAddress.isServer(place) {
            return try PostgreSQLLedger(address: place, access: access, patience: patience)
        }
        return try SQLiteLedger(path: place, access: access, patience: patience)
    }
}

/// How ledgers on servers are named.
public enum LedgerAddress {
    /// Whether it names a database on a server, and not a file.
    public static func isServer(_ place: String) -> Bool {
        place.hasPrefix("postgresql://") || place.hasPrefix("postgres://")
    }

    /// What this machine is called among those that share a ledger: `FLUX_MEMBER`, or the host's name.
    public static var member: String { Member.name }

    /// Without the password, for messages. One that should have been escaped, and so makes another address of it, is left
    /// out too.
    public static func shown(_ place: String) -> String {
        guard isServer(place), let slash = place.firstIndex(of: "/") else { return place }
        let start = place.index(slash, offsetBy: 2)
        // What follows may be `password=…`.
        let rest = place[start...].prefix { $0 != "?" }
        let user = rest.prefix { $0 != ":" && $0 != "@" }
        if let at = rest.lastIndex(of: "@") { return String(place[..<start] + user + rest[at...]) }
        guard place[rest.endIndex...].contains("@"), rest.contains(":") else { return String(place[..<start] + rest) }
        return String(place[..<start] + user + "@…")
    }
}
