import FluxClient
import Foundation
import Synchronization

@testable import FluxSimulator
@testable import HTTPServer

/// The other side of webhooks: a server on a port of its own that remembers what it is sent, and answers as told.
final class Receiver: HTTPService {
    struct Delivery: Sendable {
        let request: Request
        var event: String { request.header("X-Webhook-Event") ?? "" }
        var json: JSONValue { (try? JSONValue(parsing: request.body)) ?? .null }
        var job: String { json["jobId"]?.stringValue ?? "" }
        /// The events' names and the jobs' progress, to compare at a glance.
        var summary: String { event + (event == "progress" ? " \(json["progress"]?.integerValue ?? -1)" : "") }
    }

    private struct State {
        var deliveries: [Delivery] = []
        var answers: [Answer] = []
        var waiting: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>
    private let server = Mutex<HTTPServer?>(nil)
    let url: String
    private let event: String?

    /// - Parameters:
    ///   - answers: for the first deliveries, in order; the others get 200.
    ///   - event: only deliveries of this one count as the first.
    init(answers: [Answer] = [], to event: String? = nil) throws {
        self.event = event
        state = Mutex(State(answers: answers))
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        url = "http://127.0.0.1:\(socket.port)/hook?from=tests"
        let server = HTTPServer(service: Unowned(self), time: .still)
        try server.start(on: socket)
        self.server.withLock { $0 = server }
    }

    deinit { server.withLock { $0?.stop() } }

    var deliveries: [Delivery] { state.withLock(\.deliveries) }

    /// Returns when so many have come.
    func received(_ count: Int) async -> [Delivery] {
        await withCheckedContinuation { wake in
            let isThere = state.withLock { state in
                if state.deliveries.count < count { state.waiting.append((count, wake)) }
                return state.deliveries.count >= count
            }
            if isThere { wake.resume() }
        }
        return deliveries
    }

    func bodyLimit(for head: Request) -> Int { 1 << 20 }

    func answer(_ request: Request) -> Answer {
        let (answer, woken) = state.withLock { state in
            let delivery = Delivery(request: request)
            state.deliveries.append(delivery)
            let woken = state.waiting.filter { $0.count <= state.deliveries.count }
            state.waiting.removeAll { $0.count <= state.deliveries.count }
            let isTold = state.answers.isEmpty || event.map { $0 != delivery.event } ?? false
            let answer = isTold ? .response(.json(200, [:])) : state.answers.removeFirst()
            return (answer, woken)
        }
        for (_, wake) in woken { wake.resume() }
        return answer
    }

    /// A server holds its service; this one would never let go of it.
    private struct Unowned: HTTPService {
        private weak let receiver: Receiver?

        init(_ receiver: Receiver) { self.receiver = receiver }

        func bodyLimit(for head: Request) -> Int { receiver?.bodyLimit(for: head) ?? 0 }
        func answer(_ request: Request) -> Answer { receiver?.answer(request) ?? .response(.error(503, "gone")) }
    }
}
