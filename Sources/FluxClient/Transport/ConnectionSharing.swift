import CCurl

/// When calls share an HTTP/2 connection, and what this libcurl's HTTP/2 can be trusted with.
struct ConnectionSharing {
    private var avoidedUntil: ContinuousClock.Instant?

    /// Whether an exchange may be one of several on a connection now. Files have connections of their own: several fill a
    /// line better than one, and none waits for another's.
    func allows(_ exchange: CurlExchange, at now: ContinuousClock.Instant) -> Bool {
        guard exchange.file == nil, exchange.request.url.utf8.prefix(6).equalsIgnoringCase("https:".utf8),
            avoidedUntil.map({ $0 <= now }) ?? true
        else { return false }
        return switch exchange.request.body {
        case .none: true
        case .bytes(let bytes): bytes.count <= Self.longestBody
        case .multipartFile: false
        }
    }

    /// An exchange that shared got no answer in time. The connection may be dead, and libcurl would go on using it as long
    /// as anybody asks; unused, it is left alone after two minutes.
    mutating func timedOut(at now: ContinuousClock.Instant) { avoidedUntil = now + .seconds(180) }

    /// Debian 12's libcurl 7.88 and others before 8.4 get two things wrong, in a plain C program too. The end of an answer
    /// that is read while another one is served goes unnoticed, about once in four thousand answers, until something else
    /// happens: the timer that was to tell of it is dropped with one that is due, because `curl_multi_perform` compares
    /// them by the millisecond. And a request with a body of 1,300 bytes or more that the server refuses before it has read
    /// it may hang.
    private static let isFlawed: Bool = {
        guard let version = curl_version_info(CURLVERSION_FIRST) else { return true }
        return version.pointee.version_num < 0x08_04_00
    }()

    /// Of a request, in bytes. Later versions as well make an error of an early refusal when the body is longer than the
    /// 64 KB that a server lets a connection begin with.
    private static let longestBody = isFlawed ? 1000 : 48 << 10

    /// How long a loop may sleep while shared connections are in use, in milliseconds: then it sees what it has overlooked.
    static let longestSleep: Int32 = isFlawed ? 50 : CurlLoop.longestSleep
}
