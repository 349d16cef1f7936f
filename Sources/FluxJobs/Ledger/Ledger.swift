import FluxClient
import SQL
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What was asked of the service: written down before it is sent, and followed until its pictures are saved. It lets a run
/// be taken up after anything, and answers what was answered before.
///
/// One for each run; several processes may have the same one open. It is a file of SQLite, or a database of PostgreSQL that
/// several machines share. What it holds is told by `LedgerSchema`.
public final class Ledger: Sendable {
    /// The file, or the database's address.
    public let path: String
    /// It is on a server, and shared with whoever else is on it.
    public let isShared: Bool
    public let run: LedgerRun
    /// It held more once than it did when it was opened.
    public let hasLostEntries: Bool
    let queue: LedgerQueue
    /// Keeps this run alive for others to see.
    let presence: any RunPresence
    private let clock: @Sendable () -> Date

    /// Opens a ledger for a run that begins now, and makes it if there is none. Blocks on the disk.
    ///
    /// - Parameters:
    ///   - path: absolute; or a `postgresql://` address.
    ///   - journalFolder: where changes are kept while a server is away; nil for none.
    ///   - description: of the run.
    ///   - now: wall time.
    ///   - random: where the seeds that are drawn come from.
    ///   - patience: milliseconds to wait for another program's lock, or a server that is away.
    ///   - onTrouble: told when something that no job waits for cannot be written, and when a server is away. It is written
    ///     later, if that works.
    ///   - onRecovery: told when that works again.
    /// - Throws: kind `io`, with what is wrong and what to do about it. Nothing in the file was changed then.
    public init(
        path: String, for description: RunDescription, journalFolder: String? = nil,
        now: @escaping @Sendable () -> Date = { Date() },
        random: @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }, patience: Int32 = 5000,
        onTrouble: @escaping @Sendable (FluxError) -> Void = { _ in },
        onRecovery: @escaping @Sendable () -> Void = {}
    ) throws(FluxError) {
        self.path = path
        isShared = LedgerAddress.isServer(path)
        clock = now
        let store = try LedgerStores.open(path, .write, patience: patience)
        let deadline = RetryDeadline(in: patience)
        if store.isServer, let journalFolder {
            try store.takeIn(LedgerJournal.left(in: journalFolder, of: path), deadline)
        }
        hasLostEntries = try store.reading { store throws(SQLError) in
            guard try store.loss() != nil else { return false }
            try store.forgetLoss()
            return true
        }
        let begun = try store.begin(
            description, salt: Int64(bitPattern: random()), now: Self.milliseconds(now()), deadline)
        run = begun
        presence = try store.reading { store throws(SQLError) in try store.presence(of: begun) }
        let journal: String? =
            store.isServer ? journalFolder.map { LedgerJournal.path(in: $0, of: path, run: begun.id) } : nil
        queue = LedgerQueue(store, run: begun.id, journal: journal, onTrouble: onTrouble, onRecovery: onRecovery)
    }

    deinit { presence.abandon() }

    /// Milliseconds since 1970.
    var now: Int64 { Self.milliseconds(clock()) }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    /// Which of these runs are still going on, here or in other processes.
    public func alive(_ runs: Set<Int64>) async throws(FluxError) -> Set<Int64> {
        let own = run.id
        return try await queue.perform { store throws(SQLError) in
            var alive: Set<Int64> = []
            for run in runs {
                let isAlive = run == own ? true : try store.isAlive(run)
                if isAlive { alive.insert(run) }
            }
            return alive
        }
    }

    /// Those open requests that no run which goes on is at: this one may take them up.
    public func unclaimed(of open: [RequestRecord]) async throws(FluxError) -> [RequestRecord] {
        let alive = try await alive(Set(open.compactMap(\.owner)))
        return open.filter { record in record.owner.map { !alive.contains($0) } ?? true }
    }

    /// While the server of a ledger is away, who writes waits for it; from now on only a little longer.
    func giveUpWaiting() { queue.giveUpWaiting() }

    /// Writes what is left to be written, notes how the run ended, and closes the file. What is asked afterwards is
    /// refused. Blocks on the disk.
    /// - Throws: kind `io` when something could not be written.
    public func close(_ outcome: RunOutcome) throws(FluxError) {
        let (run, now) = (run.id, now)
        defer { presence.release(run) }
        try queue.close(
            with: LedgerStatement(
                "UPDATE runs SET ended_at = ?, outcome = ?, lease_until = NULL WHERE id = ?",
                [.integer(now), .text(outcome.rawValue), .integer(run)]))
    }
}

extension LedgerStore {
    /// Makes the changes that earlier runs on this machine could not, because the server was away.
    fileprivate func takeIn(
        _ journals: [(LedgerJournal, [LedgerStatement])], _ deadline: RetryDeadline
    ) throws(FluxError) {
        for (journal, statements) in journals {
            try retrying(until: deadline) { store throws(SQLError) in
                try store.notes { () throws(SQLError) in
                    for statement in statements { try store.run(statement.sql, statement.values) }
                }
            }
            journal.remove()
        }
    }

    /// Notes a run that begins. Its lock is there before others can see it.
    fileprivate func begin(
        _ description: RunDescription, salt: Int64, now: Int64, _ deadline: RetryDeadline
    ) throws(FluxError) -> LedgerRun {
        let arguments = JSONValue.array(description.arguments.map { .string($0) }).encodedString
        return try retrying(until: deadline) { store throws(SQLError) -> LedgerRun in
            try store.transaction { () throws(SQLError) -> LedgerRun in
                var description = description
                description.account = try store.owner(of: description.account)
                let earlier =
                    description.continues && !description.isFresh
                    ? try unfinished(description, arguments) : nil
                let id = (try run("SELECT max(id) AS id FROM runs").first?["id"].integer ?? 0) + 1
                let begun = LedgerRun(
                    id: id, lineage: earlier?.lineage ?? id, salt: earlier?.salt ?? salt,
                    account: description.account, isFresh: description.isFresh, continued: earlier?.continued,
                    hasTeamBudget: try store.teamBudget(of: description.account.name) != nil)
                try run(
                    """
                    INSERT INTO runs (id, lineage, salt, account, script, arguments, process, started_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .integer(id), .integer(begun.lineage), .integer(begun.salt), .text(begun.account.name),
                        .text(description.script), .text(arguments), .integer(Int64(getpid())), .integer(now),
                    ])
                guard try hold(id) else { throw .unreadable("another process has the lock of run \(id)") }
                return begun
            }
        }
    }

    /// The account that another key of the same owner has, where one was replaced.
    func owner(of account: LedgerAccount) throws(SQLError) -> LedgerAccount {
        let row = try run("SELECT same_as FROM accounts WHERE name = ?", [.text(account.name)]).first
        return row?["same_as"].text.map { LedgerAccount(name: $0, isInProcess: account.isInProcess) } ?? account
    }

    /// The last run of the same script, unless it ended cleanly.
    private func unfinished(
        _ description: RunDescription, _ arguments: String
    ) throws(SQLError) -> (lineage: Int64, salt: Int64, continued: LedgerRun.Continued)? {
        let last = try run(
            "SELECT * FROM runs WHERE script = ? AND account = ? AND arguments = ? ORDER BY id DESC LIMIT 1",
            [.text(description.script), .text(description.account.name), .text(arguments)]
        ).first
        guard let last, last["outcome"].text != RunOutcome.clean.rawValue, let id = last["id"].integer,
            let lineage = last["lineage"].integer, let salt = last["salt"].integer
        else { return nil }
        let count = try run(
            "SELECT count(*) AS n FROM requests WHERE lineage = ?", [.integer(lineage)]
        ).first?["n"].integer
        let isRunning = last["ended_at"] == .null ? try isAlive(id) : false
        let process = isRunning ? last["process"].integer.map { Int32(truncatingIfNeeded: $0) } : nil
        let member = last["member"].text.flatMap { $0 == Member.name ? nil : $0 }
        return (
            lineage, salt, LedgerRun.Continued(id: id, process: process, member: member, requests: Int(count ?? 0))
        )
    }
}
