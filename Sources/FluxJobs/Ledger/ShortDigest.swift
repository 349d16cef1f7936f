/// The first half of a SHA-256, to tell requests apart that this process has seen: a run may ask for very many, and what
/// it keeps of each has to be small.
struct ShortDigest: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter digits: 64 hexadecimal digits.
    init(_ digits: String) {
        let digits = digits.utf8.prefix(32)
        func number(_ part: Substring.UTF8View) -> UInt64 {
            part.reduce(0) { $0 << 4 | UInt64($1 > UInt8(ascii: "9") ? $1 & 0xF + 9 : $1 & 0xF) }
        }
        high = number(digits.prefix(16))
        low = number(digits.dropFirst(16))
    }
}
