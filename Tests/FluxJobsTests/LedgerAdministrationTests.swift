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
