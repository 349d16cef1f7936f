import FluxClient
import SQLite
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

/// What was asked of the service, in one SQLite file: written down before it is sent, and followed until its pictures are
/// saved. It lets a run be taken up after anything, and answers what was answered before.
///
/// One for each run; several processes may have the same file open. What it holds is told by `LedgerSchema`.
public final class Ledger: Sendable {
    public let path: String
    public let run: LedgerRun
    /// It held more once than it did when it was opened.
    public let hasLostEntries: Bool
    let queue: LedgerQueue
    /// Keeps this run alive for others to see.
    let locks: LedgerLocks
    private let clock: @Sendable () -> Date

    /// Opens a ledger for a run that begins now, and makes it if there is none. Blocks on the disk.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - description: of the run.
    ///   - now: wall time.
    ///   - random: where the seeds that are drawn come from.
    ///   - patience: milliseconds to wait for another program's lock.
    ///   - onTrouble: told when something that no job waits for cannot be written. It is written later, if that works.
    /// - Throws: kind `io`, with what is wrong and what to do about it. Nothing in the file was changed then.
    public init(
        path: String, for description: RunDescription, now: @escaping @Sendable () -> Date = { Date() },
        random: @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }, patience: Int32 = 5000,
        onTrouble: @escaping @Sendable (FluxError) -> Void = { _ in }
    ) throws(FluxError) {
        self.path = path
        clock = now
        let file = try LedgerFile(path: path, access: .write, patience: patience)
        locks = try LedgerLocks(path: path + "-locks")
        hasLostEntries = try file.isBehind(locks)
        run = try file.begin(description, locks, salt: Int64(bitPattern: random()), now: Self.milliseconds(now()))
        locks.raise(run: run.id)
        queue = LedgerQueue(file, onTrouble: onTrouble)
    }

    /// Milliseconds since 1970.
    var now: Int64 { Self.milliseconds(clock()) }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    /// Whether a run is still going on, here or in another process.
    public func isAlive(_ run: Int64) -> Bool { run == self.run.id || locks.isHeld(run) }

    /// Writes what is left to be written, notes how the run ended, and closes the file. What is asked afterwards is
    /// refused. Blocks on the disk.
    /// - Throws: kind `io` when something could not be written.
    public func close(_ outcome: RunOutcome) throws(FluxError) {
        let (run, now) = (run.id, now)
        defer { locks.release(run) }
        try queue.close { file throws(SQLiteError) in
            try file.connection.run(
                "UPDATE runs SET ended_at = ?, outcome = ? WHERE id = ?",
                [.integer(now), .text(outcome.rawValue), .integer(run)])
        }
    }
}

extension LedgerFile {
    /// Whether the mark says that there was more here. It is told once.
    fileprivate func isBehind(_ locks: LedgerLocks) throws(FluxError) -> Bool {
        let mark = locks.mark
        let row = try reading { file throws(SQLiteError) in
            try file.connection.run(
                "SELECT (SELECT max(id) FROM runs) AS run, (SELECT max(id) FROM requests) AS request")
        }.first
        let here = LedgerLocks.Mark(run: row?["run"].integer ?? 0, request: row?["request"].integer ?? 0)
        guard mark.run > here.run || mark.request > here.request else { return false }
        locks.set(here)
        return true
    }

    /// Notes a run that begins. Its lock is there before others can see it.
    fileprivate func begin(
        _ description: RunDescription, _ locks: LedgerLocks, salt: Int64, now: Int64
    ) throws(FluxError) -> LedgerRun {
        let arguments = JSONValue.array(description.arguments.map { .string($0) }).encodedString
        return try reading { file throws(SQLiteError) in
            try file.connection.transaction { () throws(SQLiteError) in
                var description = description
                description.account = try file.owner(of: description.account)
                let earlier =
                    description.continues && !description.isFresh
                    ? try unfinished(description, arguments, locks) : nil
                let id = (try connection.run("SELECT max(id) AS id FROM runs").first?["id"].integer ?? 0) + 1
                let run = LedgerRun(
                    id: id, lineage: earlier?.lineage ?? id, salt: earlier?.salt ?? salt,
                    account: description.account, isFresh: description.isFresh, continued: earlier?.continued)
                try connection.run(
                    """
                    INSERT INTO runs (id, lineage, salt, account, script, arguments, process, started_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .integer(id), .integer(run.lineage), .integer(run.salt), .text(run.account.name),
                        .text(description.script), .text(arguments), .integer(Int64(getpid())), .integer(now),
                    ])
                guard locks.hold(id) else { throw .unreadable("another process has the lock of run \(id)") }
                return run
            }
        }
    }

    /// The account that another key of the same owner has, where one was replaced.
    private func owner(of account: LedgerAccount) throws(SQLiteError) -> LedgerAccount {
        let row = try connection.run("SELECT same_as FROM accounts WHERE name = ?", [.text(account.name)]).first
        return row?["same_as"].text.map { LedgerAccount(name: $0, isInProcess: account.isInProcess) } ?? account
    }

    /// The last run of the same script, unless it ended cleanly.
    private func unfinished(
        _ description: RunDescription, _ arguments: String, _ locks: LedgerLocks
    ) throws(SQLiteError) -> (lineage: Int64, salt: Int64, continued: LedgerRun.Continued)? {
        let last = try connection.run(
            "SELECT * FROM runs WHERE script = ? AND account = ? AND arguments = ? ORDER BY id DESC LIMIT 1",
            [.text(description.script), .text(description.account.name), .text(arguments)]
        ).first
        guard let last, last["outcome"].text != RunOutcome.clean.rawValue, let id = last["id"].integer,
            let lineage = last["lineage"].integer, let salt = last["salt"].integer
        else { return nil }
        let count = try connection.run(
            "SELECT count(*) AS n FROM requests WHERE lineage = ?", [.integer(lineage)]
        ).first?["n"].integer
        let isRunning = last["ended_at"] == .null && locks.isHeld(id)
        let process = isRunning ? last["process"].integer.map { Int32(truncatingIfNeeded: $0) } : nil
        return (lineage, salt, LedgerRun.Continued(id: id, process: process, requests: Int(count ?? 0)))
    }
}
