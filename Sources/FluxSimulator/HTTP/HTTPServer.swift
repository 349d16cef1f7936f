import CMicrohttpd
import Synchronization

/// HTTP/1.1 on one listening socket, by GNU libmicrohttpd: a few polling threads of its own carry any number of
/// connections. C calls in here; what it says becomes a `Request`, and the service's `Answer` becomes calls of C.
final class HTTPServer: Sendable {
    struct Settings: Sendable {
        var threads: UInt32 = 2
        var connections: UInt32 = 8192
        var idleSeconds: UInt32 = 75
    }

    private let service: any HTTPService
    private let state = Mutex(State())

    private struct State {
        var daemon: Daemon?
        var isStopping = false
        var lastNumber: UInt64 = 0
        var suspended: [UInt64: Suspended] = [:]
    }

    /// Sendable: the pointer is only handed to libmicrohttpd's thread-safe calls.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Sendable: while a connection is suspended its thread does not touch it or its exchange; whoever takes the entry
    /// out of `suspended`, under the lock, has both to itself until it resumes the connection.
    private struct Suspended: @unchecked Sendable {
        let connection: OpaquePointer
        let exchange: Exchange
    }

    init(service: any HTTPService) {
        self.service = service
    }

    /// Takes over the socket. A server lives until it is stopped, whoever lets go of it.
    func start(on socket: ListeningSocket, settings: Settings = Settings()) throws(SimulatorError) {
        raiseDescriptorLimit(to: UInt64(settings.connections))
        let retained = Unmanaged.passRetained(self)
        let daemon = mhd_serve(
            socket.descriptor, settings.threads, settings.connections, settings.idleSeconds,
            { context, connection, url, method, _, bytes, count, slot in
                guard let context, let connection, let url, let method, let count, let slot else { return .NO }
                let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
                return server.proceed(connection, url: url, method: method, bytes: bytes, count: count, slot: slot)
            },
            { _, _, slot, _ in
                guard let exchange = slot?.pointee else { return }
                Unmanaged<Exchange>.fromOpaque(exchange).release()
                slot?.pointee = nil
            },
            retained.toOpaque())
        guard let daemon else {
            retained.release()
            socket.close()
            throw .cannotListen("libmicrohttpd did not start")
        }
        let held = Daemon(pointer: daemon)
        state.withLock { $0.daemon = held }
    }

    /// Closes every connection; requests under way get no answer. Returns when no call of the service is running.
    func stop() {
        let daemon = state.withLock { state -> Daemon? in
            state.isStopping = true
            for waiting in state.suspended.values {
                waiting.exchange.answer = .hangUp
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
            // A client that asks first is told before it sends what nobody will read.
            if exchange.request.isTooLarge, head.header("Expect") != nil {
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
        switch exchange.answer ?? service.answer(exchange.request) {
        case .response(let response): return Self.send(response, on: connection)
        case .breakOff(let response): return Self.send(response, on: connection, breakingOff: true)
        case .hangUp: return .NO
        case .later(let work):
            exchange.request.body = []
            guard let number = suspend(connection, exchange) else { return .NO }
            work { [weak self] response in self?.resume(number, with: response) }
            return .YES
        }
    }

    /// Nil when the server is stopping.
    private func suspend(_ connection: OpaquePointer, _ exchange: Exchange) -> UInt64? {
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

    private func resume(_ number: UInt64, with response: Response) {
        state.withLock { state in
            // Gone when the server stopped meanwhile, or when the work answered twice.
            guard let waiting = state.suspended.removeValue(forKey: number) else { return }
            waiting.exchange.answer = .response(response)
            MHD_resume_connection(waiting.connection)
        }
    }

    // MARK: C to Swift and back

    private static func head(
        of connection: OpaquePointer, url: UnsafePointer<CChar>, method: UnsafePointer<CChar>
    ) -> Request {
        Request(
            method: String(cString: method), path: String(cString: url),
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

    private static func send(
        _ response: Response, on connection: OpaquePointer, breakingOff: Bool = false
    ) -> MHD_Result {
        let created = response.body.withUnsafeBytes { bytes in
            breakingOff
                ? MHD_create_response_from_callback(
                    UInt64(bytes.count), 1024, { _, _, _, _ in endWithError }, nil, nil)
                : MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let created else { return .NO }
        defer { MHD_destroy_response(created) }
        for (name, value) in response.headers {
            MHD_add_response_header(created, name, value)
        }
        return MHD_queue_response(connection, UInt32(response.status), created)
    }
}

/// `MHD_CONTENT_READER_END_WITH_ERROR`, a macro with a cast, which Swift does not import.
private let endWithError = -2

/// Bytes of C as text; what is no UTF-8 becomes U+FFFD.
private func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
}

/// A request while its pieces arrive, and its answer while the connection waits. Only the thread of its connection
/// touches it, or, while that is suspended, whoever resumes it.
private final class Exchange {
    var request: Request
    var answer: Answer?
    private let limit: Int
    private var received = 0

    init(_ head: Request, limit: Int) {
        request = head
        self.limit = limit
        guard let announced = head.header("Content-Length").flatMap({ Int($0) }) else { return }
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
