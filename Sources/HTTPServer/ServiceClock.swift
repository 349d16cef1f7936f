#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A service's one source of time. Everything inside it happens at a `Duration` since its beginning, told by the
/// injected clock; dates are made from that alone, so a clock that is moved by hand moves them too.
package struct ServiceClock: Sendable {
    /// Since the service's beginning.
    package let elapsed: @Sendable () -> Duration
    private let pause: @Sendable (Duration) async throws -> Void
    private let beginning: Date

    package init(clock: any Clock<Duration>, beginning: Date) {
        self.init(opened: clock, beginning: beginning)
    }

    private init<C: Clock>(opened clock: C, beginning: Date) where C.Duration == Duration {
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        pause = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
        self.beginning = beginning
    }

    /// Returns when that moment has come; throws when cancelled before.
    package func sleep(until moment: Duration) async throws {
        try await pause(moment)
    }

    /// As in the header `Date`.
    package func httpDate(_ moment: Duration) -> String {
        beginning.addingTimeInterval(moment / .seconds(1)).httpDate
    }

    /// Nanoseconds since 1970, for what outlives the service.
    package func nanoseconds(_ moment: Duration) -> Int64 {
        start + Int64(moment / .nanoseconds(1))
    }

    package func moment(nanoseconds: Int64) -> Duration { .nanoseconds(nanoseconds - start) }

    /// The beginning in nanoseconds since 1970, of whole milliseconds, as timestamps are.
    private var start: Int64 { Int64((beginning.timeIntervalSince1970 * 1000).rounded(.down)) * 1_000_000 }

    /// ISO 8601 in UTC with milliseconds (contract §4).
    package func timestamp(_ moment: Duration) -> String {
        let milliseconds = moment / .milliseconds(1)
        let date = beginning.addingTimeInterval(milliseconds.rounded(.down) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
