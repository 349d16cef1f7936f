import FluxJobs
import FluxModule

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Sizes of files as people write them: `5GB`, `1.5 MB`, powers of ten.
enum ByteSize {
    private static let units: [(name: String, bytes: Double)] = [
        ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1),
    ]

    static func text(_ bytes: Int64) -> String {
        for (name, size) in units where size > 1 && Double(bytes) >= size {
            let amount = Double(bytes) / size
            let tenths = Int64((amount * 10).rounded())
            if amount < 10, tenths % 10 != 0 { return "\(tenths / 10).\(tenths % 10) \(name)" }
            return "\((tenths + 5) / 10) \(name)"
        }
        return "\(bytes) B"
    }

    /// Nil for what is no size.
    static func bytes(_ text: String) -> Int64? {
        let text = text.lowercased().filter { $0 != " " }
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = String(text.dropFirst(number.count))
        let unit = units.first { unit in
            let letter = unit.name.lowercased().prefix(1)
            return name == unit.name.lowercased() || (name == letter && letter != "b")
        }
        guard let amount = Double(number), let size = name.isEmpty ? 1 : unit?.bytes ?? (name == "b" ? 1 : nil),
            amount * size < 9e18
        else { return nil }
        return Int64((amount * size).rounded())
    }
}

/// Moments as people write them, in the time zone of this machine.
struct TimestampFormat {
    /// Milliseconds since 1970.
    var now: Int64

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Short: `14:03` of today, `Nov 20 14:03` of this year, `2025-11-20` of another.
    func short(_ milliseconds: Int64) -> String {
        let (then, today) = (Self.local(milliseconds), Self.local(now))
        let clock = "\(Self.twoDigits(then.tm_hour)):\(Self.twoDigits(then.tm_min))"
        if then.tm_year != today.tm_year { return Self.date(then) }
        if then.tm_yday == today.tm_yday { return clock }
        return "\(Self.months[Int(then.tm_mon) % 12]) \(then.tm_mday < 10 ? " " : "")\(then.tm_mday) \(clock)"
    }

    /// `2026-11-20 14:03:09`
    static func long(_ milliseconds: Int64) -> String {
        let then = local(milliseconds)
        return "\(date(then)) \(twoDigits(then.tm_hour)):\(twoDigits(then.tm_min)):\(twoDigits(then.tm_sec))"
    }

    /// ISO 8601 in UTC, for other programs: `2026-11-20T14:03:09.120Z`.
    static func iso(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        return "\(date(parts))T\(twoDigits(parts.tm_hour)):\(twoDigits(parts.tm_min)):\(twoDigits(parts.tm_sec))"
            + ".\(fraction)Z"
    }

    /// `today`, `yesterday`, an age such as `2h`, or a day, with a time behind it if wanted. Nil for anything else.
    func since(_ text: String) -> Int64? { PointInTime.seconds(text, now: now / 1000).map { $0 * 1000 } }

    private static func local(_ milliseconds: Int64) -> tm {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts
    }

    private static func date(_ parts: tm) -> String {
        "\(parts.tm_year + 1900)-\(twoDigits(parts.tm_mon + 1))-\(twoDigits(parts.tm_mday))"
    }

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
}
