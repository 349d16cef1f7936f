#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One TCP connection on which a test writes what it likes, and reads what comes.
public final class Wire {
    public struct Answer {
        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]

        public subscript(name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public struct Failure: Error {
        public let call: String
    }

    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var lastError: Int32 = 0

    public init(port: UInt16) throws {
        #if canImport(Darwin)
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    public func write(_ text: String) { write(Array(text.utf8)) }

    /// As much as the other side takes; it may have hung up.
    public func write(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(noSignal))
            }
            if count <= 0 { return }
            sent += count
        }
    }

    /// Says that nothing more will be sent.
    public func finishWriting() {
        #if canImport(Darwin)
            shutdown(descriptor, SHUT_WR)
        #else
            shutdown(descriptor, Int32(SHUT_WR))
        #endif
    }

    /// Whether something has come that was not read yet.
    public var hasMore: Bool {
        var byte: UInt8 = 0
        return !pending.isEmpty || recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// Lets tasks work until something has come, or the end. Reading alone would hold a thread that they need.
    public func arrival() async {
        var byte: UInt8 = 0
        while pending.isEmpty, recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0, errno == EAGAIN {
            await Task.yield()
        }
    }

    /// So many bytes, or those that came before the end.
    public func bytes(_ count: Int) -> [UInt8] {
        while pending.count < count, receive() {}
        defer { pending.removeFirst(min(count, pending.count)) }
        return Array(pending.prefix(count))
    }

    /// All that comes until the other side ends the connection, and whether it did so by a reset.
    public func readToEnd() -> (bytes: [UInt8], wasReset: Bool) {
        while receive() {}
        let wasReset = lastError == ECONNRESET
        defer { pending = [] }
        return (pending, wasReset)
    }

    /// The next answer; nil when the connection closed before it was whole.
    public func read(toHead: Bool = false) -> Answer? {
        var answer: Answer
        while true {
            if let end = headEnd() {
                answer = head(pending[..<end])
                pending.removeFirst(end)
                break
            }
            guard receive() else { return nil }
        }
        guard !toHead, answer.status >= 200, answer.status != 304 else { return answer }
        let length = answer["Content-Length"].flatMap { Int($0) } ?? 0
        while pending.count < length {
            guard receive() else { return nil }
        }
        answer.body = Array(pending.prefix(length))
        pending.removeFirst(length)
        return answer
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        lastError = count < 0 ? errno : 0
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    private func headEnd() -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard pending.count >= 4 else { return nil }
        return (0...(pending.count - 4)).first { pending[$0..<($0 + 4)].elementsEqual(mark) }.map { $0 + 4 }
    }

    private func head(_ bytes: ArraySlice<UInt8>) -> Answer {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (String(line[..<colon]), String(line[colon...].drop { $0 == ":" || $0 == " " }))
        }
        return Answer(status: status, headers: headers, body: [])
    }
}

#if canImport(Darwin)
    private let noSignal = 0
#else
    private let noSignal = Int(MSG_NOSIGNAL)
#endif
