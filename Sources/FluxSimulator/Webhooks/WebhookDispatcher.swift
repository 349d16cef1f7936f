import FluxClient
import HTTPServer
import Synchronization

/// Sends webhooks (contract §8): the events of one job one after the other, as they happened; those of different jobs
/// beside each other, a few at a time. What the other side does not take is sent again, later and later, until it is given
/// up.
final class WebhookDispatcher: Sendable {
    struct Delivery: Sendable {
        /// The job's number.
        let job: Int
        let event: Webhook.Event
        let url: String
        let secret: [UInt8]
        let body: [UInt8]
        var troubles: Set<Fault.WebhookFault> = []
    }

    /// Told once of each delivery, never within `take`: whether it was taken by the other side, so far as is known here.
    struct Report: Sendable {
        let body: @Sendable (_ isDelivered: Bool) -> Void
    }

    fileprivate struct Item: Sendable {
        let delivery: Delivery
        let report: Report
        var attempts = 0
    }

    /// The deliveries of one job.
    fileprivate struct DeliveryQueue {
        var items: ArraySlice<Item> = []
        /// One that the next is to overtake.
        var held: Item?
    }

    fileprivate struct State {
        var lines: [Int: DeliveryQueue] = [:]
        /// Jobs whose first delivery may be sent now.
        var ready: ArraySlice<Int> = []
        var sending = 0
        var count = 0
        var random: RandomSource
        var isClosed = false
    }

    /// Waits before the second attempt and those after it, give or take a fifth.
    static let delays: [Duration] = [.seconds(1), .seconds(4), .seconds(16), .seconds(64)]
    /// How many may wait to be sent; further ones are given up at once.
    static let limit = 10_000
    static let simultaneous = 16

    private let transport: (any HTTPTransport)?
    private let time: ServiceClock
    private let state: Mutex<State>
    private let tasks = BackgroundTasks()

    init(transport: (any HTTPTransport)?, time: ServiceClock, seed: UInt64) {
        self.transport = transport
        self.time = time
        state = Mutex(State(random: RandomSource(seed: seed &+ 1)))
    }

    func take(_ delivery: Delivery, _ report: @escaping @Sendable (Bool) -> Void) {
        let item = Item(delivery: delivery, report: Report(body: report))
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.count < Self.limit, transport != nil else { return false }
            state.count += 1
            let isIdle = state.lines[delivery.job]?.items.isEmpty ?? true
            var line = state.lines[delivery.job] ?? DeliveryQueue()
            if delivery.troubles.contains(.reorder), delivery.event == .progress, line.held == nil {
                line.held = item
            } else {
                line.items.append(item)
                if let held = line.held { line.items.append(held) }
                line.held = nil
                if isIdle { state.ready.append(delivery.job) }
            }
            state.lines[delivery.job] = line
            return true
        }
        if isTaken { proceed() } else { tasks.add { item.report.body(false) } }
    }

    /// What has not been sent by now never is.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.lines = [:]
            state.ready = []
        }
        tasks.close()
    }

    /// Begins as many attempts as may go on at once.
    private func proceed() {
        while let item = state.withLock({ $0.next() }) {
            tasks.add { [weak self] in await self?.attempt(item) }
        }
    }

    private func attempt(_ item: Item) async {
        let isDelivered = await send(item.delivery)
        guard !Task.isCancelled else { return }
        let pause = state.withLock { state -> Duration? in
            state.sending -= 1
            return isDelivered ? nil : state.pause(after: item)
        }
        if let pause {
            let again = time.elapsed() + pause
            tasks.add { [weak self] in
                guard let self, (try? await time.sleep(until: again)) != nil else { return }
                state.withLock { $0.ready.append(item.delivery.job) }
                proceed()
            }
        } else {
            state.withLock { $0.finish(item.delivery.job) }
            item.report.body(isDelivered)
        }
        proceed()
    }

    private func send(_ delivery: Delivery) async -> Bool {
        guard let transport, !delivery.troubles.contains(.lost) else { return true }
        let request = HTTPRequest(
            .post, delivery.url,
            headers: [
                ("Content-Type", "application/json; charset=utf-8"), ("User-Agent", "fluxlua-simulator"),
                ("X-Webhook-Event", delivery.event.rawValue),
                (WebhookSignature.header, WebhookSignature.sign(delivery.body, secret: delivery.secret)),
            ], body: .bytes(delivery.body),
            timeouts: HTTPTimeouts(connect: .seconds(5), silence: .seconds(10), overall: .seconds(10)),
            maximumBytes: 64 << 10)
        for _ in 0..<(delivery.troubles.contains(.duplicate) ? 2 : 1) {
            guard let answer = try? await transport.send(request), answer.isSuccess else { return false }
        }
        return true
    }
}

extension WebhookDispatcher.State {
    fileprivate mutating func next() -> WebhookDispatcher.Item? {
        guard !isClosed, sending < WebhookDispatcher.simultaneous, let job = ready.popFirst() else { return nil }
        sending += 1
        lines[job]?.items.modifyFirst { $0.attempts += 1 }
        return lines[job]?.items.first
    }

    /// How long to wait before it is sent again; nil: it is given up.
    fileprivate mutating func pause(after item: WebhookDispatcher.Item) -> Duration? {
        guard item.attempts <= WebhookDispatcher.delays.count else { return nil }
        return WebhookDispatcher.delays[item.attempts - 1] * Double.random(in: 0.8...1.2, using: &random)
    }

    /// The first delivery of a job is over.
    fileprivate mutating func finish(_ job: Int) {
        guard var line = lines[job], line.items.popFirst() != nil else { return }
        count -= 1
        if !line.items.isEmpty { ready.append(job) }
        lines[job] = line.items.isEmpty && line.held == nil ? nil : line
    }
}

extension ArraySlice {
    fileprivate mutating func modifyFirst(_ change: (inout Element) -> Void) {
        guard !isEmpty else { return }
        change(&self[startIndex])
    }
}
