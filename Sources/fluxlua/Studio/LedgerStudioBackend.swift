import FluxClient
import FluxImaging
import FluxJobs
import FluxModule
import FluxStudio

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The studio's backend: shows what the ledger knows, whoever asked for it, and asks by the `flux` table.
actor LedgerStudioBackend: StudioBackend {
    private let reader: LedgerReader
    private let stores: [PictureStore]
    private let orders: StudioRequests
    private let engine: JobEngine
    private let isPaid: Bool
    /// Where references, masks, thumbnails and judgements are kept.
    private let folder: String
    private let files = PictureSaver()
    private var version: Int64 = 0
    /// The pictures that galleries have shown, by their hashes. No other file is given away.
    private var shown: [String: String] = [:]
    private var judged: [String: JSONValue]
    private var credits: (asOf: ContinuousClock.Instant, value: Int?)?

    /// More than these, the newest, are not shown at once.
    private static let mostRequests = 5000
    private static let mostRuns = 200

    init(
        ledger: String, stores: [PictureStore], orders: StudioRequests, engine: JobEngine, isPaid: Bool, folder: String
    ) throws(FluxError) {
        reader = try LedgerReader(path: ledger)
        self.stores = stores
        self.orders = orders
        self.engine = engine
        self.isPaid = isPaid
        self.folder = folder
        let file = PrivateFile(path: folder + "/judgements.json")
        guard let kept = try file.text() else {
            judged = [:]
            return
        }
        // Written over, what is in it would be lost.
        guard let known = (try? JSONValue(parsing: Array(kept.utf8)))?.objectValue else {
            throw FluxError(
                .io, "\(file.path) cannot be read: it should hold the stars and notes as JSON",
                hint: "fix it, or move it away to start without them")
        }
        judged = known
    }

    /// Whether the ledger has changed since this was asked last.
    func hasChanged() throws(FluxError) -> Bool {
        let now = try reader.version()
        defer { version = now }
        return now != version
    }

    // MARK: What there is

    func gallery(run: Int64?) throws(FluxError) -> Gallery {
        var filter = RecordFilter()
        filter.run = run
        filter.limit = Self.mostRequests
        var gallery = Gallery(title: "Studio")
        // The newest first: what was just asked for is what one looks for.
        for request in try reader.requests(filter) {
            gallery.pictures += GalleryPicture.all(of: request, in: stores)
        }
        if run != nil {
            gallery.pictures.reverse()
            gallery.findAxes()
        }
        for case let source? in gallery.pictures.map(\.source) { shown[source.hash] = source.path }
        return gallery
    }

    func runs() throws(FluxError) -> JSONValue {
        .array(
            try reader.runs(limit: Self.mostRuns).map { run in
                let name = run.script.split(separator: "/").last.map(String.init) ?? run.script
                return [
                    "id": .integer(run.id), "script": .string(name),
                    "started": .string(TimestampFormat.iso(run.startedAt)),
                    "count": .integer(Int64(run.requests)),
                ]
            })
    }

    func account() async -> JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        // The service is asked now and then; what was spent here is known at once.
        if credits.map({ $0.asOf.duration(to: .now) > .seconds(10) }) ?? true {
            credits = (.now, (try? await engine.client.account())?.credits)
        }
        return [
            "credits": number(credits?.value), "spent": number(engine.tally.credits),
            "budget": number(engine.configuration.budget),
            "paid": .bool(isPaid),
        ]
    }

    // MARK: Orders

    func estimate(_ order: JSONValue) async throws(FluxError) -> JSONValue { try await orders.estimate(order) }

    func ask(_ order: JSONValue) async throws(FluxError) -> JSONValue { try await orders.ask(order) }

    // MARK: Files

    func picture(hash: String) -> String? { shown[hash] }

    func thumbnail(hash: String) throws(FluxError) -> [UInt8]? {
        guard let path = shown[hash] else { return nil }
        let kept = "\(folder)/thumbs/\(hash.prefix(32)).jpg"
        if PictureFile.size(of: kept) ?? 0 > 0 { return try PictureFile.contents(of: kept) }
        let bytes = try PictureFile.contents(of: path)
        guard let small = GalleryFolder.thumbnail(of: bytes) else { return bytes }
        try files.write(small, replacing: kept)
        return small
    }

    func keep(_ bytes: [UInt8], as format: ImageFormat) throws(FluxError) -> String {
        let path = "\(folder)/references/\(PictureFile.hash(of: bytes).prefix(32)).\(format.fileExtension)"
        if PictureFile.size(of: path) != bytes.count { try files.write(bytes, replacing: path) }
        return path
    }

    func kept(_ name: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: ".")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let path = "\(folder)/references/\(name)"
        return isPlain && !name.hasPrefix(".") && PictureFile.size(of: path) != nil ? path : nil
    }

    // MARK: Judgements

    func judgements() -> JSONValue { .object(judged) }

    func judge(_ key: String, _ judgement: JSONValue) throws(FluxError) {
        judged[key] = judgement.objectValue?.isEmpty == false ? judgement : nil
        try PrivateFile(path: folder + "/judgements.json").write(
            String(decoding: JSONValue.object(judged).encoded(), as: UTF8.self))
    }
}
