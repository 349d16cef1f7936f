/// Any clock, with its moments told as time since the engine began.
struct EngineClock: Sendable {
    private let read: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void

    init(_ clock: any Clock<Duration>) {
        self = Self.begun(clock)
    }

    private init(read: @escaping @Sendable () -> Duration, wait: @escaping @Sendable (Duration) async throws -> Void) {
        self.read = read
        self.wait = wait
    }

    private static func begun<C: Clock<Duration>>(_ clock: C) -> EngineClock {
        let start = clock.now
        return EngineClock(
            read: { start.duration(to: clock.now) },
            wait: { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) })
    }

    var now: Duration { read() }

    /// - Throws: when the task is cancelled.
    func sleep(until moment: Duration) async throws {
        try await wait(moment)
    }
}
