/// Something that goes wrong on purpose, and when.
///
/// As text, for a command line: what goes wrong, a colon, conditions separated by commas.
///
/// | Text | What happens |
/// |---|---|
/// | `fail:prompt=broken` | jobs whose prompt contains "broken" end as FAILED |
/// | `fail:every=5,reason=Out of memory` | every fifth job fails, with this reason |
/// | `429:every=5,retry-after=1` | every fifth request is refused with 429 and `Retry-After: 1` |
/// | `503:call=submit,times=2` | the first two submits are answered with 503 |
/// | `drop-answer:every=7` | every seventh job is made, and then the connection breaks off after the head of the answer |
public struct Fault: Sendable, Hashable {
    public enum Effect: Sendable, Hashable {
        /// The job runs its time and ends as FAILED; its credits are given back.
        case failJob(reason: String)
        /// The request is answered with this status before anything else is looked at. `retryAfter` in seconds.
        case refuse(status: Int, retryAfter: Int?)
        /// The job is made, its acceptance never told.
        case dropAnswer
    }

    public var effect: Effect
    /// Only jobs whose prompt contains this. Says nothing to `refuse`, which comes before the prompt is read.
    public var prompt: String?
    /// Only this call; nil: every call below `/v2`. For `refuse` only, since the other effects belong to submits.
    public var call: FaultCall?
    /// Each so many-th of those that match: 1 for all of them.
    public var every: Int
    /// At most so often; nil: without end.
    public var times: Int?

    public init(_ effect: Effect, prompt: String? = nil, call: FaultCall? = nil, every: Int = 1, times: Int? = nil) {
        self.effect = effect
        self.prompt = prompt
        self.call = call
        self.every = max(1, every)
        self.times = times
    }
}

/// The calls that a fault can be narrowed to, in the words of its text form.
public enum FaultCall: String, Sendable, Hashable, CaseIterable {
    /// Both submit calls.
    case submit
    /// `GET /v2/jobs/{id}`
    case job
    /// `GET /v2/jobs`
    case jobs
    case upload
    case models
    /// `GET /v2/me`
    case account
    /// The CDN's pictures.
    case picture
}
