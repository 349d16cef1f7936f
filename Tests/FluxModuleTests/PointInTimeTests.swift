import Foundation
import LuaRuntime
import Testing

@testable import FluxModule

/// `since` of `flux.jobs`.
@Suite struct PointInTimeTests {
    private static let now: Int64 = 1_773_568_800

    @Test(
        arguments: [
            (1_700_000_000, 1_700_000_000), (.number(1.5), 1), (0, 0), ("90s", now - 90), ("30m", now - 1800),
            ("12h", now - 43200), ("7d", now - 604_800), ("2w", now - 1_209_600),
        ] as [(LuaValue, Int64)])
    func numbersAndAgesAreRead(_ value: LuaValue, _ seconds: Int64) throws {
        #expect(try PointInTime.seconds(value, now: Self.now, "'since'") == seconds)
    }

    @Test(arguments: [("2026-03-15", 0), ("2026-03-15 10:30", 37800), ("2026-03-15T10:30", 37800)])
    func daysBeginAtMidnightHere(_ text: String, _ offset: Int64) throws {
        var parts = DateComponents()
        parts.year = 2026
        parts.month = 3
        parts.day = 15
        let midnight = try #require(Calendar.current.date(from: parts))
        let seconds = try PointInTime.seconds(.string(text), now: Self.now, "'since'")
        #expect(seconds == Int64(midnight.timeIntervalSince1970) + offset)
    }

    @Test(
        arguments: [
            "", "d", "-7d", "7", "7x", "1.5h", "2026-13-01", "2026-02-30", "2026-3-15-1", "2026-03-15 25:00",
            "2026-03-15 10:60", "2026-03-15 10", "99999999d", true, .nil, -1, .number(.nan), .number(.infinity),
        ] as [LuaValue])
    func whatIsNoMomentIsRefused(_ value: LuaValue) {
        #expect(throws: LuaError.self) { try PointInTime.seconds(value, now: Self.now, "'since'") }
    }
}
