import FluxClient
import Foundation
import SQL
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct LedgerTests {
    @Test(arguments: LedgerBench.Place.allCases) func aRequestIsOnDiskBeforeItMayBeSent(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        let draft = LedgerBench.draft("a mug")
        guard case .ours = try await ledger.write(draft) else { throw Failure("not ours") }
        let row = try #require(try bench.rows("SELECT * FROM requests").first)
        #expect(row["key"].text == LedgerBench.key(draft) && row["body"].blob == draft.sent.body)
        #expect(row["state"].text == "written" && row["origin"].text == "sweep.lua:7")
        #expect(row["written_at"].integer == 1_800_000_000_000)
    }

    @Test(arguments: LedgerBench.Place.allCases) func aKeyIsWrittenOnceAndTheFirstBodyCounts(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let first = try bench.ledger()
        let second = try bench.ledger()
        let draft = LedgerBench.draft("a mug")
        var other = draft
        other.sent.body = Array("{}".utf8)
        _ = try await first.write(draft)
        guard case .theirs(let record) = try await second.write(other) else { throw Failure("not theirs") }
        #expect(record.sent == draft.sent && record.state == .written && record.run == first.run.id)
        #expect(try bench.rows("SELECT count(*) AS n FROM uses")[0]["n"].integer == 2)
    }

    @Test(arguments: LedgerBench.Place.allCases) func everyTransitionIsFollowedInItsOrder(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        let drafts = (1...4).map { LedgerBench.draft("prompt \($0)") }
        for draft in drafts { _ = try await ledger.write(draft) }
        let keys = drafts.map(LedgerBench.key)
        ledger.accepted(key: keys[0], job: "j1", status: .queued)
        ledger.completed(key: keys[0], LedgerBench.completion("j1"))
        ledger.fetched(key: keys[0], [LedgerBench.picture()])
        let mark = SavedMark(content: "c", file: "f")
        ledger.saved(key: keys[0], place: 1, path: "/out/a.jpg", mark)
        ledger.accepted(key: keys[1], job: "j2", status: .queued)
        ledger.failed(key: keys[1], status: .failed, FluxError(.failed, "no"))
        ledger.refused(key: keys[2], FluxError(.invalid, "bad"))
        ledger.accepted(key: keys[3], job: "j4", status: .queued)
        // Late news changes nothing that is known better.
        ledger.accepted(key: keys[0], job: "other", status: .queued)
        ledger.refused(key: keys[3], FluxError(.invalid, "bad"))
        let saves = try await ledger.saves(of: [keys[0], keys[1]])
        #expect(saves.map(\.path) == ["/out/a.jpg"] && saves.map(\.mark) == [mark])
        let records = try await ledger.requests().reversed()
        #expect(records.map(\.state) == [.fetched, .failed, .refused, .accepted])
        #expect(records.map(\.job) == ["j1", "j2", nil, "j4"])
        #expect(records.map(\.cost) == [10, 0, 0, nil])
        #expect(records.first?.pictures.map(\.sha256) == [LedgerBench.picture().sha256])
        #expect(records.first?.imageURLs == ["https://cdn/1.jpg"])
        try ledger.close(.clean)
        let reader = try LedgerReader(path: bench.path)
        #expect(try reader.saves(of: 1).map(\.path) == ["/out/a.jpg"])
        #expect(try reader.requests(named: "j4").map(\.identity.prompt) == ["prompt 4"])
        var filter = RecordFilter()
        filter.isOpen = true
        #expect(try reader.requests(filter).map(\.job) == ["j4"])
        #expect(try bench.rows("SELECT * FROM jobs WHERE job = 'j1'")[0]["saved"].text == "/out/a.jpg")
    }

    @Test(arguments: LedgerBench.Place.allCases) func manyWritersShareCommitsAndNoneIsLost(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let ledgers = [try bench.ledger(), try bench.ledger()]
        let ours = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...400 {
                let ledger = ledgers[number % 2]
                group.addTask {
                    let draft = LedgerBench.draft("prompt \(number / 2)")
                    guard case .ours = try await ledger.write(draft) else { return 0 }
                    return 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(ours == 201)
        #expect(try bench.states().count == 201)
    }

    @Test func aFullDiskStopsRequestsAndForgetsNoNews() async throws {
        let bench = try LedgerBench()
        let troubles = Mutex<[String]>([])
        let ledger = try bench.ledger(onTrouble: { error in troubles.withLock { $0.append(error.message) } })
        let draft = LedgerBench.draft("a mug")
        _ = try await ledger.write(draft)
        func limit(pages more: Int64) throws {
            try ledger.queue.store.withLock { store throws(SQLError) in
                let pages = try store?.run("PRAGMA page_count")[0]["page_count"].integer ?? 0
                _ = try store?.run("PRAGMA max_page_count = \(pages + more)")
            }
        }
        try limit(pages: 0)
        ledger.accepted(key: LedgerBench.key(draft), job: String(repeating: "j", count: 9000), status: .queued)
        ledger.completed(key: LedgerBench.key(draft), LedgerBench.completion("j"))
        for number in 1...3 {
            let error = await #expect(throws: FluxError.self) {
                _ = try await ledger.write(LedgerBench.draft("lost \(number)"))
            }
            #expect(error?.kind == .io && error?.message.contains(bench.path) == true)
        }
        #expect(troubles.withLock { $0 }.count == 1)
        #expect(try bench.states() == ["written"])
        try limit(pages: 1000)
        _ = try await ledger.write(LedgerBench.draft("found"))
        #expect(try bench.states() == ["completed", "written"])
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatIsLeftIsWrittenWhenTheRunEnds(place: LedgerBench.Place) throws
    {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        for number in 1...50 { ledger.saved(key: "k\(number)", place: 1, path: "/p") }
        try ledger.close(.interrupted)
        let run = try #require(try bench.rows("SELECT * FROM runs").first)
        #expect(run["outcome"].text == "interrupted" && run["ended_at"].integer == 1_800_000_000_000)
    }

    @Test(arguments: LedgerBench.Place.allCases) func aClosedLedgerTakesNothing(place: LedgerBench.Place) async throws {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        try ledger.close(.clean)
        await #expect(throws: FluxError.self) { _ = try await ledger.write(LedgerBench.draft("a mug")) }
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatJobsTookIsRememberedForTheAccountThatAskedForThem(
        place: LedgerBench.Place
    ) async throws {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        for number in 1...3 {
            let draft = LedgerBench.draft("\(number)")
            _ = try await ledger.write(draft)
            ledger.accepted(key: LedgerBench.key(draft), job: "j\(number)", status: .queued)
            if number > 1 { ledger.completed(key: LedgerBench.key(draft), LedgerBench.completion("j\(number)")) }
        }
        let durations = try await ledger.recentDurations()
        #expect(durations.map(\.model) == ["flux-2-pro", "flux-2-pro"])
        #expect(durations.allSatisfy { $0.duration == .seconds(15) })
        let other = try bench.ledger(account: LedgerAccount(baseURL: "https://api.example", key: "afk_other"))
        #expect(try await other.recentDurations().isEmpty)
    }
}

struct Failure: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
