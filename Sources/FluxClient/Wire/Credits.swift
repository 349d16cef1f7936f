/// What the service tells of costs.
enum Credits {
    /// The number itself, or nil where nothing can cost that: such a number is as good as none, and sums stay numbers.
    static func plausible(_ credits: Int) -> Int? { (0...1_000_000_000).contains(credits) ? credits : nil }
}
