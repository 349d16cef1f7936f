import CEdit

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How many cells of a terminal a text takes: two for a wide character or an emoji, none for a mark above another. The
/// C library has the table.
struct TextWidth {
    /// The program's own locale stays as it is: Lua's `%a` follows it. Made once, never changed and never freed, so that
    /// threads may share it.
    private nonisolated(unsafe) static let locale =
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil)

    func of(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + of($1) } }

    func of(_ character: Character) -> Int {
        // The usual case, without asking.
        if let byte = character.asciiValue { return byte < 0x20 || byte == 0x7F ? 0 : 1 }
        let previous = Self.locale.flatMap { uselocale($0) }
        defer { if let previous { uselocale(previous) } }
        var width = 0
        for scalar in character.unicodeScalars {
            // Asks for the coloured form of the sign before it, which is wide.
            if scalar == "\u{FE0F}" { return 2 }
            width += max(0, Int(wcwidth(wchar_t(scalar.value))))
        }
        return min(width, 2)
    }

    /// The text cut to so many cells, with `…` where something is left out.
    func cut(_ text: String, to limit: Int) -> String {
        guard of(text) > limit else { return text }
        guard limit > 0 else { return "" }
        var kept = ""
        var width = 0
        for character in text {
            let next = of(character)
            if width + next > limit - 1 { break }
            kept.append(character)
            width += next
        }
        return kept + "…"
    }
}

extension String {
    /// On one line, and without anything that would steer a terminal: control characters become spaces.
    var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator, .surrogate: " "
                    // These turn the order of what follows around.
                    case .format where scalar != "\u{200D}": "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
