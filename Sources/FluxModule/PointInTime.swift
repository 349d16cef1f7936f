import FluxJobs
import LuaRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Moments as a script writes them: seconds since 1970, a day (`"2026-03-15"`, local time, also with `10:30` behind it;
/// `"today"`, `"yesterday"`), or an age (`"90s"`, `"30m"`, `"12h"`, `"7d"`, `"2w"`).
package enum PointInTime {
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - what: what the message begins with.
    /// - Returns: seconds since 1970.
    static func seconds(_ value: LuaValue, now: Int64, _ what: String) throws(LuaError) -> Int64 {
        if let number = value.number, (0...1e11).contains(number) { return Int64(number) }
        if let text = value.string, let seconds = seconds(text, now: now) { return seconds }
        throw LuaError(
            kind: "invalid",
            "\(what) must be seconds since 1970, a day such as \"2026-03-15\" or an age such as \"7d\" or \"12h\" (got \(value.shown))"
        )
    }

    /// A day or an age; nil for any other text. Times are seconds since 1970.
    package static func seconds(_ text: String, now: Int64) -> Int64? {
        switch text {
        case "today": LocalTime.midnight(before: now * 1000) / 1000
        case "yesterday": LocalTime.midnight(before: LocalTime.midnight(before: now * 1000) - 1) / 1000
        default: age(text).map { now - $0 } ?? day(text)
        }
    }

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]

    private static func age(_ text: String) -> Int64? {
        guard let last = text.last, let unit = units[last], let count = number(text.dropLast()), count <= 1_000_000
        else {
            return nil
        }
        return Int64(count) * unit
    }

    private static func day(_ text: String) -> Int64? {
        let halves = text.split(separator: text.contains("T") ? "T" : " ", omittingEmptySubsequences: false)
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map(number)
        let time =
            halves.count == 2 ? halves[1].split(separator: ":", omittingEmptySubsequences: false).map(number) : [0, 0]
        guard halves.count <= 2, date.count == 3, let year = date[0], let month = date[1], let day = date[2],
            time.count == 2, let hour = time[0], let minute = time[1], (1970...9999).contains(year), hour < 24,
            minute < 60
        else { return nil }
        var parts = tm()
        parts.tm_year = Int32(year) - 1900
        parts.tm_mon = Int32(month) - 1
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_isdst = -1
        let moment = mktime(&parts)
        // The 30th of February would quietly be a day in March.
        guard moment >= 0, parts.tm_mon == Int32(month) - 1, parts.tm_mday == Int32(day) else { return nil }
        return Int64(moment)
    }

    /// Digits only, and not many.
    private static func number(_ text: Substring) -> Int? {
        guard (1...7).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}
