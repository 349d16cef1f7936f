import FluxClient
import Foundation
import SQLite
import TestSupport
import Testing

@testable import FluxJobs

/// `fluxlua doctor --ledger`: whether the ledger and the kept pictures agree.
@Suite(.timeLimit(.minutes(5))) struct LedgerInspectionTests {
    let bench = try! RunBench()

    private var store: PictureStore { PictureStore(root: bench.folder.path + "/store") }

    private func inspection() throws -> LedgerInspection {
        try LedgerInspection(
            ledger: bench.path("ledger"), store: store, localStore: PictureStore(root: bench.folder.path + "/none"))
    }

    /// Three pictures, one of them asked for twice, and their run's end.
    private func made() async throws -> [Picture] {
        let run = try bench.run()
        var pictures: [Picture] = []
        for prompt in ["a", "b", "c"] { pictures += await run.made(prompt).snapshot.pictures }
        try await run.end()
        let again = try bench.run()
        _ = await again.made("a")
        try await again.end()
        return pictures
    }

    private func change(_ sql: String) throws {
        try SQLiteConnection(path: bench.path("ledger"), mode: .readWrite).execute(sql)
    }

    @Test func whatAgreesIsWell() async throws {
        _ = try await made()
        let inspection = try inspection()
        #expect(inspection.isWell && inspection.findings == [])
        #expect(inspection.requests == 3 && inspection.pictures == 3)
    }

    @Test func aPictureThatIsLostOrChangedIsNamed() async throws {
        let pictures = try await made()
        try FileManager.default.removeItem(atPath: pictures[0].path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: pictures[1].path))
        bytes[bytes.count - 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: pictures[1].path))
        let inspection = try inspection()
        #expect(!inspection.isWell)
        #expect(inspection.findings.map(\.places) == [[pictures[1].path], [pictures[0].path]])
        #expect(inspection.findings.allSatisfy { $0.isTrouble && $0.advice?.isEmpty == false })
    }

    @Test func whatWasClearedAwayIsNoTrouble() async throws {
        let pictures = try await made()
        try store.trim(to: 0, keeping: [], notNewerThan: .max)
        let inspection = try inspection()
        #expect(inspection.isWell && inspection.findings.count == 1)
        #expect(Set(inspection.findings[0].places) == Set(pictures.map(\.path)))
        // What is fetched later, and then lost, is.
        let run = try bench.run()
        let path = try #require(await run.made("a").snapshot.pictures.first?.path)
        bench.pass(hours: 1)
        let last = try #require(await run.made("d").snapshot.pictures.first?.path)
        try await run.end()
        try FileManager.default.removeItem(atPath: last)
        let second = try self.inspection()
        #expect(second.findings.filter(\.isTrouble).map(\.places) == [[last]])
        #expect(!second.findings.flatMap(\.places).contains(path))
    }

    @Test func strayPicturesAndOpenJobsAreNoTrouble() async throws {
        _ = try await made()
        try FileManager.default.createDirectory(atPath: store.root + "/ab", withIntermediateDirectories: true)
        let stray = store.path(sha256: String(repeating: "ab", count: 32), fileExtension: "gif")
        #expect(FileManager.default.createFile(atPath: stray, contents: Data([1])))
        bench.meet(.looksRefused(401))
        let run = try bench.run()
        _ = await run.made("open")
        try await run.end(.failed)
        let inspection = try inspection()
        #expect(inspection.isWell)
        #expect(inspection.findings.map(\.places) == [[stray], ["4"]])
        #expect(inspection.findings.last?.advice == "'fluxlua resume' finishes them")
    }

    @Test func entriesThatCannotBeReadAreNamedOneByOne() async throws {
        _ = try await made()
        try change("UPDATE pictures SET seal = 'x' WHERE request = 2; UPDATE requests SET key = 'y' WHERE id = 3")
        let inspection = try inspection()
        #expect(!inspection.isWell)
        let places = try #require(inspection.findings.first).places
        #expect(places.map { $0.prefix(5) } == ["job 2", "job 3"])
    }

    @Test func aLedgerThatHasLostItsLastEntriesIsToldAsSuch() async throws {
        _ = try await made()
        try change(
            """
            DELETE FROM pictures WHERE request = 3; DELETE FROM uses WHERE request = 3;
            DELETE FROM requests WHERE id = 3
            """)
        let inspection = try inspection()
        #expect(!inspection.isWell)
        #expect(inspection.findings.contains { $0.message == "the ledger has lost its last entries" })
    }

    @Test func entriesThatBelongToNothingAreToldAsSuch() async throws {
        _ = try await made()
        try change("PRAGMA foreign_keys = OFF; DELETE FROM requests WHERE id = 1")
        let inspection = try inspection()
        #expect(!inspection.isWell && inspection.findings[0].places.contains("a row of pictures belongs to nothing"))
    }
}
