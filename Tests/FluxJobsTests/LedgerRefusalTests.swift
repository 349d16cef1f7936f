import FluxClient
import Foundation
import SQLite
import TestSupport
import Testing

@testable import FluxJobs

/// Files that are no good as a ledger: each is refused with words that help, and left as it is.
@Suite(.timeLimit(.minutes(5))) struct LedgerRefusalTests {
    let bench = try! LedgerBench()

    private func refusal(patience: Int32 = 5000) -> FluxError? {
        do throws(FluxError) {
            _ = try bench.ledger(patience: patience)
            return nil
        } catch {
            return error
        }
    }

    private func expectRefusal(_ words: String, hint: String, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        let before = try bench.folder.read("data/ledger.sqlite")
        let error = try #require(refusal(patience: 0), sourceLocation: sourceLocation)
        #expect(error.kind == .io, sourceLocation: sourceLocation)
        #expect(error.message.contains(bench.path) && error.message.contains(words), sourceLocation: sourceLocation)
        #expect(error.hint?.contains(hint) == true, sourceLocation: sourceLocation)
        #expect(try bench.folder.read("data/ledger.sqlite") == before, sourceLocation: sourceLocation)
    }

    /// A ledger with some requests, closed.
    private func fill() async throws {
        let ledger = try bench.ledger()
        for number in 1...200 { _ = try await ledger.write(LedgerBench.draft("prompt \(number)")) }
        try ledger.close(.clean)
    }

    private func rewrite(_ change: (inout [UInt8]) -> Void) throws {
        var bytes = try bench.folder.read("data/ledger.sqlite")
        change(&bytes)
        _ = try bench.folder.write(bytes, to: "data/ledger.sqlite")
    }

    @Test func whatIsNoDatabase() async throws {
        try await fill()
        try rewrite { $0 = Array(repeating: UInt8(ascii: "x"), count: 5000) }
        try expectRefusal("damaged, or is not a ledger", hint: "move it away")
    }

    @Test func aTruncatedLedger() async throws {
        try await fill()
        try rewrite { $0.removeLast($0.count / 2) }
        try expectRefusal("damaged", hint: "move it away")
    }

    @Test func aLedgerWithBrokenPages() async throws {
        try await fill()
        try rewrite { bytes in
            for page in stride(from: 4096, to: bytes.count, by: 4096) { bytes[page] ^= 0xFF }
        }
        try expectRefusal("damaged", hint: "move it away")
    }

    /// Whatever bit flips: the ledger is refused, or what it answers is right.
    @Test func aFlippedBitNeverMakesAnAnswerWrong() async throws {
        let ledger = try bench.ledger()
        var drafts: [RequestDraft] = []
        for number in 1...20 {
            let draft = LedgerBench.draft("prompt \(number)")
            _ = try await ledger.write(draft)
            ledger.accepted(key: LedgerBench.key(draft), job: "job \(number)", status: .queued)
            let hash = ContentHash.of("picture \(number)")
            ledger.fetched(key: LedgerBench.key(draft), [LedgerBench.picture(sha256: hash)])
            drafts.append(draft)
        }
        try ledger.close(.clean)
        let original = try bench.folder.read("data/ledger.sqlite")
        var random = SystemRandomNumberGenerator()
        var refusals = 0
        for _ in 1...60 {
            let bit = Int.random(in: 0..<(original.count * 8), using: &random)
            try rewrite {
                $0 = original
                $0[bit / 8] ^= 1 << (bit % 8)
            }
            do throws(FluxError) {
                let ledger = try bench.ledger()
                let found = try await ledger.newest(of: drafts.map(\.request))
                for (number, record) in zip(1..., found) {
                    // Not found in one index, it is found by its key when it is written again.
                    guard let record else {
                        guard case .theirs = try await ledger.write(drafts[number - 1]) else {
                            Issue.record("bit \(bit) made request \(number) a new one")
                            continue
                        }
                        continue
                    }
                    #expect(record.digest == drafts[number - 1].digest, "bit \(bit)")
                    let isRight = record.pictures.map(\.sha256) == [ContentHash.of("picture \(number)")]
                    #expect(isRight, "bit \(bit) of request \(number)")
                }
                try ledger.close(.clean)
            } catch {
                refusals += 1
                #expect(error.kind == .io, "bit \(bit)")
            }
            for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.path + end) }
        }
        #expect(refusals < 60)
    }

    /// SQLite sees nothing wrong with it, and the pictures would be paid again.
    @Test func aRequestWhosePicturesAreAnothers() async throws {
        let ledger = try bench.ledger()
        let drafts = ["a mug", "a cup"].map { LedgerBench.draft($0) }
        for draft in drafts {
            _ = try await ledger.write(draft)
            ledger.completed(key: LedgerBench.key(draft), LedgerBench.completion("job"))
            ledger.fetched(key: LedgerBench.key(draft), [LedgerBench.picture()])
        }
        try ledger.close(.clean)
        try SQLiteConnection(path: bench.path, mode: .readWrite)
            .execute("UPDATE pictures SET request = 9 WHERE request = 2")
        let second = try bench.ledger()
        #expect(try await second.newest(of: [drafts[0].request])[0]?.pictures.count == 1)
        let error = await #expect(throws: FluxError.self) { try await second.newest(of: [drafts[1].request]) }
        #expect(error?.kind == .io && error?.message.contains("has not the pictures") == true)
    }

    @Test func aDatabaseOfAnotherProgram() throws {
        try FileManager.default.createDirectory(
            atPath: bench.folder.path + "/data", withIntermediateDirectories: true)
        let other = try SQLiteConnection(path: bench.path, mode: .create)
        try other.execute("CREATE TABLE bookmarks (url)")
        try expectRefusal("another program", hint: "--ledger")
    }

    @Test func aLedgerFromANewerProgram() async throws {
        try await fill()
        try SQLiteConnection(path: bench.path, mode: .readWrite).execute("PRAGMA user_version = 99")
        try expectRefusal("newer fluxlua: version 99", hint: "--ledger")
    }

    @Test func aLockedLedger() async throws {
        try await fill()
        let other = try SQLiteConnection(path: bench.path, mode: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        try expectRefusal("locked", hint: "close the program that has it open")
    }

    @Test func aFolderInItsPlace() throws {
        try FileManager.default.createDirectory(atPath: bench.path, withIntermediateDirectories: true)
        #expect(refusal()?.message.contains("it is not a file") == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aReadOnlyLedger() async throws {
        try await fill()
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: bench.path)
        try expectRefusal("cannot be written", hint: "--ledger")
    }

    /// In a folder of somebody else, or on a full disk.
    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aLedgerAtRestIsReadWhereNothingCanBeWritten() async throws {
        try await fill()
        let folder = URL(fileURLWithPath: bench.path).deletingLastPathComponent().path
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder) }
        #expect(try LedgerReader(path: bench.path).requests().count == 200)
    }

    @Test func aLedgerThatIsNotThereCannotBeRead() {
        let error = #expect(throws: FluxError.self) { try LedgerReader(path: bench.path) }
        #expect(error?.message.contains("no ledger yet") == true)
    }

    @Test func severalProcessesMayMakeItAtOnce() async throws {
        let runs = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 1...12 { group.addTask { try bench.ledger().run.id } }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(runs == Set(1...12))
    }
}

extension RequestDraft {
    /// The request, as a run asks for it.
    fileprivate var request: RecordedRequest {
        RecordedRequest(identity: identity, digest: digest, isFresh: false)
    }
}
