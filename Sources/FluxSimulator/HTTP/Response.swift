import FluxClient

/// One HTTP answer, complete.
struct Response: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

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

    func adding(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }
}

/// What becomes of a request.
enum Answer: Sendable {
    case response(Response)
    /// The connection is closed without a word.
    case hangUp
    /// The head goes out, and then the connection closes. Unlike a silent close this cannot pass for a connection that
    /// had died before, on which clients send their request once more without telling anyone.
    case breakOff(Response)
    /// The answer needs work that must not hold up the server's threads. The closure starts the work and returns; the
    /// work hands over the response, from any thread, once.
    case later(@Sendable (@escaping @Sendable (Response) -> Void) -> Void)
}

/// What an `HTTPServer` serves.
protocol HTTPService: Sendable {
    /// The longest body, in bytes, that is read for a request whose head this is.
    func bodyLimit(for head: Request) -> Int
    func answer(_ request: Request) -> Answer
}
