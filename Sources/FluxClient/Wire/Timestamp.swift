/// Times as the service and HTTP write them, read by hand: the formatters of Foundation cost more than the rest of an
/// answer.
package enum Timestamp {
    /// ISO 8601 with a time, such as `2026-03-15T10:00:32.000Z` or `2026-03-15T12:00:32+02:00`; without a zone it is UTC.
    /// Milliseconds since 1970; nil for anything else.
    package static func milliseconds(iso8601 text: String) -> Int64? {
        var scanner = Scanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let seconds = scanner.time(), let days = days(year: year, month: month, day: day)
        else { return nil }
        var milliseconds = (days * 86400 + seconds) * 1000
        if scanner.skip(".") || scanner.skip(",") {
            var weight: Int64 = 100
            guard let first = scanner.digit() else { return nil }
            milliseconds += first * weight
            while let digit = scanner.digit() {
                weight /= 10
                milliseconds += digit * weight
            }
        }
        if !scanner.skip("Z"), !scanner.skip("z"), !scanner.isAtEnd {
            let sign: Int64 = scanner.skip("-") ? -1 : scanner.skip("+") ? 1 : 0
            guard sign != 0, let hours = scanner.number(2) else { return nil }
            _ = scanner.skip(":")
            milliseconds -= sign * (hours * 3600 + (scanner.number(2) ?? 0) * 60) * 1000
        }
        return scanner.isAtEnd ? milliseconds : nil
    }

    /// An HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970; nil for anything else.
    static func seconds(httpDate text: String) -> Int64? {
        guard let comma = text.firstIndex(of: ",") else { return nil }
        var scanner = Scanner(String(text[text.index(after: comma)...]))
        while scanner.skip(" ") {}
        guard let day = scanner.number(2), scanner.skip(" "), let month = scanner.month(), scanner.skip(" "),
            let year = scanner.number(4), scanner.skip(" "), let seconds = scanner.time(), scanner.skip(" "),
            scanner.skip("G"), scanner.skip("M"), scanner.skip("T"), scanner.isAtEnd,
            let days = days(year: year, month: month, day: day)
        else { return nil }
        return days * 86400 + seconds
    }

    /// Days from 1970-01-01 in the Gregorian calendar; nil for no such day.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1, (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let before = year - 1
        let beforeYear = before * 365 + before / 4 - before / 100 + before / 400
        return beforeYear + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1 - 719_162
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = Substring(text).utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func digit() -> Int64? {
            guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
            rest.removeFirst()
            return Int64(byte - 0x30)
        }

        /// Exactly so many digits.
        mutating func number(_ count: Int) -> Int64? {
            var number: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                number = number * 10 + digit
            }
            return number
        }

        /// `HH:MM:SS` as seconds; a leap second is taken for the one before it.
        mutating func time() -> Int64? {
            guard let hours = number(2), skip(":"), let minutes = number(2), skip(":"), let seconds = number(2),
                hours < 24, minutes < 60, seconds <= 60
            else { return nil }
            return hours * 3600 + minutes * 60 + min(seconds, 59)
        }

        mutating func month() -> Int64? {
            let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            guard let index = names.firstIndex(where: { rest.starts(with: $0.utf8) }) else { return nil }
            rest.removeFirst(3)
            return Int64(index) + 1
        }
    }
}
