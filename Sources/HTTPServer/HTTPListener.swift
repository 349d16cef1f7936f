#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A small HTTP server for others: it hands each POST to a closure and answers with the status that this gives.
public final class HTTPListener: Sendable {
    /// What was posted.
    public struct Post: Sendable {
        /// Percent-decoded, without the query.
        public let path: String
        public let body: [UInt8]
        fileprivate let request: Request

        /// The first header of this name, whatever its case.
        public func header(_ name: String) -> String? { request.header(name) }
    }

    /// The port that was bound, also where the system chose it.
    public let port: UInt16
    private let server: HTTPServer

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine.
    ///   - port: 0 takes a free one.
    ///   - bodyLimit: the longest body, in bytes; longer ones get a 413.
    ///   - handle: gives the answer's status. It is called on the server's threads and must be quick.
    public init(
        host: String, port: UInt16, bodyLimit: Int = 1 << 20, handle: @escaping @Sendable (Post) -> Int
    ) throws(ListeningError) {
        let socket = try ListeningSocket(host: host, port: port)
        self.port = socket.port
        let time = ServiceClock(clock: ContinuousClock(), beginning: Date())
        server = HTTPServer(service: Service(limit: bodyLimit, handle: handle), time: time)
        try server.start(on: socket)
    }

    /// Closes every connection. Returns when the closure is not running any more.
    public func stop() { server.stop() }

    private struct Service: HTTPService {
        package let limit: Int
        package let handle: @Sendable (Post) -> Int

        package func bodyLimit(for head: Request) -> Int { limit }

        package func answer(_ request: Request) -> Answer {
            guard request.method == "POST" else { return .response(.text(405, "Only POST is taken here")) }
            guard !request.isTooLarge else { return .response(.text(413, "Too large")) }
            guard !request.hasUnknownCoding else { return .response(.text(501, "Transfer-Encoding not supported")) }
            let status = handle(Post(path: request.path, body: request.body, request: request))
            return .response(Response(status: status))
        }
    }
}
