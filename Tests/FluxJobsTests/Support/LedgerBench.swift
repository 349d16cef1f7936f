import FluxClient
import Foundation
import SQL
import Synchronization
import TestSupport

@testable import FluxJobs

/// A ledger of its own, and time that stands still until a test moves it.
final class LedgerBench: Sendable {
    /// Where a ledger can be: what it means is the same.
    enum Place: CaseIterable {
        case file, server
    }

    let folder: TemporaryFolder
    /// The file, or the database's address.
    let path: String
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    static let account = LedgerAccount(baseURL: "https://api.example", key: "afk_secret")

    init(_ place: Place = .file) throws {
        folder = try TemporaryFolder()
        path =
            switch place {
            case .file: folder.path + "/data/ledger.sqlite"
            case .server: try PostgreSQLServer.shared().database()
            }
    }

    var now: Date { time.withLock { $0 } }

    func pass(hours: Double) { time.withLock { $0.addTimeInterval(hours * 3600) } }

    func ledger(
        _ script: String = "/s/sweep.lua", arguments: [String] = [], account: LedgerAccount = LedgerBench.account,
        isFresh: Bool = false, continues: Bool = true, patience: Int32 = 5000, journalFolder: String? = nil,
        onTrouble: @escaping @Sendable (FluxError) -> Void = { _ in },
        onRecovery: @escaping @Sendable () -> Void = {}
    ) throws(FluxError) -> Ledger {
        try Ledger(
            path: path,
            for: RunDescription(
                account: account, script: script, arguments: arguments, isFresh: isFresh, continues: continues),
            journalFolder: journalFolder, now: { self.now }, patience: patience, onTrouble: onTrouble,
            onRecovery: onRecovery)
    }

    /// What another program sees in it.
    func rows(_ sql: String) throws -> [SQLRow] { try LedgerStores.open(path, .read).run(sql) }

    /// So long ago that a run was killed that nobody takes it for alive any more: a server learns of it only by its
    /// silence.
    func leaseEnds(of run: Int64) throws {
        guard LedgerAddress.isServer(path) else { return }
        try LedgerStores.open(path, .write).run("UPDATE runs SET lease_until = 0 WHERE id = ?", [.integer(run)])
    }

    /// The states of all requests, in the order in which they were written.
    func states() throws -> [String] {
        try rows("SELECT state FROM requests ORDER BY id").compactMap { $0["state"].text }
    }

    static func draft(_ prompt: String, seed: Int64? = 7, attempt: Int = 1, lineage: Int64 = 1) -> RequestDraft {
        let identity = RequestIdentity(
            account: account.name, call: .generate, model: "flux-2-pro", prompt: prompt,
            parameters: ["resolution": "1MP"], inputs: [:], seed: seed, seedSource: seed == nil ? .none : .given,
            occurrence: 1, lineage: lineage)
        let body = JSONValue.object(["prompt": .string(prompt)]).encoded()
        return RequestDraft(
            identity: identity, digest: identity.digest, attempt: attempt, isFresh: false, name: "a name",
            origin: "sweep.lua:7",
            sent: EncodedRequest(path: "/v2/images/generate", body: body, dialect: .description))
    }

    static func key(_ draft: RequestDraft) -> String {
        RequestIdentity.key(digest: draft.digest, attempt: draft.attempt)
    }

    static func picture(_ place: Int = 1, sha256: String = String(repeating: "ab", count: 32)) -> Picture {
        Picture(
            index: place, url: "https://cdn/\(place).jpg", format: .jpg, width: 4, height: 3, path: "/store/x.jpg",
            sha256: sha256, byteCount: 99)
    }

    static func completion(_ job: String) -> JobState {
        JobState(
            id: job, status: .completed, model: "flux-2-pro", imageURLs: ["https://cdn/1.jpg"], creditCost: 10,
            createdAt: 1_800_000_000_000, completedAt: 1_800_000_015_000)
    }
}
