import FluxClient
import SQL

/// Whether a ledger and the stores of its pictures agree. Reads all of both, and changes nothing.
public struct LedgerInspection: Sendable {
    /// Something that was found, with what to do about it.
    public struct Finding: Sendable, Hashable {
        /// One that comes about in good order, such as pictures that were cleared away, is no trouble.
        public var isTrouble: Bool
        public var message: String
        public var advice: String?
        /// Files, or numbers of jobs: as many as there are.
        public var places: [String]
    }

    public private(set) var findings: [Finding] = []
    public private(set) var requests = 0
    public private(set) var pictures = 0
    public private(set) var runs = 0
    /// The machines that use it; none where nobody told.
    public private(set) var members: [String] = []
    /// Where it is, without a password.
    public let place: String
    /// Of its tables.
    public let version: Int64

    public var isWell: Bool { !findings.contains(where: \.isTrouble) }

    /// Rows that are held at a time.
    private static let batch = 500

    private struct Lists {
        var unreadable: [String] = []
        var contradictory: [String] = []
        var open: [String] = []
        var unknown: [String] = []
        var missing: [String] = []
        var elsewhere: [String] = []
        var cleared: [String] = []
        var changed: [String] = []
        var known: Set<String> = []
    }

    /// - Parameters:
    ///   - path: of the ledger.
    ///   - store: of paid pictures; nil: only the ledger is looked at.
    ///   - localStore: of the local service's.
    /// - Throws: kind `io` when one of them cannot be read at all.
    public init(
        ledger path: String, store: PictureStore? = nil, localStore: PictureStore? = nil
    ) throws(FluxError) {
        let ledger = try LedgerStores.open(path, .read)
        (place, version) = (ledger.place, ledger.foundVersion)
        try checkStore(ledger)
        runs = try ledger.reading { ledger throws(SQLError) in
            Int(try ledger.run("SELECT count(*) AS n FROM runs").first?["n"].integer ?? 0)
        }
        var members: Set<String> = []
        var lists = Lists()
        var last: Int64 = 0
        while true {
            let rows = try ledger.reading { ledger throws(SQLError) in
                try ledger.run(
                    "SELECT requests.*\(ledger.memberColumns) FROM requests WHERE id > ? ORDER BY id LIMIT \(Self.batch)",
                    [.integer(last)])
            }
            for row in rows {
                last = row["id"].integer ?? last + 1
                requests += 1
                do throws(SQLError) {
                    let record = try ledger.record(of: row)
                    check(record, isUnderWay: try ledger.isAlive(record.owner ?? record.run), &lists)
                    if let member = record.member { members.insert(member) }
                    let isLocal = record.identity.account == LedgerAccount.local.name
                    if let store = isLocal ? localStore : store {
                        try checkPictures(of: record, store, isShared: ledger.isServer, &lists)
                    }
                } catch {
                    lists.unreadable.append("job \(last): \(error.message)")
                }
            }
            if rows.count < Self.batch { break }
        }
        self.members = members.sorted()
        try tell(lists, strays: strays(in: [store, localStore].compactMap(\.self), lists.known))
    }

    // MARK: Checks

    private mutating func checkStore(_ store: any LedgerStore) throws(FluxError) {
        let (damage, loss) = try store.reading { store throws(SQLError) in (try store.damage(), try store.loss()) }
        add(
            damage, "damage in the file",
            "restore a copy of the ledger: the service still recognises requests of the last 24 hours")
        add(
            [loss].compactMap(\.self), "the ledger has lost its last entries",
            "restore a newer copy; without one, pictures made since then may be made and paid for again")
    }

    private func check(_ record: RequestRecord, isUnderWay: Bool, _ lists: inout Lists) {
        let place = String(record.id)
        switch record.state {
        case .written, .accepted, .completed:
            if !isUnderWay { lists.open.append(place) }
            if record.state != .written, record.job == nil { lists.contradictory.append("job \(place): no id") }
        case .unknown: lists.unknown.append(place)
        case .fetched:
            if record.settledAt == nil { lists.contradictory.append("job \(place): fetched, but not finished") }
        case .failed, .refused:
            if !record.pictures.isEmpty {
                lists.contradictory.append("job \(place): not finished, but with pictures")
            }
        }
    }

    private mutating func checkPictures(
        of record: RequestRecord, _ store: PictureStore, isShared: Bool, _ lists: inout Lists
    ) throws(SQLError) {
        guard record.state == .fetched else { return }
        for picture in record.pictures {
            pictures += 1
            let path = store.path(sha256: picture.sha256, fileExtension: picture.format)
            guard lists.known.insert(path).inserted else { continue }
            let entry: Files.Entry
            do throws(FluxError) { entry = try Files.entry(at: path) } catch {
                lists.changed.append("\(path): \(error.message)")
                continue
            }
            guard case .file(let file) = entry else {
                if store.path(of: picture) != nil { continue }
                if isShared, record.member != Member.name {
                    lists.elsewhere.append(path)
                    continue
                }
                // What was here when pictures were last removed may be one of those.
                let isCleared = store.lastTrim.map { picture.fetchedAt <= $0 } ?? false
                if isCleared { lists.cleared.append(path) } else { lists.missing.append(path) }
                continue
            }
            let content = try? ContentHash.ofFile(path).digits
            if file.byteCount != picture.byteCount || content != picture.sha256 { lists.changed.append(path) }
        }
    }

    /// Pictures that no request has.
    private func strays(in stores: [PictureStore], _ known: Set<String>) throws(FluxError) -> [String] {
        var strays: [String] = []
        for store in stores { strays += try store.storedPictures().map(\.path).filter { !known.contains($0) } }
        return strays
    }

    // MARK: Telling

    private mutating func tell(_ lists: Lists, strays: [String]) {
        add(
            lists.unreadable, "entries of the ledger that cannot be read",
            "restore a copy of the ledger: otherwise their pictures may be made and paid for again")
        add(
            lists.contradictory, "entries of the ledger that contradict themselves",
            "restore a copy of the ledger, and report this to the authors of fluxlua")
        add(
            lists.changed, "pictures that have changed since they were fetched",
            "remove these files: a script that requests them again fetches them, or pays again if the service has lost them"
        )
        add(
            lists.missing, "pictures that are missing",
            "restore them if you have a copy; otherwise a script that requests them again fetches them, or pays again if "
                + "the service no longer has them")
        add(
            lists.elsewhere, "pictures that other members of the team have, and this machine has not",
            "a script that requests them fetches them while the service has them; FLUX_PICTURES_SHARED lets all see them",
            isTrouble: false)
        add(
            lists.cleared, "pictures that were removed to make room",
            "a script that requests them again fetches them, or pays again if the service no longer has them",
            isTrouble: false)
        add(
            strays, "pictures that this ledger does not know",
            "they belong to another ledger or a killed run; 'fluxlua cache' can remove them", isTrouble: false
        )
        add(lists.open, "open jobs", "'fluxlua resume' finishes them", isTrouble: false)
        add(
            lists.unknown, "jobs with an unknown outcome",
            "'fluxlua resume --help' explains what to do about them", isTrouble: false)
    }

    private mutating func add(_ places: [String], _ message: String, _ advice: String, isTrouble: Bool = true) {
        guard !places.isEmpty else { return }
        findings.append(Finding(isTrouble: isTrouble, message: message, advice: advice, places: places))
    }
}
