import FluxClient
import FluxJobs
import HTTPServer
import Synchronization

/// Where the service delivers webhooks (contract §8): `--listen HOST:PORT`. Unsigned webhooks are refused.
final class WebhookReceiver: Sendable {
    private let listener: HTTPListener
    private let taker: Receiver
    private let address: ListenAddress

    /// Listens from now on; deliveries wait until there is an engine for them.
    /// - Parameter say: gets a line, once, when something comes that is not of this key's service.
    init(
        _ address: ListenAddress, apiKey: String, say: @escaping @Sendable (String) -> Void
    ) throws(FluxError) {
        let taker = Receiver(say: say)
        self.taker = taker
        self.address = address
        do throws(ListeningError) {
            listener = try HTTPListener(host: address.host, port: address.port) { post in
                do throws(FluxError) {
                    let signature = post.header(WebhookSignature.header)
                    taker.take(try WebhookDelivery(body: post.body, signature: signature, apiKey: apiKey))
                    return 200
                } catch {
                    taker.turnedAway(error)
                    return error.kind == .auth ? 401 : 400
                }
            }
        } catch {
            throw FluxError(.io, "cannot listen for webhooks: \(error)")
        }
    }

    /// Its address for services on this machine.
    var localURL: String {
        let host = ["", "0.0.0.0", "::"].contains(address.host) ? "127.0.0.1" : address.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(listener.port)/"
    }

    func deliver(to engine: JobEngine) { taker.engine.withLock { $0 = engine } }

    func stop() { listener.stop() }

    private final class Receiver: Sendable {
        let engine = Mutex<JobEngine?>(nil)
        private let say: @Sendable (String) -> Void
        private let hasSaid = Mutex(false)

        init(say: @escaping @Sendable (String) -> Void) { self.say = say }

        func turnedAway(_ error: FluxError) {
            let isFirst = hasSaid.withLock { hasSaid in
                defer { hasSaid = true }
                return !hasSaid
            }
            if isFirst { say("refused at --listen: \(error.message); the jobs are polled as usual") }
        }

        func take(_ delivery: WebhookDelivery) { engine.withLock { $0 }?.receive(delivery) }
    }
}

/// `HOST:PORT`, also `:PORT` for all addresses of the machine and `[::1]:PORT`.
struct ListenAddress: Sendable, Equatable {
    var host: String
    var port: UInt16

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.host = host.isEmpty ? "0.0.0.0" : String(host)
        self.port = port
    }
}
