#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The service's calls (contract §1), one small file each beside this one.
///
/// Copies share the transport and the dialect that was found to work. Every call may be cancelled with its task and then
/// throws `.cancelled`; a submit call that is cancelled may still have made its job, and its idempotency key finds it.
public struct FluxClient: Sendable {
    /// Where the service is and how it is talked to.
    public let configuration: ServiceConfiguration
    /// The models that requests are encoded and checked by.
    public let catalogue: Catalogue
    let transport: any HTTPTransport
    let dialect = DialectCache()
    let redaction: Redaction
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let random: @Sendable () -> Double
    private var policy: RetryPolicy

    /// - Parameters:
    ///   - configuration: where the service is, and the key.
    ///   - transport: sends the requests; usually a ``CurlTransport``.
    ///   - clock: waits between attempts.
    ///   - now: wall time, for a `Retry-After` that is a date.
    ///   - random: from 0 up to 1, the jitter of waits.
    ///   - policy: when calls are tried again; nil: as usual, with the configuration's number of retries.
    ///   - catalogue: the models that requests are encoded and checked by.
    public init(
        _ configuration: ServiceConfiguration, transport: any HTTPTransport,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        policy: RetryPolicy? = nil, catalogue: Catalogue = .flux
    ) {
        self.configuration = configuration
        redaction = configuration.redaction.with(
            [configuration.apiKey].compactMap(\.self) + Redaction.passwords(in: configuration.baseURL))
        self.transport = transport
        self.clock = clock
        self.now = now
        self.random = random
        self.policy = policy ?? RetryPolicy(retries: configuration.retries)
        self.catalogue = catalogue
    }

    /// A copy that gives a 429 back at once, for a caller who then holds back all its submissions together.
    public func leavingRateLimits() -> FluxClient {
        var client = self
        client.policy.retriesRateLimits = false
        return client
    }

    // MARK: Shared by all calls

    /// A call of the service: sends, tries again where the policy says so, reads the JSON of a success.
    ///
    /// What `read` makes nothing of, or what is no JSON, is an error that has the answer with it.
    func call<Value>(
        _ request: HTTPRequest, reading read: (JSONValue) throws(FluxError) -> Value
    ) async throws(FluxError) -> Value {
        let raw = try await retrying(request) { request throws(FluxError) in try await transport.send(request) }
        let answer = redaction.cleaned(raw)
        do {
            return try read(redaction.cleaned(try JSONValue(reading: answer.body)))
        } catch {
            let excerpt = FluxError.excerpt(of: answer.body) ?? "nothing"
            var unreadable =
                error as? FluxError
                ?? FluxError(
                    .service, "the service answered with something that is not JSON (\(error)): \(excerpt)",
                    hint: "check the base URL")
            unreadable.requestID = answer.headers["X-Request-Id"]
            unreadable.answer = String(decoding: answer.body.prefix(FluxError.longestAnswer), as: UTF8.self)
            throw unreadable
        }
    }

    /// Makes attempts until one succeeds or the policy gives up; each sends the same request, byte for byte.
    func retrying(
        _ request: HTTPRequest, attempt: (HTTPRequest) async throws(FluxError) -> HTTPResponse
    ) async throws(FluxError) -> HTTPResponse {
        var attempts = 0
        var mayHaveArrived = false
        while true {
            var failure: FluxError
            do throws(FluxError) {
                let answer = try await attempt(request)
                if answer.isSuccess { return answer }
                failure = FluxError(
                    answer: answer, now: Int64(now().timeIntervalSince1970), redaction: redaction)
            } catch {
                failure = redaction.cleaned(error)
            }
            failure.mayHaveArrived = mayHaveArrived
            if failure.isUnclear { mayHaveArrived = true }
            attempts += 1
            let delay = policy.delay(
                afterAttempts: attempts, method: request.method,
                hasIdempotencyKey: request.header("Idempotency-Key") != nil, error: failure, random: random())
            guard let delay else { throw failure }
            do {
                try await clock.sleep(for: delay)
            } catch {
                throw FluxError(.cancelled, "cancelled while waiting to try again: \(failure.message)")
            }
        }
    }

    /// A request to the service with its key, unless the key would go readable over a network.
    func request(
        _ method: HTTPRequest.Method, _ path: String, headers: [(name: String, value: String)] = [],
        body: HTTPRequest.Body = .none, timeouts: HTTPTimeouts? = nil
    ) throws(FluxError) -> HTTPRequest {
        let url = configuration.address(path)
        let origin: Origin
        do throws(FluxError) { origin = try Origin(url) } catch { throw redaction.cleaned(error) }
        var headers = headers
        headers.append(("User-Agent", configuration.userAgent))
        headers.append(("Accept", "application/json"))
        if let key = configuration.apiKey {
            guard origin.scheme == "https" || origin.isLoopback || configuration.allowInsecureHTTP else {
                throw FluxError(
                    .invalid, "the API key is not sent over plain http to \(origin.host)",
                    hint: "use https, or allow http: in fluxlua, FLUX_INSECURE_HTTP=1 does")
            }
            headers.append((HTTPRequest.keyHeader, key))
        }
        return HTTPRequest(
            method, url, headers: headers, body: body, timeouts: timeouts ?? configuration.timeouts,
            maximumBytes: configuration.maximumAnswerBytes)
    }
}

extension String {
    /// As one segment of a path or one value of a query: all but unreserved characters escaped.
    var percentEncoded: String {
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ServiceConfiguration {
    /// Of a call. A base URL may be that of the calls' version: its `/v2` is not doubled.
    func address(_ path: String) -> String {
        var base = Substring(baseURL)
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/v2"), path.hasPrefix("/v2/") { base.removeLast(3) }
        return base + path
    }
}

extension FluxError {
    /// Of an answer that is kept because it could not be read: bytes.
    static let longestAnswer = 64 << 10

    /// The request may have been carried out although it failed.
    fileprivate var isUnclear: Bool {
        switch kind {
        case .network, .timeout: !isUnsent
        case .service: (status ?? 500) >= 500
        default: false
        }
    }
}
