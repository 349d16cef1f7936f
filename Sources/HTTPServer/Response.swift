/// One HTTP answer, complete, and how it goes out.
package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    package var delivery = Delivery.whole

    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], delivery: Delivery = .whole
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = delivery
    }

    /// How a response reaches the client. All but the first and `stream` are faults.
    package enum Delivery: Sendable, Hashable {
        case whole
        /// The head promises the whole body; after so many bytes of it the connection closes.
        case cut(after: Int)
        case slow(bytesPerSecond: Int)
        /// Without an end that is known: what is written into the stream goes out at once.
        case stream(ResponseStream)
        /// The connection ends without a byte: closed, or reset.
        case never(reset: Bool)
    }

    package static func text(_ status: Int, _ text: String) -> Response {
        Response(
            status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array("\(text)\n".utf8))
    }

    /// A page such as proxies and CDNs make.
    package static func page(_ status: Int, title: String, _ text: String) -> Response {
        Response(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8")],
            body: Array("<html><head><title>\(title)</title></head><body>\(text)</body></html>\n".utf8))
    }

    package func adding(_ name: String, _ value: String) -> Response {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    package func delivered(_ delivery: Delivery) -> Response {
        var copy = self
        copy.delivery = delivery
        return copy
    }
}

/// What becomes of a request.
package enum Answer: Sendable {
    case response(Response)
    /// The answer needs work that must not hold up the server's threads. The closure starts the work and returns; the
    /// work hands over the response, from any thread, once.
    case later(@Sendable (@escaping @Sendable (Response) -> Void) -> Void)

    /// The connection is closed without a word.
    package static let hangUp = Answer.response(Response(status: 0, delivery: .never(reset: false)))

    /// The same, with every response changed on its way out.
    package func map(_ change: @escaping @Sendable (Response) -> Response) -> Answer {
        switch self {
        case .response(let response): .response(change(response))
        case .later(let work): .later { answer in work { answer(change($0)) } }
        }
    }
}

/// What an `HTTPServer` serves.
package protocol HTTPService: Sendable {
    /// The longest body, in bytes, that is read for a request whose head this is.
    func bodyLimit(for head: Request) -> Int
    func answer(_ request: Request) -> Answer
}
