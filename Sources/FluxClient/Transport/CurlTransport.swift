import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// HTTP over libcurl's multi interface: a thread for calls, one for those that share connections, and a few for files, each
/// started at its first exchange and joined when the transport goes away or is shut down. Calls do not wait while a file is
/// written or looked at.
///
/// Connections are kept and reused, calls over TLS share one where the server offers HTTP/2 (see `ConnectionSharing`), files stream
/// from and to disk, and a cancelled task closes its exchange at once. Proxies come from the environment as libcurl reads
/// it (`HTTPS_PROXY`, `NO_PROXY`, …), except that loopback is never asked for through one; certificates from
/// `CURL_CA_BUNDLE`, `SSL_CERT_FILE` and `SSL_CERT_DIR`.
public final class CurlTransport: HTTPTransport {
    struct State {
        var calls: CurlLoop?
        /// For calls that share connections. libcurl asks no host for HTTP/2 any more that has once been spoken to without.
        var sharedCalls: CurlLoop?
        var files: [CurlLoop?]
        var lastFileLoop = 0
        var sharing = ConnectionSharing()
        var isShutDown = false
    }

    let state: Mutex<State>
    private let maximumConnectionsPerHost: Int
    private let trust: TrustSettings

    /// Of each thread, to one host.
    public static let usualConnectionsPerHost = 64

    /// More would not help: what they do beside receiving, hashing and writing, is bound by memory and disk.
    private static let fileLoops = min(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// - Parameter maximumConnectionsPerHost: of each thread; further exchanges wait their turn; 0: as many as are asked
    ///   for.
    public convenience init(maximumConnectionsPerHost: Int = usualConnectionsPerHost) {
        self.init(maximumConnectionsPerHost: maximumConnectionsPerHost, trust: .fromEnvironment)
    }

    init(maximumConnectionsPerHost: Int = usualConnectionsPerHost, trust: TrustSettings) {
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
        self.trust = trust
        state = Mutex(State(files: Array(repeating: nil, count: max(1, Self.fileLoops))))
    }

    deinit { shutDown() }

    /// Ends all exchanges with `.cancelled` and joins the threads. Later requests are refused.
    public func shutDown() {
        let loops = state.withLock { state in
            let loops = [state.calls, state.sharedCalls] + state.files
            state = State(files: state.files.map { _ in nil }, isShutDown: true)
            return loops.compactMap(\.self)
        }
        for loop in loops { loop.stop() }
    }

    public func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        try await run(CurlExchange(request))
    }

    public func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        try await download(request, to: path, resuming: PartialDownload())
    }

    public func download(
        _ request: HTTPRequest, to path: String, resuming partial: PartialDownload
    ) async throws(FluxError) -> HTTPResponse {
        guard let rest = partial.take() else {
            let file = try PartialFile(for: path, isInPlace: partial.isInPlace)
            partial.observer?.began()
            return try await download(request, to: path, into: file, after: 0, partial)
        }
        var ranged = request
        ranged.headers.append(("Range", "bytes=\(rest.byteCount)-"))
        ranged.headers.append(("If-Range", rest.validator))
        let response = try await download(ranged, to: path, into: rest.file, after: rest.byteCount, partial)
        if response.isSuccess { return response }
        // What came before is no beginning of what is there now.
        if response.status == 416 { return try await download(request, to: path, resuming: partial) }
        return response
    }

    /// - Parameter byteCount: how much of the file is there already.
    private func download(
        _ request: HTTPRequest, to path: String, into file: PartialFile, after byteCount: Int64,
        _ partial: PartialDownload
    ) async throws(FluxError) -> HTTPResponse {
        let exchange = CurlExchange(request, file: file.descriptor, byteCount: byteCount, observer: partial.observer)
        let response: HTTPResponse
        do throws(FluxError) {
            response = try await run(exchange)
        } catch {
            if error.kind == .network, let rest = exchange.rest(in: file) {
                partial.leave(rest)
            } else {
                file.discard()
            }
            throw error.kind == .io ? FluxError(.io, "cannot write \(path): \(error.message)") : error
        }
        if response.isSuccess {
            try file.keep(as: path)
        } else if let rest = exchange.rest(in: file), response.status >= 500 || response.status == 429 {
            partial.leave(rest)
        } else {
            file.discard()
        }
        return response
    }

    private func run(_ exchange: CurlExchange) async throws(FluxError) -> HTTPResponse {
        let loop = try startedLoop(for: exchange)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.continuation = continuation
                loop.post(.start(exchange))
            }
        } onCancel: {
            exchange.isCancelled.store(true, ordering: .releasing)
            loop.post(.cancel(exchange))
        }
        if exchange.hasTimedOut, exchange.mayShareConnection { state.withLock { $0.sharing.timedOut(at: .now) } }
        return try result.get()
    }

    private func startedLoop(for exchange: CurlExchange) throws(FluxError) -> CurlLoop {
        let result: Result<CurlLoop, FluxError> = state.withLock { state in
            if state.isShutDown { return .failure(FluxError(.cancelled, "the transport is shut down")) }
            exchange.mayShareConnection = state.sharing.allows(exchange, at: .now)
            let loop: CurlLoop?
            if exchange.file != nil || exchange.request.body.isFile {
                state.lastFileLoop = (state.lastFileLoop + 1) % state.files.count
                loop = start(&state.files[state.lastFileLoop])
            } else if exchange.mayShareConnection {
                loop = start(&state.sharedCalls, longestSleep: ConnectionSharing.longestSleep)
            } else {
                loop = start(&state.calls)
            }
            guard let loop else { return .failure(FluxError(.io, "cannot start the network thread")) }
            return .success(loop)
        }
        return try result.get()
    }

    /// Unless it runs already.
    private func start(_ loop: inout CurlLoop?, longestSleep: Int32 = CurlLoop.longestSleep) -> CurlLoop? {
        if loop == nil {
            loop = CurlLoop.start(
                maximumConnectionsPerHost: maximumConnectionsPerHost, trust, longestSleep: longestSleep)
        }
        return loop
    }
}
