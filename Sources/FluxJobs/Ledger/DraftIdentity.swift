import FluxClient
import Synchronization

/// What is known of a request at the moment when it is asked, beyond the request itself.
struct DraftIdentity: Sendable {
    /// From 1, among the identical requests of its run.
    var occurrence: Int
    /// Names the request within its lineage by what the author wrote: other runs of the script find it again by that.
    var draft: String
    /// The request is in the ledger, and only finished here.
    var record: RequestRecord?
    /// Nobody can tell what became of that one, and somebody has decided: it is sent once more, as it was, and paid.
    var sendsAnew = false
}

/// Counts what a run asks for, in its order, and gives requests without a seed of their own the seed that their lineage
/// has for them: a run that is taken up gets the same ones, whatever lines were put in between.
final class IdentityAllocator: Sendable {
    private struct State {
        var occurrences: [ShortDigest: Int32] = [:]
        var draws: [ShortDigest: Int32] = [:]
    }

    private let run: LedgerRun
    private let state = Mutex(State())

    init(run: LedgerRun) { self.run = run }

    /// Takes a request in. A drawn seed becomes the lineage's.
    /// - Parameter inputs: its local files.
    func take(_ request: inout JobRequest, _ inputs: [String: Result<InputFile, FluxError>]) -> DraftIdentity {
        let draft = Self.draft(of: request)
        if request.seedSource == .drawn {
            let draw = state.withLock { Self.count(draft, in: &$0.draws) }
            request.seed = Self.seed(salt: run.salt, draft: draft, draw: draw)
        }
        let seen = Self.seen(request, inputs, draft)
        let occurrence = state.withLock { Self.count(ContentHash.of(seen), in: &$0.occurrences) }
        return DraftIdentity(
            occurrence: occurrence, draft: ContentHash.of("\(draft) \(request.seed ?? 0) \(occurrence)"))
    }

    /// - Parameter digest: 64 hexadecimal digits.
    private static func count(_ digest: String, in counts: inout [ShortDigest: Int32]) -> Int {
        let key = ShortDigest(digest)
        let count = counts[key, default: 0] + 1
        counts[key] = count
        return Int(count)
    }

    /// What the author wrote: files by their names, jobs by what they were asked with.
    private static func draft(of request: JobRequest) -> String {
        var members: [String: JSONValue] = [
            "call": .string(request.call.rawValue), "model": .string(request.model), "prompt": .string(request.prompt),
            "parameters": JSONValue.object(request.parameters).normalised,
            "seed source": .string(request.seedSource.rawValue),
            "images": .object(request.images.mapValues { .array($0.map { .string(Self.name(of: $0)) }) }),
        ]
        if request.seedSource == .given, let seed = request.seed { members["seed"] = .integer(seed) }
        if let key = request.parametersKey { members["parameters key"] = .string(key) }
        return ContentHash.of(JSONValue.object(members).encoded())
    }

    private static func name(of source: ImageSource) -> String {
        switch source {
        case .url(let url): "url:\(url)"
        case .file(let path): "file:\(path)"
        case .picture(let job, let index): "job:\(job.draftIdentity?.draft ?? String(job.number)) \(index)"
        }
    }

    /// What tells requests of one run apart: the same file name may have had another content.
    private static func seen(
        _ request: JobRequest, _ inputs: [String: Result<InputFile, FluxError>], _ draft: String
    ) -> String {
        let files = inputs.sorted { $0.key < $1.key }.map { (try? $0.value.get().sha256) ?? "-" }
        return "\(draft) \(request.seed.map(String.init) ?? "-") \(files.joined(separator: " "))"
    }

    /// 1 to 2³¹−1, as seeds usually are.
    private static func seed(salt: Int64, draft: String, draw: Int) -> Int64 {
        let digits = ContentHash.of("seed \(salt) \(draft) \(draw)").prefix(15)
        return (Int64(digits, radix: 16) ?? 0) % 0x7fff_ffff + 1
    }
}
