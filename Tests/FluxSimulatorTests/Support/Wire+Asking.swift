import TestSupport

extension Wire {
    /// Sends a request with the key and an agent; `extra` lines of its head end in `\r\n`.
    func ask(_ method: String, _ path: String, _ extra: String = "", body: [UInt8] = []) {
        let length = body.isEmpty ? "" : "Content-Length: \(body.count)\r\n"
        write(
            Array(
                "\(method) \(path) HTTP/1.1\r\nHost: a\r\nUser-Agent: t\r\nX-API-Key: \(Bench.key)\r\n\(extra)\(length)\r\n"
                    .utf8) + body)
    }
}
