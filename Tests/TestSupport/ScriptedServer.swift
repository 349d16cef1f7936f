import Foundation
import Synchronization

/// A request as it came over the wire.
public struct ReceivedRequest: Sendable {
    public var method: String
    public var path: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// What a script answers to one request.
public enum Reply: Sendable {
    case answer(Int, headers: [(String, String)] = [], body: [UInt8] = [])
    /// Promises `length` bytes, sends only `body` and closes.
    case cut(length: Int, status: Int = 200, headers: [(String, String)] = [], body: [UInt8])
    /// A body in chunks whose end never comes before the connection closes.
    case cutChunks(body: [UInt8])
    /// Closes without an answer.
    case close
    /// Never answers, and waits until the client closes.
    case hold
    /// Promises `length` bytes, sends only `body`, and waits until the client closes.
    case stall(length: Int, body: [UInt8])

    public static func json(_ status: Int, _ text: String, headers: [(String, String)] = []) -> Reply {
        .answer(status, headers: [("Content-Type", "application/json")] + headers, body: Array(text.utf8))
    }
}

/// A small HTTP/1.1 server on loopback that answers as a script says and remembers what it was asked.
public final class ScriptedServer: Sendable {
    public typealias Script = @Sendable (_ request: ReceivedRequest, _ index: Int) -> Reply

    private struct State {
        var requests: [ReceivedRequest] = []
        var connections: Set<Int32> = []
        var connectionCount = 0
        var closedByClient = 0
        var isStopped = false
        var waiters: [(condition: @Sendable (Int, Int) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let listener: Int32
    private let script: Script
    public let port: Int

    public var url: String { "http://127.0.0.1:\(port)" }
    public var requests: [ReceivedRequest] { state.withLock { $0.requests } }
    public var connectionCount: Int { state.withLock { $0.connectionCount } }

    public init(_ script: @escaping Script) throws {
        self.script = script
        (listener, port) = try boundSocket()
        guard listen(listener, 512) == 0 else { throw POSIXError(.EADDRINUSE) }
        signal(SIGPIPE, SIG_IGN)
        Thread.detachNewThread { [self] in accept() }
    }

    /// The given answers in turn; the last one again and again.
    public convenience init(_ replies: [Reply]) throws {
        try self.init { _, index in replies[min(index, replies.count - 1)] }
    }

    public func stop() {
        // Under the lock: what is in the set, and the listener as long as nobody has stopped it, is still ours.
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    /// Returns when so many requests have come in.
    public func received(_ count: Int) async {
        await wait { requests, _ in requests >= count }
    }

    /// Returns when the client has closed so many connections whose request was held.
    public func abandoned(_ count: Int) async {
        await wait { _, closed in closed >= count }
    }

    private func wait(_ condition: @escaping @Sendable (Int, Int) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMet = state.withLock { state in
                if condition(state.requests.count, state.closedByClient) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isMet { continuation.resume() }
        }
    }

    private func change(_ change: (inout sending State) -> Void) {
        let met = state.withLock { state in
            change(&state)
            var met: [CheckedContinuation<Void, Never>] = []
            state.waiters.removeAll { waiter in
                let isMet = waiter.condition(state.requests.count, state.closedByClient)
                if isMet { met.append(waiter.continuation) }
                return isMet
            }
            return met
        }
        for continuation in met { continuation.resume() }
    }

    // MARK: Threads

    private func accept() {
        while true {
            let connection = Foundation.accept(listener, nil, nil)
            guard connection >= 0 else {
                if state.withLock(\.isStopped) { break }
                continue
            }
            var one: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            let isStopped = state.withLock { state in
                state.connections.insert(connection)
                state.connectionCount += 1
                return state.isStopped
            }
            if isStopped { shutdown(connection, Int32(SHUT_RDWR)) }
            Thread.detachNewThread { [self] in serve(connection) }
        }
        close(listener)
    }

    private func serve(_ connection: Int32) {
        var buffer: [UInt8] = []
        while let request = readRequest(connection, &buffer) {
            let index = state.withLock { $0.requests.count }
            let reply = script(request, index)
            change { $0.requests.append(request) }
            guard write(reply, connection) else { break }
        }
        // Out of the set before the descriptor can be used again by somebody else.
        state.withLock { _ = $0.connections.remove(connection) }
        close(connection)
    }

    private func readRequest(_ connection: Int32, _ buffer: inout [UInt8]) -> ReceivedRequest? {
        let blankLine = Array("\r\n\r\n".utf8)
        var end: Int?
        while true {
            end = buffer.firstRange(of: blankLine)?.lowerBound
            if end != nil { break }
            guard readMore(connection, &buffer) else { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
        var request = ReceivedRequest(method: String(words[0]), path: String(words[1]), headers: headers, body: [])
        let length = Int(request.header("Content-Length") ?? "0") ?? 0
        buffer.removeFirst(end + blankLine.count)
        while buffer.count < length { guard readMore(connection, &buffer) else { return nil } }
        request.body = Array(buffer[..<length])
        buffer.removeFirst(length)
        return request
    }

    private func readMore(_ connection: Int32, _ buffer: inout [UInt8]) -> Bool {
        var piece = [UInt8](repeating: 0, count: 65536)
        var count = recv(connection, &piece, piece.count, 0)
        while count < 0, errno == EINTR { count = recv(connection, &piece, piece.count, 0) }
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }

    /// False when the connection is to be closed.
    private func write(_ reply: Reply, _ connection: Int32) -> Bool {
        switch reply {
        case .answer(let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Whatever\r\nContent-Length: \(body.count)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            return send(Array("\(head)\r\n".utf8) + body, connection)
        case .cut(let length, let status, let headers, let body):
            var head = "HTTP/1.1 \(status) Whatever\r\nContent-Length: \(length)\r\n"
            for (name, value) in headers { head += "\(name): \(value)\r\n" }
            _ = send(Array("\(head)\r\n".utf8) + body, connection)
            return false
        case .stall(let length, let body):
            _ = send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n".utf8) + body, connection)
            var ignored: [UInt8] = []
            while readMore(connection, &ignored) {}
            change { $0.closedByClient += 1 }
            return false
        case .cutChunks(let body):
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(body.count, radix: 16))\r\n"
            _ = send(Array(head.utf8) + body + Array("\r\n".utf8), connection)
            return false
        case .close:
            return false
        case .hold:
            var ignored: [UInt8] = []
            while readMore(connection, &ignored) {}
            change { $0.closedByClient += 1 }
            return false
        }
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// A port of loopback where nobody listens and nobody else can.
public final class ReservedPort: Sendable {
    public let number: Int
    private let descriptor: Int32

    public init() throws { (descriptor, number) = try boundSocket() }

    deinit { close(descriptor) }
}

/// A port of loopback that nobody has at the moment.
public func freePort() throws -> Int {
    let (descriptor, port) = try boundSocket()
    close(descriptor)
    return port
}

/// A socket on a free port of loopback.
private func boundSocket() throws -> (descriptor: Int32, port: Int) {
    #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
        }
    }
    guard descriptor >= 0, isBound else { throw POSIXError(.EADDRINUSE) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}
