import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// HTTP over libcurl's multi interface: one thread for all exchanges, started at the first request and joined when the
/// transport goes away or is shut down.
///
/// Connections are kept and reused, HTTP/2 is used over TLS where it is offered and libcurl is recent enough to be trusted
/// with it, files stream from and to disk, and a cancelled task closes its exchange at once. Proxies come from the
/// environment as libcurl reads it (`HTTPS_PROXY`, `NO_PROXY`, …), except that loopback is never asked for through one;
/// certificates from `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR`.
public final class CurlTransport: HTTPTransport {
    enum Lifecycle {
        case idle
        case running(CurlLoop)
        case shutDown
    }

    let lifecycle = Mutex(Lifecycle.idle)
    private let maximumConnectionsPerHost: Int

    /// - Parameter maximumConnectionsPerHost: further exchanges wait their turn; 0: as many as are asked for.
    public init(maximumConnectionsPerHost: Int = 32) { self.maximumConnectionsPerHost = maximumConnectionsPerHost }

    deinit { shutDown() }

    /// Ends all exchanges with `.cancelled` and joins the thread. Later requests are refused.
    public func shutDown() {
        let loop: CurlLoop? = lifecycle.withLock { lifecycle in
            defer { lifecycle = .shutDown }
            if case .running(let loop) = lifecycle { return loop }
            return nil
        }
        loop?.stop()
    }

    public func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        try await run(CurlExchange(request))
    }

    public func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        let file = try PartialFile(for: path)
        let response: HTTPResponse
        do throws(FluxError) {
            response = try await run(CurlExchange(request, file: file.descriptor))
        } catch {
            file.discard()
            throw error
        }
        if response.isSuccess { try file.keep() } else { file.discard() }
        return response
    }

    private func run(_ exchange: CurlExchange) async throws(FluxError) -> HTTPResponse {
        let loop = try startedLoop()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.continuation = continuation
                loop.post(.start(exchange))
            }
        } onCancel: {
            exchange.isCancelled.store(true, ordering: .releasing)
            loop.post(.cancel(exchange))
        }
        return try result.get()
    }

    private func startedLoop() throws(FluxError) -> CurlLoop {
        let result: Result<CurlLoop, FluxError> = lifecycle.withLock { lifecycle in
            switch lifecycle {
            case .running(let loop): return .success(loop)
            case .shutDown: return .failure(FluxError(.cancelled, "the transport is shut down"))
            case .idle:
                guard let loop = CurlLoop.start(maximumConnectionsPerHost: maximumConnectionsPerHost) else {
                    return .failure(FluxError(.io, "cannot start the thread of the network"))
                }
                lifecycle = .running(loop)
                return .success(loop)
            }
        }
        return try result.get()
    }
}
