import CSodium
import FluxClient
import HTTPServer
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The service on this machine: it speaks the same wire (contract §1–§8) on real TCP and draws stand-in pictures, so that
/// scripts run without a key and tests without the service.
///
/// Everything is in memory and ends with the simulator, unless the configuration names a file for its state.
public final class Simulator: Sendable {
    public let configuration: SimulatorConfiguration
    private let service: Service
    private let server: HTTPServer
    private let state = Mutex(State())

    private struct State {
        var port: UInt16?
        var hasStarted = false
    }

    /// - Parameters:
    ///   - clock: tells when jobs move on and when files expire.
    ///   - now: asked once; the date on which the clock's time begins.
    ///   - transport: fetches the pictures that requests name on other hosts, and delivers webhooks; nil: neither is
    ///     done, jobs that need such a picture and webhooks fail.
    public init(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(), now: @Sendable () -> Date = { Date() },
        transport: (any HTTPTransport)? = nil
    ) {
        self.configuration = configuration
        // It may be called more than once, and from any thread.
        _ = sodium_init()
        var fetch: Service.Fetch?
        if let transport { fetch = { url in try await Self.fetch(url, over: transport) } }
        let time = ServiceClock(clock: clock, beginning: now().addingTimeInterval(Double(configuration.clockSkew)))
        service = Service(
            configuration, time: time,
            workers: ProcessInfo.processInfo.activeProcessorCount,
            painter: { try JobPainter.paint($0, $1, $2) }, transport: transport, fetch: fetch)
        server = HTTPServer(service: Router(service: service), time: time)
    }

    deinit { stop() }

    /// The models and what each costs here, as `GET /v2/models` answers, for programs that need no running service.
    public static var listings: [ModelListing] {
        Catalogue.flux.models.map { model in
            ModelListing(
                id: model.id, title: model.title, credits: Service.credits(of: model),
                parametersKey: model.parametersKey)
        }
    }

    /// Listens. Returns the port, which is the configured one unless that is 0.
    @discardableResult
    public func start() throws(SimulatorError) -> UInt16 {
        let isFirst = state.withLock { state in
            defer { state.hasStarted = true }
            return !state.hasStarted
        }
        guard isFirst else { throw .alreadyStarted }
        let socket: ListeningSocket
        do throws(ListeningError) {
            socket = try ListeningSocket(
                host: configuration.host, port: configuration.port, loopbackOnly: configuration.apiKey == nil)
        } catch {
            throw SimulatorError(error)
        }
        state.withLock { $0.port = socket.port }
        service.authority.withLock { $0 = authority(port: socket.port) }
        do throws(SimulatorError) {
            if let path = configuration.stateFile { try service.keepState(in: path) }
        } catch {
            socket.close()
            throw error
        }
        do throws(ListeningError) { try server.start(on: socket) } catch { throw SimulatorError(error) }
        return socket.port
    }

    /// `http://host:port`, without a slash at the end. Before `start`, with the configured port.
    public var baseURL: String {
        "http://\(authority(port: state.withLock { $0.port } ?? configuration.port))"
    }

    private func authority(port: UInt16) -> String {
        let host = configuration.host
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func fetch(_ url: String, over transport: any HTTPTransport) async throws(FluxError) -> [UInt8]? {
        let request = HTTPRequest(
            .get, url, headers: [("User-Agent", "fluxlua-simulator")], timeouts: HTTPTimeouts(overall: .seconds(30)),
            maximumBytes: Int64(Files.maximumUploadBytes), redirectLimit: 5)
        let answer = try await transport.send(request)
        return answer.isSuccess ? answer.body : nil
    }

    /// Closes all connections and forgets unfinished work; returns when that is done. May be called again.
    public func stop() {
        server.stop()
        service.close()
    }

    /// What was asked and made so far.
    public func summary() -> SimulatorSummary { service.summary() }
}
