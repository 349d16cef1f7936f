import FluxClient
import SQLite
import TestSupport
import Testing

@testable import FluxJobs

/// Ledgers of an older version, and what keeps one from being moved.
struct MovingTests {
    let folder = try! TemporaryFolder()

    /// A file as the version before this one left it.
    private func older() throws -> String {
        let path = folder.path + "/old.sqlite"
        let connection = try SQLiteConnection(path: path, mode: .create)
        for step in LedgerSchema.steps.dropLast() { try connection.execute(step.sqlite) }
        try connection.execute(
            """
            PRAGMA application_id = \(LedgerSchema.applicationID);
            PRAGMA user_version = \(LedgerSchema.version - 1);
            """)
        return path
    }

    @Test func olderFileIsReadAsItIs() throws {
        let path = try older()
        let reader = try LedgerReader(path: path)
        #expect(try reader.requests().isEmpty && reader.members().isEmpty && reader.work(since: 0).isEmpty)
        let day = try reader.teamDay(of: .local, now: 90_000_000)
        #expect(day.limit == nil && day.spent == 0 && day.began == 86_400_000 && day.ends == 172_800_000)
        let inspection = try LedgerInspection(ledger: path)
        #expect(inspection.isWell && inspection.version == LedgerSchema.version - 1)
    }

    @Test func olderFileIsBroughtToThisVersionBeforeItMoves() throws {
        let path = try older()
        let new = folder.path + "/new.sqlite"
        let error = #expect(throws: FluxError.self) { try LedgerTransfer.copy(from: path, to: new) }
        #expect(error?.hint?.contains("'fluxlua ledger init' brings it to this version") == true)
        #expect(try Files.entry(at: new) == .nothing, "nothing is made for a move that cannot be")
        #expect(try LedgerAdministration(path: path).foundVersion == LedgerSchema.version - 1)
        #expect(try LedgerAdministration(path: path).foundVersion == LedgerSchema.version)
        #expect(try LedgerTransfer.copy(from: path, to: new) == 0)
    }

    @Test func whatThisMachineHasNotRecordedYetIsNotLeftBehind() throws {
        let address = try PostgreSQLServer.shared().database()
        #expect(try LedgerAdministration(path: address).foundVersion == 0)
        let new = folder.path + "/new.sqlite"
        let journal = try LedgerJournal(path: LedgerJournal.path(in: folder.path, of: address, run: 1))
        try journal.append([LedgerStatement("UPDATE runs SET ended_at = ? WHERE id = 1", [.integer(1)])])
        _ = consume journal
        let error = #expect(throws: FluxError.self) {
            try LedgerTransfer.copy(from: address, to: new, journalFolder: folder.path)
        }
        #expect(error?.kind == .invalid && error?.message.contains("not yet recorded") == true)
        #expect(try Files.entry(at: new) == .nothing)
        #expect(try LedgerTransfer.copy(from: address, to: new, journalFolder: folder.path + "/none") == 0)
    }

    /// What was set on the new one before counts.
    @Test func budgetOfTheNewLedgerStays() throws {
        let (old, new) = (folder.path + "/a.sqlite", folder.path + "/b.sqlite")
        _ = try LedgerAdministration(path: old).setTeamBudget(10, of: .local)
        #expect(try LedgerAdministration(path: new).setTeamBudget(20, of: .local).limit == 20)
        #expect(try LedgerTransfer.copy(from: old, to: new) == 0)
        #expect(try LedgerReader(path: new).teamDay(of: .local, now: 0).limit == 20)
        #expect(try LedgerReader(path: old).teamDay(of: .local, now: 0).limit == 10)
    }
}
