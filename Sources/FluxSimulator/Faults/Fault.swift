/// Something that goes wrong on purpose, and when. `Fault+Parsing.swift` has the text form, which is the same on a command
/// line, in a request's header and in front of a prompt.
public struct Fault: Sendable, Hashable {
    public enum Effect: Sendable, Hashable {
        // What happens to a request.

        /// The request is answered with this status before anything else is looked at.
        case answer(status: Int, body: Page = .json, retryAfter: RetryAfter? = nil)
        /// The connection ends before anything is done: no job is made.
        case drop(reset: Bool)
        /// Everything is done, the job is made, and nobody is told.
        case dropAnswer(LostAnswer = .afterHead)
        /// The answer comes so much later.
        case delay(Duration)
        /// The body ends after so many bytes, nil: at its half, while the head promises all of it.
        case cut(bytes: Int? = nil)
        /// The body comes in drops.
        case slow(bytesPerSecond: Int)
        /// The CDN's file is not the job's picture.
        case wrongPicture(WrongPicture = .other)

        // What happens to a job.

        /// The job runs its time and ends as FAILED; its credits are given back.
        case failJob(reason: String)
        /// The pictures answer 404 for so long after the job's end.
        case latePictures(Duration)
        /// The result is told in another shape than the usual `{ "images": [url, …] }` (contract §4).
        case result(ResultShape)
        case webhook(WebhookFault)

        // What happens to the service.

        /// All dates, in headers and in bodies, are off by so many seconds.
        case clock(seconds: Int)
    }

    /// The body of an answer that takes the place of the right one.
    public enum Page: String, Sendable, Hashable, CaseIterable {
        /// `{ "error": text }`
        case json
        /// A proxy's page.
        case html
        case empty
    }

    /// The header `Retry-After`, in either of its two forms; both in seconds from now.
    public enum RetryAfter: Sendable, Hashable {
        case seconds(Int)
        case date(Int)
    }

    /// How an answer is lost.
    public enum LostAnswer: String, Sendable, Hashable, CaseIterable {
        /// After the head. Unlike a silent end this cannot pass for a connection that had died before, on which clients
        /// send their request once more without telling anyone.
        case afterHead = "head"
        /// Closed in order (TCP FIN), without a byte.
        case closed = "fin"
        /// Reset (TCP RST), without a byte.
        case reset = "rst"
    }

    public enum WrongPicture: String, Sendable, Hashable, CaseIterable {
        /// As many bytes, of something else.
        case other
        /// A whole answer with the first half of the file.
        case truncated
        /// A page, with status 200.
        case html
    }

    public enum ResultShape: String, Sendable, Hashable, CaseIterable {
        /// The first picture's URL alone.
        case url
        /// A list of URLs.
        case list
        /// `{ "url": first, "urls": all }`
        case object
        /// A list of `{ "url": … }` under `images`.
        case nested
        /// Nothing that looks like a picture.
        case unknown
        case null
    }

    public enum WebhookFault: String, Sendable, Hashable, CaseIterable {
        /// Each event is delivered twice.
        case duplicate
        /// The events of a job come in another order than they happened.
        case reorder
        /// Nothing is delivered.
        case lost
    }

    public var effect: Effect
    /// Only jobs whose prompt contains this, and calls that ask for such a job or its pictures.
    public var prompt: String?
    /// Only this call; nil: every call below `/v2`.
    public var call: FaultCall?
    /// The first so many of those that match are spared.
    public var after: Int
    /// Each so many-th of the others: 1 for all of them.
    public var every: Int
    /// The chance, 0 to 1, that it happens then.
    public var rate: Double
    /// At most so often; nil: without end.
    public var times: Int?

    public init(
        _ effect: Effect, prompt: String? = nil, call: FaultCall? = nil, after: Int = 0, every: Int = 1,
        rate: Double = 1, times: Int? = nil
    ) {
        self.effect = effect
        self.prompt = prompt
        self.call = call ?? effect.usualCall
        self.after = max(0, after)
        self.every = max(1, every)
        self.rate = rate
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
    /// The CDN's pictures and uploaded files.
    case picture
}

extension Fault.Effect {
    /// What it strikes.
    enum Target {
        case request
        /// Of a call that was done.
        case answer
        case job
        case service
    }

    /// Whether it can be narrowed to one call.
    var strikesCalls: Bool { target == .request || target == .answer }

    var target: Target {
        switch self {
        case .answer, .drop, .delay, .cut, .slow, .wrongPicture: .request
        case .dropAnswer: .answer
        case .failJob, .latePictures, .result, .webhook: .job
        case .clock: .service
        }
    }

    /// The call of those that make sense on one call only, or usually on one.
    var usualCall: FaultCall? {
        switch self {
        case .dropAnswer: .submit
        case .wrongPicture: .picture
        default: nil
        }
    }
}
