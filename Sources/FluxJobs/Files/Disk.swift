import Dispatch
import FluxClient
import Synchronization

/// Where work that blocks on the disk is done, so that it holds up none of the few threads that tasks share.
enum Disk {
    private static let queue = DispatchQueue(label: "fluxlua.disk", attributes: .concurrent)
    private static let laterQueue = DispatchQueue(label: "fluxlua.disk.later", qos: .utility)
    private static let postponed = Mutex<[@Sendable () -> Void]>([])

    /// Does something, one after the other, once the rush is over, for which a second usually is enough. What is left when
    /// the process ends is not done.
    static func later(_ body: @escaping @Sendable () -> Void) {
        let isFirst = postponed.withLock { postponed in
            postponed.append(body)
            return postponed.count == 1
        }
        guard isFirst else { return }
        laterQueue.asyncAfter(deadline: .now() + .seconds(1)) {
            let bodies = postponed.withLock { postponed in
                defer { postponed = [] }
                return postponed
            }
            for body in bodies { body() }
        }
    }

    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }

    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FluxError) -> Value
    ) async throws(FluxError) -> Value {
        let result: Result<Value, FluxError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try result.get()
    }

    /// Does something for each number from 0 on, several at a time, and waits for all of it. Blocks the thread.
    /// - Throws: the error of the lowest number; when there is one, what had not begun is left undone.
    static func each<Value: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws(FluxError) -> Value
    ) throws(FluxError) -> [Value] {
        let results = Mutex([Result<Value, FluxError>?](repeating: nil, count: count))
        let hasFailed = Atomic(false)
        DispatchQueue.concurrentPerform(iterations: count) { number in
            guard !hasFailed.load(ordering: .relaxed) else { return }
            let result = Result { () throws(FluxError) in try body(number) }
            if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
            results.withLock { $0[number] = result }
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        for case let result? in results.withLock({ $0 }) { values.append(try result.get()) }
        return values
    }
}
