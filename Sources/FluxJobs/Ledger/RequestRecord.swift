import FluxClient

/// How far a request is, as far as the ledger knows.
public enum RecordState: String, Sendable, Hashable, CaseIterable {
    /// Sent, or about to be; no answer yet.
    case written
    /// The service has it as a job.
    case accepted
    /// The service has made the pictures.
    case completed
    /// The pictures are in the store.
    case fetched
    /// At the service, which takes nothing for it.
    case failed
    /// By the service, which made no job.
    case refused
    /// Nobody can tell whether the service has it: a person decides.
    case unknown

    /// Nothing more happens to it by itself.
    public var isSettled: Bool { [.fetched, .failed, .refused].contains(self) }
}

/// Where a request's seed comes from.
public enum SeedSource: String, Sendable, Hashable {
    /// The author's.
    case given
    /// Ours, because the author gave none.
    case drawn
    /// None is sent.
    case none
}

/// A request with all that makes it this one and no other.
public struct RequestIdentity: Sendable, Hashable {
    public var account: String
    public var call: SubmitCall
    public var model: String
    public var prompt: String
    /// Without pictures and seed.
    public var parameters: [String: JSONValue]
    /// Parameter → `sha256:…` or `url:…` of each picture.
    public var inputs: [String: [String]]
    public var seed: Int64?
    public var seedSource: SeedSource
    /// From 1, among the identical requests of its run.
    public var occurrence: Int
    /// A request without a seed of its author's belongs to its lineage: other runs want other pictures.
    public var lineage: Int64
    /// Of a model that the catalogue does not know: see `ImageRequest.parametersKey`. A record does not tell it apart from
    /// its body.
    public var parametersKey: String?
}

/// A request in the ledger.
public struct RequestRecord: Sendable {
    public var id: Int64
    /// Its `Idempotency-Key`.
    public var key: String
    /// SHA-256 of its identity.
    public var digest: String
    public var identity: RequestIdentity
    public var attempt: Int
    /// This attempt was asked for on purpose.
    public var isFresh: Bool
    /// The run that wrote it first.
    public var run: Int64
    public var name: String?
    public var origin: String?
    /// What went over the wire, or was about to.
    public var sent: EncodedRequest
    public var state: RecordState
    public var costLimit: Int?
    public var cost: Int?
    public var job: String?
    public var status: JobStatus?
    public var imageURLs: [String]
    public var errorKind: String?
    public var errorMessage: String?
    /// What the service said, where it could not be read, or its beginning.
    public var answer: String?
    /// Nothing of it has left this machine: nobody was there to take it.
    public var isUnsent: Bool
    /// Milliseconds since 1970; our clock.
    public var writtenAt: Int64
    /// The last time that it was about to be sent.
    public var sentAt: Int64
    public var acceptedAt: Int64?
    /// The service's clock.
    public var createdAt: Int64?
    /// The service's clock.
    public var completedAt: Int64?
    public var settledAt: Int64?
    /// The run that may send it; nil: whoever comes first, such as a worker.
    public var owner: Int64?
    /// Its owner goes on, perhaps on another machine: nobody else may send it. Known of ledgers on a server only.
    public var isClaimed: Bool
    /// The machine that has it: the owner's, or that of the run that wrote it. Nil where nobody told.
    public var member: String?
    /// In the order of the result; those of a fetched request.
    public var pictures: [PictureRecord]
}

/// A fetched picture in the ledger.
public struct PictureRecord: Sendable, Hashable {
    /// In the job's result, from 1.
    public var place: Int
    public var url: String
    public var sha256: String
    /// Extension of its file.
    public var format: String
    public var width: Int
    public var height: Int
    public var byteCount: Int
    /// Milliseconds since 1970.
    public var fetchedAt: Int64
}
