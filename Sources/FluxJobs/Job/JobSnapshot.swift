import FluxClient
import FluxImaging

/// All that is known of a job at one moment.
public struct JobSnapshot: Sendable, Hashable {
    /// The service's word; nil before the service has the job, which authors read as `PENDING`.
    public internal(set) var status: JobStatus?
    /// The service's UUID; nil until accepted.
    public internal(set) var id: String?
    /// 0–100, where the service tells it.
    public internal(set) var progress: Int?
    /// Why there are no pictures, or not all: set only on settled jobs. A `COMPLETED` job has one when its pictures
    /// could not be fetched; `imageURLs` then still says where they are.
    public internal(set) var error: FluxError?
    /// The pictures that are on disk, in the service's order; complete once the job is settled without error.
    public internal(set) var pictures: [Picture] = []
    /// Where the service says that the pictures are, for about a day.
    public internal(set) var imageURLs: [String] = []
    /// Credits, where the service tells them.
    public internal(set) var cost: Int?
    /// `FAILED` or `CANCELLED`; or `COMPLETED` with its pictures fetched, checked and on disk, or not to be had; or
    /// refused before the service had it. Nothing changes afterwards.
    public internal(set) var isSettled = false
    /// Milliseconds since 1970, the service's clock.
    public internal(set) var createdAt: Int64?
    /// Milliseconds since 1970, the service's clock.
    public internal(set) var completedAt: Int64?
    /// How long the service took, by its own clock; by ours, from acceptance to the end, where it does not tell.
    public internal(set) var elapsed: Duration?
    /// Answered from what was already made, without charge.
    public internal(set) var isReused = false

    /// Its cost is told by another run: one before, which has seen it completed, or one that goes on at the same time.
    var isPaidElsewhere = false

    /// Settled, with all its pictures.
    public var isSuccess: Bool { isSettled && error == nil }

    init() {}

    /// Takes in what the service says; what it leaves out stays as it was.
    mutating func take(_ state: JobState) {
        status = state.status
        progress = state.progress ?? progress
        cost = state.creditCost ?? cost
        createdAt = state.createdAt ?? createdAt
        completedAt = state.completedAt ?? completedAt
        imageURLs = state.imageURLs
    }
}

extension JobState {
    /// How long the service took; nil while it is at it, or where it does not tell.
    var duration: Duration? {
        completedAt.flatMap { end in createdAt.map { Duration.milliseconds(end - $0) } }
    }
}

/// A picture of a job, fetched and checked.
public struct Picture: Sendable, Hashable {
    /// Place in the job's result, counted from 1.
    public var index: Int
    /// Where the service keeps it, for about a day.
    public var url: String
    /// By the bytes, whatever the URL says.
    public var format: ImageFormat
    /// Pixels, from the file's header.
    public var width: Int
    public var height: Int
    /// The fetched file, as the service made it. It belongs to the store: read it, do not change it.
    public var path: String
    /// 64 hexadecimal digits, of the fetched file.
    public var sha256: String
    public var byteCount: Int

    public init(
        index: Int, url: String, format: ImageFormat, width: Int, height: Int, path: String, sha256: String,
        byteCount: Int
    ) {
        self.index = index
        self.url = url
        self.format = format
        self.width = width
        self.height = height
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
    }
}
