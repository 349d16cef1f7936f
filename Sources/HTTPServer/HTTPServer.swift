import CMicrohttpd
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// HTTP/1.1 on one listening socket, by GNU libmicrohttpd: a few polling threads of its own carry any number of
/// connections. C calls in here; what it says becomes a `Request`, and an `HTTPService`'s `Answer` becomes calls of C.
package final class HTTPServer: Sendable {
    package struct Settings: Sendable {
        package var threads: UInt32 = 2
        package var connections: UInt32 = 8192
        /// Bytes per connection, for a request's head above all.
        package var memory = 64 << 10
        package var patience = ConnectionDeadlines.Limits()
    }

    private let service: any HTTPService
    private let settings: Settings
    /// Of answers that take their time.
    private let time: ServiceClock
    private let patience: ConnectionDeadlines
    private let state = Mutex(State())

    private struct State {
        var daemon: Daemon?
        var isStopping = false
        var lastNumber: UInt64 = 0
        var suspended: [UInt64: Suspended] = [:]
        var watch: Task<Void, Never>?
    }

    /// Sendable: the pointer is only handed to libmicrohttpd's thread-safe calls.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Sendable: while a connection is suspended its thread does not touch it or its exchange; whoever takes the entry
    /// out of `suspended`, under the lock, has both to itself until it resumes the connection.
    private struct Suspended: @unchecked Sendable {
        let connection: OpaquePointer
        /// Nil while an answer is on its way, in pieces.
        let exchange: Exchange?
    }

    package static let epoch = Date(timeIntervalSince1970: 0)

    /// - Parameters:
    ///   - time: the service's, by which slow answers come.
    ///   - clock: tells when a client has been too slow.
    package init(
        service: any HTTPService, time: ServiceClock = ServiceClock(clock: ContinuousClock(), beginning: epoch),
        settings: Settings = Settings(), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.service = service
        self.time = time
        self.settings = settings
        patience = ConnectionDeadlines(settings.patience, ServiceClock(clock: clock, beginning: Self.epoch))
    }

    /// Takes over the socket. A server lives until it is stopped, whoever lets go of it.
    package func start(on socket: ListeningSocket) throws(ListeningError) {
        raiseDescriptorLimit(to: UInt64(settings.connections))
        let retained = Unmanaged.passRetained(self)
        let idle = UInt32(clamping: settings.patience.idle.components.seconds)
        let daemon = mhd_serve(
            socket.descriptor, settings.threads, settings.connections, settings.memory, idle,
            { context, connection, url, method, _, bytes, count, slot in
                guard let context, let connection, let url, let method, let count, let slot else { return .NO }
                let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
                return server.proceed(connection, url: url, method: method, bytes: bytes, count: count, slot: slot)
            },
            { context, connection, slot, _ in
                guard let context, let connection, let exchange = slot?.pointee else { return }
                Unmanaged<Exchange>.fromOpaque(exchange).release()
                slot?.pointee = nil
                let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
                server.patience.answered(HTTPServer.name(connection))
            },
            { context, connection, _, event in
                guard let context, let connection else { return }
                let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
                if event == .CONNECTION_NOTIFY_STARTED {
                    let descriptor = mhd_descriptor(connection)
                    server.patience.connectionOpened(HTTPServer.name(connection), descriptor: descriptor)
                } else {
                    server.patience.connectionClosed(HTTPServer.name(connection))
                }
            },
            retained.toOpaque())
        guard let daemon else {
            retained.release()
            socket.close()
            throw .cannotListen("libmicrohttpd did not start")
        }
        let held = Daemon(pointer: daemon)
        state.withLock { state in
            state.daemon = held
            state.watch = Task { [patience] in await patience.watch() }
        }
    }

    private static func name(_ connection: OpaquePointer) -> ConnectionDeadlines.ConnectionID {
        UInt(bitPattern: connection)
    }

    /// Closes every connection; requests under way get no answer. Returns when no call of the service is running.
    package func stop() {
        let daemon = state.withLock { state -> Daemon? in
            state.isStopping = true
            state.watch?.cancel()
            for waiting in state.suspended.values {
                waiting.exchange?.answer = .hangUp
                MHD_resume_connection(waiting.connection)
            }
            state.suspended = [:]
            defer { state.daemon = nil }
            return state.daemon
        }
        guard let daemon else { return }
        MHD_stop_daemon(daemon.pointer)
        // No thread is left to call in.
        Unmanaged.passUnretained(self).release()
    }

    // MARK: One request

    /// libmicrohttpd calls this when a request's head is there, for each piece of its body, at its end, and again when
    /// a suspended connection was resumed. `slot` carries the exchange from call to call.
    private func proceed(
        _ connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>,
        bytes: UnsafePointer<CChar>?, count: UnsafeMutablePointer<Int>,
        slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let known = slot.pointee else {
            let head = Self.head(of: connection, url: url, method: method)
            let exchange = Exchange(head, limit: service.bodyLimit(for: head))
            slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
            patience.headArrived(HTTPServer.name(connection), length: exchange.awaited)
            // A client that asks first is told before it sends what nobody will read; and where the end of a body cannot
            // be known, none is waited for.
            if exchange.request.isTooLarge && head.header("Expect") != nil || exchange.request.hasUnknownCoding {
                return finish(exchange, connection)
            }
            return .YES
        }
        let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
        if count.pointee > 0, let bytes {
            let piece = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
            count.pointee = 0
            return exchange.take(piece) ? .YES : .NO
        }
        return finish(exchange, connection)
    }

    private func finish(_ exchange: Exchange, _ connection: OpaquePointer) -> MHD_Result {
        patience.requestArrived(HTTPServer.name(connection))
        switch exchange.answer ?? service.answer(exchange.request) {
        case .response(let response): return send(response, on: connection)
        case .later(let work):
            exchange.request.body = []
            guard let number = suspend(connection, exchange) else { return .NO }
            work { [weak self] response in self?.resume(number, with: response) }
            return .YES
        }
    }

    /// Nil when the server is stopping.
    private func suspend(_ connection: OpaquePointer, _ exchange: Exchange?) -> UInt64? {
        let entry = Suspended(connection: connection, exchange: exchange)
        return state.withLock { state in
            guard !state.isStopping else { return nil }
            state.lastNumber += 1
            state.suspended[state.lastNumber] = entry
            // Within the lock, so that `stop` never resumes what is not yet suspended.
            MHD_suspend_connection(entry.connection)
            return state.lastNumber
        }
    }

    private func resume(_ number: UInt64, with response: Response? = nil) {
        state.withLock { state in
            // Gone when the server stopped meanwhile, or when the work answered twice.
            guard let waiting = state.suspended.removeValue(forKey: number) else { return }
            if let response { waiting.exchange?.answer = .response(response) }
            MHD_resume_connection(waiting.connection)
        }
    }

    // MARK: Answers

    private func send(_ response: Response, on connection: OpaquePointer) -> MHD_Result {
        let created: OpaquePointer?
        switch response.delivery {
        case .whole:
            created = response.body.withUnsafeBytes { bytes in
                MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .never(let resets):
            if resets { reset(mhd_descriptor(connection)) }
            return .NO
        case .cut(let count):
            created = Self.response(read: PartialBody(Array(response.body.prefix(count))), of: response.body.count)
        case .stream(let stream):
            created = Self.response(read: StreamedBody(stream, self, connection), of: nil)
        case .slow(let speed):
            let pace = PartialBody.Pace(server: self, connection: connection, bytesPerSecond: speed)
            created = Self.response(read: PartialBody(response.body, pace), of: response.body.count)
        }
        guard let created else { return .NO }
        defer { MHD_destroy_response(created) }
        for (name, value) in response.headers {
            MHD_add_response_header(created, name, value)
        }
        return MHD_queue_response(connection, UInt32(response.status), created)
    }

    /// A response whose head promises so many bytes, or none, and whose body is read piece by piece.
    private static func response(read body: any PiecewiseBody, of count: Int?) -> OpaquePointer? {
        let retained = Unmanaged.passRetained(PiecewiseBox(body))
        let created = MHD_create_response_from_callback(
            count.map { UInt64($0) } ?? UInt64.max, 4096,
            { context, position, buffer, room in
                guard let context, let buffer else { return PartialBody.end }
                let body = Unmanaged<PiecewiseBox>.fromOpaque(context).takeUnretainedValue().body
                return body.read(from: Int(position), into: UnsafeMutableRawBufferPointer(start: buffer, count: room))
            },
            retained.toOpaque(),
            { context in
                if let context { Unmanaged<PiecewiseBox>.fromOpaque(context).release() }
            })
        if created == nil { retained.release() }
        return created
    }

    /// What the service's time says.
    package var now: Duration { time.elapsed() }

    /// Lets the connection rest until what it gives is called, once. Nil: the server is stopping.
    func rest(_ connection: OpaquePointer) -> (@Sendable () -> Void)? {
        guard let number = suspend(connection, nil) else { return nil }
        return { [weak self] in self?.resume(number) }
    }

    /// Lets the connection rest until then. False: the server is stopping.
    package func rest(_ connection: OpaquePointer, until moment: Duration) -> Bool {
        guard let number = suspend(connection, nil) else { return false }
        Task { [weak self, time] in
            try? await time.sleep(until: moment)
            self?.resume(number)
        }
        return true
    }

    // MARK: C to Swift and back

    private static func head(
        of connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>
    ) -> Request {
        var path = String(cString: url)
        // As a proxy is asked; servers must understand it too (RFC 9112 §3.2.2).
        for scheme in ["http://", "https://"] where path.lowercased().hasPrefix(scheme) {
            let rest = path.dropFirst(scheme.count)
            path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
        }
        return Request(
            method: String(cString: method), path: path,
            query: values(of: connection, .GET_ARGUMENT_KIND), headers: values(of: connection, .HEADER_KIND))
    }

    private static func values(of connection: OpaquePointer, _ kind: MHD_ValueKind) -> [(name: String, value: String)] {
        var values: [(name: String, value: String)] = []
        withUnsafeMutablePointer(to: &values) { list in
            _ = MHD_get_connection_values_n(
                connection, kind,
                { context, _, name, nameLength, value, valueLength in
                    let list = context?.assumingMemoryBound(to: [(name: String, value: String)].self)
                    list?.pointee.append((text(name, nameLength), text(value, valueLength)))
                    return .YES
                },
                list)
        }
        return values
    }
}

/// The words that belong to a status, such as `Not Found`.
package func reasonPhrase(_ status: Int) -> String? {
    MHD_get_reason_phrase_for(UInt32(status)).map { String(cString: $0) }
}

/// Bytes of C as text; what is no UTF-8 becomes U+FFFD.
private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
}

/// A request while its pieces arrive, and its answer while the connection waits. Only the thread of its connection
/// touches it, or, while that is suspended, whoever resumes it.
private final class Exchange {
    var request: Request
    var answer: Answer?
    /// How long the body is, as announced, or at most.
    private(set) var awaited: Int
    private let limit: Int
    private var received = 0

    init(_ head: Request, limit: Int) {
        request = head
        self.limit = limit
        awaited = limit
        if let coding = head.header("Transfer-Encoding"), coding.trimmed.lowercased() != "chunked" {
            request.hasUnknownCoding = true
        }
        guard let announced = head.header("Content-Length").flatMap({ Int($0) }) else { return }
        awaited = min(announced, limit)
        if announced > limit {
            request.isTooLarge = true
        } else {
            request.body.reserveCapacity(min(announced, 1 << 20))
        }
    }

    /// A body that is too long is read on and forgotten, since a client that is still sending does not see an answer;
    /// but not without end. False: hang up.
    func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        received += piece.count
        if received > limit {
            request.isTooLarge = true
            request.body = []
        }
        if !request.isTooLarge { request.body.append(contentsOf: piece) }
        return received <= limit + 64 << 20
    }
}
