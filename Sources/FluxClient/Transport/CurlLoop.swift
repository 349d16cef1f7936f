import CCurl
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// A thread that exchanges run on: libcurl's multi handle, waited on with `curl_multi_poll`.
///
/// `@unchecked Sendable`: `queue` and `thread` are guarded by their mutexes; `multi` is set once, and of its functions
/// other threads call only `curl_multi_wakeup`, which is made for that; the remaining members belong to the loop's thread
/// from its start to its end. The multi handle lives as long as this object, which the thread itself retains.
final class CurlLoop: @unchecked Sendable {
    enum Command {
        case start(CurlExchange)
        /// Of an exchange that may be queued, running or long over.
        case cancel(CurlExchange)
        case stop
    }

    private struct Queue {
        var commands: [Command] = []
        /// What comes later finds nobody: it is answered where it is posted.
        var isClosed = false
    }

    private let queue = Mutex(Queue())
    private let thread = Mutex<pthread_t?>(nil)
    private let multi: UnsafeMutableRawPointer

    private var running: [UnsafeMutableRawPointer: CurlExchange] = [:]
    private var spareHandles: [CurlEasy] = []
    private var spareBuffers: [UnsafeMutableRawBufferPointer] = []
    private let trust: TrustSettings
    /// While exchanges run, in milliseconds.
    private let longestSleep: Int32

    /// Of a loop that is woken by what happens, in milliseconds.
    static let longestSleep: Int32 = 60_000

    private static let maximumSpareHandles = 256
    private static let maximumSpareBuffers = 32

    /// libcurl's own state of the process, made at the first loop and kept: other code may use libcurl as well.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    // MARK: From any thread

    /// Starts the thread; nil when the system refuses.
    ///
    /// - Parameter longestSleep: while exchanges run, in milliseconds.
    static func start(
        maximumConnectionsPerHost: Int, _ trust: TrustSettings, longestSleep: Int32 = longestSleep
    ) -> CurlLoop? {
        guard isLibraryReady, let multi = curl_multi_init() else { return nil }
        fluxlua_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnectionsPerHost)
        // By default the number of idle connections kept shrinks with the number of exchanges that run.
        fluxlua_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 256)
        let loop = CurlLoop(multi, trust, longestSleep)
        return loop.launch() ? loop : nil
    }

    private init(_ multi: UnsafeMutableRawPointer, _ trust: TrustSettings, _ longestSleep: Int32) {
        self.multi = multi
        self.trust = trust
        self.longestSleep = longestSleep
    }

    deinit { curl_multi_cleanup(multi) }

    func post(_ command: Command) {
        let isFirst: Bool? = queue.withLock { queue in
            guard !queue.isClosed else { return nil }
            queue.commands.append(command)
            return queue.commands.count == 1
        }
        switch isFirst {
        case true?: curl_multi_wakeup(multi)
        case false?: break  // Whoever was first has woken the loop.
        case nil:
            if case .start(let exchange) = command { exchange.finish(.failure(Self.shutDownError)) }
        }
    }

    /// Ends all exchanges and waits for the thread's end.
    func stop() {
        post(.stop)
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let thread else { return }
        // A thread cannot join itself; its last reference may, in theory, be dropped on it.
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }

    private func launch() -> Bool {
        let context = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var created: pthread_t?
            let code = pthread_create(&created, nil, { CurlLoop.enter($0) }, context.toOpaque())
        #else
            var created = pthread_t()
            let code = pthread_create(&created, nil, { CurlLoop.enter($0) }, context.toOpaque())
        #endif
        guard code == 0 else {
            context.release()
            return false
        }
        thread.withLock { $0 = created }
        return true
    }

    private static func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
        // Signals are for the main thread; a broken connection is an error code here, not a SIGPIPE.
        var signals = sigset_t()
        sigfillset(&signals)
        for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        loop.run()
        return nil
    }

    private static let shutDownError = FluxError(.cancelled, "the transport is shut down")

    // MARK: On the loop's thread

    private func run() {
        var commands: [Command] = []
        while true {
            queue.withLock { swap(&$0.commands, &commands) }
            var isStopping = false
            for command in commands {
                switch command {
                case .start(let exchange): start(exchange)
                case .cancel(let exchange): cancel(exchange)
                case .stop: isStopping = true
                }
            }
            commands.removeAll(keepingCapacity: true)
            if isStopping { break }

            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            finishCompleted()
            // Returns at once when somebody has posted since: a wakeup is remembered.
            curl_multi_poll(multi, nil, 0, count > 0 ? longestSleep : Self.longestSleep, nil)
        }
        close()
    }

    private func start(_ exchange: CurlExchange) {
        guard !exchange.isCancelled.load(ordering: .acquiring) else {
            exchange.finish(.failure(Self.cancelledError))
            return
        }
        guard let easy = spareHandles.popLast() ?? CurlEasy() else {
            exchange.finish(
                .failure(
                    FluxError(curl: CURLE_OUT_OF_MEMORY, detail: "", request: exchange.request, after: .prepared)))
            return
        }
        let code = easy.prepare(exchange, trust)
        guard code == CURLE_OK else {
            exchange.finish(
                .failure(
                    FluxError(curl: code, detail: easy.errorText, request: exchange.request, after: .prepared)))
            recycle(easy)
            return
        }
        let added = curl_multi_add_handle(multi, easy.handle)
        guard added == CURLM_OK else {
            exchange.finish(
                .failure(FluxError(.io, "cannot begin a request: \(String(cString: curl_multi_strerror(added)))")))
            recycle(easy)
            return
        }
        exchange.easy = easy
        if exchange.file != nil {
            exchange.gathering = spareBuffers.popLast() ?? .allocate(byteCount: 64 << 10, alignment: 4096)
        }
        exchange.begun = .now
        running[easy.handle] = exchange
    }

    private func cancel(_ exchange: CurlExchange) {
        guard let easy = exchange.easy else { return }
        detach(exchange, easy)
        exchange.finish(.failure(Self.cancelledError))
    }

    private func finishCompleted() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let exchange = running[handle], let easy = exchange.easy
            else { continue }
            // Read all of it first: the message dies with the handle's removal.
            let code = message.pointee.data.result
            let nobodyWasThere = code == CURLE_OPERATION_TIMEDOUT && !easy.hadConnection
            end(exchange, easy, code)
            if nobodyWasThere, exchange.mayShareConnection { endWaiting() }
        }
    }

    private func end(_ exchange: CurlExchange, _ easy: CurlEasy, _ code: CURLcode) {
        let result = exchange.result(code)
        detach(exchange, easy)
        exchange.finish(result)
    }

    /// Nobody could be connected to in time. Those that waited to share that connection, and for as long, need not try it
    /// one after the other.
    private func endWaiting() {
        let now = ContinuousClock.now
        for exchange in running.values {
            guard let easy = exchange.easy, let begun = exchange.begun, !easy.hadConnection,
                now - begun >= exchange.request.timeouts.connect
            else { continue }
            end(exchange, easy, CURLE_OPERATION_TIMEDOUT)
        }
    }

    /// Takes an exchange off the loop. In the middle of a transfer this closes its connection (over HTTP/2: its stream).
    private func detach(_ exchange: CurlExchange, _ easy: CurlEasy) {
        curl_multi_remove_handle(multi, easy.handle)
        running[easy.handle] = nil
        exchange.easy = nil
        recycle(easy)
        guard let buffer = exchange.gathering else { return }
        exchange.gathering = nil
        if spareBuffers.count < Self.maximumSpareBuffers { spareBuffers.append(buffer) } else { buffer.deallocate() }
    }

    private func recycle(_ easy: CurlEasy) {
        easy.reset()
        if spareHandles.count < Self.maximumSpareHandles { spareHandles.append(easy) }
    }

    private func close() {
        let late = queue.withLock { queue in
            queue.isClosed = true
            return queue.commands
        }
        for exchange in running.values {
            guard let easy = exchange.easy else { continue }
            detach(exchange, easy)
            exchange.finish(.failure(Self.shutDownError))
        }
        for case .start(let exchange) in late { exchange.finish(.failure(Self.shutDownError)) }
        spareHandles.removeAll()
        for buffer in spareBuffers { buffer.deallocate() }
        spareBuffers.removeAll()
    }

    private static let cancelledError = FluxError(.cancelled, "cancelled")
}
