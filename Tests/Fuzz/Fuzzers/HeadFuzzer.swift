@testable import FluxClient

/// Heads of answers, with a body behind them: the first two bytes are the status.
enum HeadFuzzer {
    private static let names = [
        "Content-Type", "Date", "ETag", "Location", "Retry-After", "X-Request-Id", "Content-Range", "Last-Modified",
        "X-Webhook-Signature",
    ]

    @Sendable static func test(_ bytes: [UInt8]) {
        guard bytes.count > 2 else { return }
        let status = 100 + (Int(bytes[0]) << 8 | Int(bytes[1])) % 500
        let block = bytes.dropFirst(2)
        let end = block.firstRange(of: Array("\r\n\r\n".utf8))
        let headers = HTTPHeaders(block: Array(end.map { block[..<$0.lowerBound] } ?? block))
        for name in names {
            guard let value = headers[name] else { continue }
            precondition(!value.utf8.contains(UInt8(ascii: "\n")), "a value of several lines: \(value)")
        }
        _ = (headers.rangeStart, headers.rangeValidator)
        let body = end.map { Array(block[$0.upperBound...]) } ?? []
        let answer = HTTPResponse(status: status, headers: headers, body: body)
        let error = FluxError(answer: answer, now: 1_773_568_800)
        precondition(!error.message.isEmpty && !error.message.utf8.contains(UInt8(ascii: "\n")), error.message)
        if let retryAfter = error.retryAfter { precondition(retryAfter >= .zero, "\(retryAfter)") }
    }
}
