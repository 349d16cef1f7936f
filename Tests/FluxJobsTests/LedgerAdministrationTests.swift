import FluxClient
import Foundation
import SQLite
import TestSupport
import Testing

@testable import FluxJobs

/// `fluxlua forget`: only what no service can have is closed.
@Suite(.timeLimit(.minutes(5))) struct LedgerKeeperTests {
    let bench = try! RunBench()

    private func nobody() -> FluxError {
        var error = FluxError(.network, "could not connect")
        error.isUnsent = true
        return error
    }

    private func forget(_ name: String = "1") -> FluxError? {
        do throws(FluxError) {
            _ = try LedgerAdministration(path: bench.path("ledger")).forget(name)
            return nil
        } catch {
            return error
        }
    }

    @Test func aRequestThatNobodyWasThereToTakeIsClosedAndCostsNothing() async throws {
        bench.answer { [self] _ throws(FluxError) in throw nobody() }
        let first = try bench.run()
        #expect(await first.made().snapshot.error?.kind == .network)
        #expect(forget()?.message == "job 1 is under way in another process")
        #expect(try await first.states() == [.written])
        try await first.end(.failed)
        // It is tried again, and still nobody is there.
        let second = try bench.run()
        _ = await second.made()
        try await second.end(.failed)
        let request = try LedgerAdministration(path: bench.path("ledger")).forget("1")
        #expect(request.identity.prompt == "a mug")
        bench.answer { _ throws(FluxError) in nil }
        let third = try bench.run()
        let record = try #require(try await third.ledger.requests().first)
        #expect(record.state == .refused && record.cost == 0 && record.settledAt != nil)
        #expect(record.errorMessage == "forgotten: no service has ever had it")
        #expect(await third.made().snapshot.isSuccess)
        #expect(try await third.states() == [.fetched] && bench.service.state.jobs.count == 1)
        try await third.end()
        #expect(forget()?.message == "job 1 has already ended")
        #expect(forget("9")?.message == "no job '9'")
    }

    @Test func aRequestThatMayHaveArrivedOnceIsNotForgotten() async throws {
        bench.answer { [self, bench] _ throws(FluxError) in
            throw bench.service.state.submissions == 1 ? FluxError(.network, "connection reset") : nobody()
        }
        for _ in 1...2 {
            let run = try bench.run()
            _ = await run.made()
            #expect(try await run.states() == [.written])
            try await run.end(.failed)
            #expect(
                forget()?.message == "job 1 cannot be forgotten: the service may have it, and may charge for it")
        }
    }

    @Test func aJobThatTheServiceHasIsNotForgotten() async throws {
        bench.meet(.looksRefused(401))
        let run = try bench.run()
        let job = await run.made()
        try await run.end(.failed)
        let id = try #require(job.snapshot.id)
        #expect(forget()?.message == "job 1 cannot be forgotten: the service has it as \(id), and may charge for it")
        #expect(forget(String(id.prefix(8)))?.hint == "'fluxlua resume' finishes it")
    }

    @Test func aLedgerOfTheFirstVersionIsTakenOver() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ledger.sqlite"
        let old = try SQLiteConnection(path: path, mode: .create)
        try old.execute(LedgerSchema.steps[0].sqlite)
        try old.execute("PRAGMA application_id = \(LedgerSchema.applicationID); PRAGMA user_version = 1")
        let columns = { try old.run("PRAGMA table_info(requests)").compactMap { $0["name"].text } }
        #expect(try LedgerReader(path: path).requests().isEmpty)
        #expect(try !columns().contains("unsent"))
        let ledger = try Ledger(path: path, for: RunDescription(account: LedgerBench.account, script: "/s/a.lua"))
        #expect(try Set(columns()).isSuperset(of: ["answer", "unsent"]))
        try ledger.close(.clean)
    }
}

/// From a file to a server and back.
@Suite(.timeLimit(.minutes(5))) struct LedgerTransferTests {
    /// A ledger with something in each of its tables.
    private func filled(_ bench: LedgerBench) async throws {
        let ledger = try bench.ledger()
        for number in 1...30 {
            var draft = LedgerBench.draft("prompt \(number) \u{1F98A}")
            draft.costLimit = 10
            _ = try await ledger.write(draft)
            let key = LedgerBench.key(draft)
            ledger.accepted(key: key, job: "j\(number)", status: .queued)
            guard number > 3 else { continue }
            ledger.completed(key: key, LedgerBench.completion("j\(number)"))
            ledger.fetched(key: key, [LedgerBench.picture()])
            ledger.saved(key: key, place: 1, path: "/out/\(number).jpg", SavedMark(content: "c", file: "f"))
        }
        try await ledger.adopt("another")
        try ledger.close(.failed)
        try LedgerStores.open(bench.path, .write).run("INSERT INTO budgets (account, credits) VALUES ('a', 5000)", [])
    }

    private func everything(_ path: String) throws -> [String] {
        let store = try LedgerStores.open(path, .read)
        return try ["runs", "requests", "uses", "pictures", "saves", "accounts", "budgets"].flatMap { table in
            try store.run("SELECT * FROM \(table)", []).map { row in
                "\(table) "
                    + row.columns.sorted().filter { $0 != "lease_until" && $0 != "member" }
                    .map { "\($0)=\(row[$0])" }.joined(separator: " ")
            }.sorted()
        }
    }

    @Test func allOfItComesOverAndBack() async throws {
        let (file, server, back) = (try LedgerBench(), try LedgerBench(.server), try LedgerBench())
        try await filled(file)
        #expect(try LedgerTransfer.copy(from: file.path, to: server.path) == 30)
        #expect(try everything(server.path) == everything(file.path))
        #expect(try LedgerTransfer.copy(from: server.path, to: back.path) == 30)
        #expect(try everything(back.path) == everything(file.path))
        // Runs go on where they ended, and numbers follow those that came.
        let ledger = try server.ledger()
        #expect(ledger.run.id == 2 && ledger.run.continued?.requests == 30)
        _ = try await ledger.write(LedgerBench.draft("one more"))
        #expect(try server.states().count == 31)
        try ledger.close(.clean)
        let error = #expect(throws: FluxError.self) { try LedgerTransfer.copy(from: file.path, to: server.path) }
        #expect(error?.message.contains("already has 31 requests") == true)
    }

    @Test(arguments: LedgerBench.Place.allCases) func whileARunGoesOnNothingIsMoved(place: LedgerBench.Place) throws {
        let (old, new) = (try LedgerBench(place), try LedgerBench())
        let ledger = try old.ledger()
        let error = #expect(throws: FluxError.self) { try LedgerTransfer.copy(from: old.path, to: new.path) }
        #expect(error?.message.hasPrefix("a run is going on with the ledger") == true)
        try ledger.close(.clean)
        #expect(try LedgerTransfer.copy(from: old.path, to: new.path) == 0)
    }

    @Test func aNewerServerLedgerIsLeftAlone() throws {
        let bench = try LedgerBench(.server)
        try bench.ledger().close(.clean)
        try LedgerStores.open(bench.path, .write).run("UPDATE ledger SET version = 99", [])
        for access in [LedgerStores.Access.read, .write] {
            let error = #expect(throws: FluxError.self) { try LedgerStores.open(bench.path, access) }
            #expect(error?.message.contains("is from a newer fluxlua: version 99") == true)
        }
    }
}
