/// Finds what was probably meant by a name that does not exist.
public enum Suggestion {
    /// The candidate nearest to `name`, or nil when none is near: at most one edit in three letters (insertion,
    /// deletion, replacement, two neighbours swapped). Case, `_` and `-` do not count, so `outputFormat` finds
    /// `output_format`.
    public static func closest(to name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = folded(name)
        let limit = max(1, wanted.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(wanted, folded(candidate))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// ` (did you mean 'resolution'?)`, or nothing: to be put behind a message.
    public static func question(for name: String, in candidates: some Sequence<String>) -> String {
        closest(to: name, in: candidates).map { " (did you mean '\($0)'?)" } ?? ""
    }

    /// Long names are cut: a name of a thousand letters is no typing mistake.
    private static func folded(_ name: String) -> [UInt8] {
        Array(name.lowercased().utf8.lazy.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }.prefix(64))
    }

    /// Edit distance with swaps of neighbours ("optimal string alignment").
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
