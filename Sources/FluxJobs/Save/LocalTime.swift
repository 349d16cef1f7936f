#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A moment as the wall clock of this machine's time zone shows it, written so that it can stand in a file name.
package struct LocalTime: Sendable, Hashable {
    /// Such as `2026-03-15`.
    var date: String
    /// Such as `10-00-32`.
    var time: String

    /// - Parameter seconds: since 1970.
    init(seconds: Int64) {
        var moment = time_t(seconds)
        var parts = tm()
        localtime_r(&moment, &parts)
        date = [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday].map(Self.twoDigits).joined(separator: "-")
        time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Self.twoDigits).joined(separator: "-")
    }

    /// The beginning of the day that a moment belongs to; both in milliseconds since 1970.
    package static func midnight(before milliseconds: Int64) -> Int64 {
        var moment = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&moment, &parts)
        (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
        return Int64(mktime(&parts)) * 1000
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
