import FluxClient

/// A request as the ledger remembers it, with who asked for it and what came of it.
public struct HistoryEntry: Sendable {
    public struct Run: Sendable, Hashable {
        public var id: Int64
        /// The machine that it was on; nil where nobody told.
        public var member: String?
        /// The script's path; what stands for it where it has none.
        public var script: String
        public var arguments: [String]
        /// Milliseconds since 1970, as all times here.
        public var startedAt: Int64
        /// Nil: it runs, or was killed.
        public var outcome: RunOutcome?
    }

    /// A run that asked for it.
    public struct Use: Sendable, Hashable {
        public var run: Int64
        /// Such as `sweep.lua:7`.
        public var origin: String?
        /// Answered from what was there.
        public var isReuse: Bool
        public var askedAt: Int64
    }

    public var request: RequestRecord
    /// The run that asked for it first.
    public var run: Run
    public var uses: [Use]
    /// The files that scripts saved its pictures to.
    public var saves: [SaveRecord]
}

extension RequestRecord {
    /// The word of `job.status` (lua-api §2), or `REFUSED` or `UNKNOWN`, which only the ledger can tell.
    public var statusWord: String {
        switch state {
        case .written: "PENDING"
        case .accepted: (status ?? .queued).rawValue
        case .completed, .fetched: JobStatus.completed.rawValue
        case .failed: (status == .cancelled ? JobStatus.cancelled : .failed).rawValue
        case .refused: "REFUSED"
        case .unknown: "UNKNOWN"
        }
    }
}
