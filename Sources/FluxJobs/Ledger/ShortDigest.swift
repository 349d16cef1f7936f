/// The first 64 bits of a SHA-256, to tell requests apart that this process has seen: a run may ask for very many, and
/// what it keeps of each has to be small. Two that agree by chance, once in 10⁷ runs of a million requests, do no harm: the
/// second counts as a repetition of the first, which is a request of its own.
struct ShortDigest: Hashable, Sendable {
    private let bits: UInt64

    /// - Parameter digits: 64 hexadecimal digits.
    init(_ digits: String) {
        bits = digits.utf8.prefix(16).reduce(0) { bits, digit in
            bits << 4 | UInt64(digit > UInt8(ascii: "9") ? digit & 0xF + 9 : digit & 0xF)
        }
    }
}
