import FluxClient

/// One HTTP answer, complete, and how it goes out.
struct Response: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var delivery = Delivery.whole

    /// How a response reaches the client. All but the first are faults.
    enum Delivery: Sendable, Hashable {
        case whole
        /// The head promises the whole body; after so many bytes of it the connection closes.
        case cut(after: Int)
        case slow(bytesPerSecond: Int)
        /// The connection ends without a byte: closed, or reset.
        case never(reset: Bool)
    }

    static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: value.encoded())
    }

    /// The shape of every error (contract §5): `{ "error": text }`, and what this kind of error adds.
    static func error(_ status: Int, _ text: String, _ extra: [String: JSONValue] = [:]) -> Response {
        json(status, .object(extra.merging(["error": .string(text)]) { $1 }))
    }

    /// A 400 of the service's validation: JSON path → messages.
    static func invalid(_ details: [String: [String]]) -> Response {
        error(400, "Validation failed", ["details": .object(details.mapValues { .array($0.map(JSONValue.string)) })])
    }

    /// A page such as proxies and CDNs make.
    static func page(_ status: Int, title: String, _ text: String) -> Response {
        Response(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8")],
            body: Array("<html><head><title>\(title)</title></head><body>\(text)</body></html>\n".utf8))
    }

    func adding(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    func delivered(_ delivery: Delivery) -> Response {
        var copy = self
        copy.delivery = delivery
        return copy
    }
}

/// What becomes of a request.
enum Answer: Sendable {
    case response(Response)
    /// The answer needs work that must not hold up the server's threads. The closure starts the work and returns; the
    /// work hands over the response, from any thread, once.
    case later(@Sendable (@escaping @Sendable (Response) -> Void) -> Void)

    /// The connection is closed without a word.
    static let hangUp = Answer.response(Response(status: 0, delivery: .never(reset: false)))

    /// The same, with every response changed on its way out.
    func map(_ change: @escaping @Sendable (Response) -> Response) -> Answer {
        switch self {
        case .response(let response): .response(change(response))
        case .later(let work): .later { answer in work { answer(change($0)) } }
        }
    }
}

/// What an `HTTPServer` serves.
protocol HTTPService: Sendable {
    /// The longest body, in bytes, that is read for a request whose head this is.
    func bodyLimit(for head: Request) -> Int
    func answer(_ request: Request) -> Answer
}
