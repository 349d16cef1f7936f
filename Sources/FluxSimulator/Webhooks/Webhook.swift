import CSodium
import FluxClient

/// Where a job's events go (contract §8), and how far that is.
struct Webhook: Sendable, Hashable {
    enum Event: String, Sendable, Hashable {
        case progress, completed, failed
    }

    enum Status: String, Sendable, Hashable {
        case pending, delivered, failed
    }

    let url: String
    /// Those that were asked for.
    let events: Set<Event>
    /// The SHA-256 of the API key, which signs; the key itself is not kept.
    let secret: [UInt8]
    /// `http://host:port` as the client wrote it; begins the URLs of pictures.
    let base: String
    /// Nil: the job is over, and nothing was to be delivered.
    var status: Status? = .pending
    /// Events that are neither delivered nor given up.
    var underWay = 0
    var announced = 0
    var hasLostSome = false

    /// Nil: the request names none.
    init?(_ request: ImageRequest, apiKey: String, base: String) {
        guard let url = request.webhookURL else { return nil }
        let named = Set(request.webhookEvents.compactMap(Event.init))
        self.init(
            url: url, events: named.isEmpty ? [.completed, .failed] : named,
            secret: WebhookSignature.secret(ofKey: apiKey), base: base)
    }

    init(url: String, events: Set<Event>, secret: [UInt8], base: String) {
        self.url = url
        self.events = events
        self.secret = secret
        self.base = base
    }

    /// The job is over, or an event was dealt with: is everything?
    mutating func settle() {
        guard underWay == 0 else { return }
        status = hasLostSome ? .failed : announced > 0 ? .delivered : nil
    }

    // MARK: In a state file

    /// Where it goes, without what signs it.
    var address: JSONValue {
        [
            "url": .string(url), "events": .array(events.map { .string($0.rawValue) }.sorted { "\($0)" < "\($1)" }),
            "base": .string(base),
        ]
    }

    init(_ address: JSONValue, secret: [UInt8], status: Status?) {
        let events = (address["events"]?.arrayValue ?? []).compactMap(\.stringValue).compactMap(Event.init)
        self.init(
            url: address["url"]?.stringValue ?? "", events: Set(events), secret: secret,
            base: address["base"]?.stringValue ?? "")
        self.status = status
    }
}
