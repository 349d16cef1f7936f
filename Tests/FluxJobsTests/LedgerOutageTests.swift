import FluxClient
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

/// A database that goes away: nothing new is sent, and nothing that is known is lost.
@Suite(.timeLimit(.minutes(5))) struct LedgerOutageTests {
    private let server = try! PostgreSQLServer()
    private let folder = try! TemporaryFolder()

    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func ledger(_ path: String, _ told: Told) throws -> Ledger {
        try Ledger(
            path: path, for: RunDescription(account: LedgerBench.account, script: "/s/a.lua"),
            journalFolder: folder.path, onTrouble: { told.add($0.message) }, onRecovery: { told.add("back") })
    }

    private var journals: [String] { folder.files.filter { $0.hasSuffix(".jsonl") } }

    private func states(_ path: String) throws -> [String] {
        try LedgerStores.open(path, .read).run("SELECT state FROM requests ORDER BY id", []).compactMap {
            $0["state"].text
        }
    }

    @Test(arguments: [false, true]) func whatIsLearnedMeanwhileIsWrittenWhenItIsBack(crashes: Bool) async throws {
        let path = try server.database()
        let told = Told()
        let ledger = try ledger(path, told)
        let draft = LedgerBench.draft("a mug")
        _ = try await ledger.write(draft)
        if crashes { try server.crash() } else { try server.stop() }
        ledger.accepted(key: LedgerBench.key(draft), job: "j1", status: .queued)
        ledger.completed(key: LedgerBench.key(draft), LedgerBench.completion("j1"))
        await until { !journals.isEmpty }
        let next = Mutex<WriteOutcome?>(nil)
        let writing = Task {
            let outcome = try await ledger.write(LedgerBench.draft("another"))
            next.withLock { $0 = outcome }
        }
        await until { told.all.count == 1 }
        #expect(told.all[0].hasPrefix("the database of the ledger postgresql://fluxlua@127.0.0.1:"))
        #expect(next.withLock { $0 == nil }, "nothing may be sent that is not written down")
        try server.start()
        try await writing.value
        await until { told.all.count == 2 }
        #expect(told.all[1] == "back")
        #expect(try states(path) == ["completed", "written"])
        #expect(journals.isEmpty)
        try ledger.close(.clean)
    }

    @Test func whatARunCannotWriteAnyMoreIsWrittenByTheNext() async throws {
        let path = try server.database()
        let told = Told()
        let first = try ledger(path, told)
        let draft = LedgerBench.draft("a mug")
        _ = try await first.write(draft)
        try server.stop()
        first.accepted(key: LedgerBench.key(draft), job: "j1", status: .queued)
        first.completed(key: LedgerBench.key(draft), LedgerBench.completion("j1"))
        let error = #expect(throws: FluxError.self) { try first.close(.clean) }
        #expect(error?.message.contains("what it must still be told is kept in \(folder.path)/") == true)
        #expect(journals.count == 1)
        // Nobody who looks now loses it either.
        #expect(throws: FluxError.self) { try ledger(path, told) }
        #expect(journals.count == 1)
        try server.start()
        let second = try ledger(path, told)
        #expect(try states(path) == ["completed"] && journals.isEmpty)
        #expect(try await second.requests().map(\.job) == ["j1"])
        try second.close(.clean)
    }

    @Test func aPasswordIsInNoMessage() throws {
        let path = server.address(of: "nothing").replacing("fluxlua@", with: "fluxlua:geheim@")
        let error = #expect(throws: FluxError.self) { try ledger(path, Told()) }
        #expect(error?.message.contains("geheim") == false && error?.message.contains("does not exist") == true)
    }
}
