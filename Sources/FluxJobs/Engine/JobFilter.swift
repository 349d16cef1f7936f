import FluxClient

/// Which jobs are wanted, newest first.
public struct JobFilter: Sendable, Hashable {
    /// The service's word; nil: any.
    public var status: JobStatus?
    /// Only those that the service does not have; `status` then is nil.
    public var isUnsent = false
    /// A model's exact name; nil: any.
    public var model: String?
    /// Milliseconds since 1970: older jobs are left out.
    public var since: Int64?
    /// At most so many.
    public var limit: Int

    public init(status: JobStatus? = nil, model: String? = nil, since: Int64? = nil, limit: Int = 100) {
        self.status = status
        self.model = model
        self.since = since
        self.limit = limit
    }

    func admits(_ state: JobState) -> Bool {
        (status ?? state.status) == state.status && (model ?? state.model) == state.model
            && (since.map { since in state.createdAt.map { $0 >= since } ?? true } ?? true)
    }
}
