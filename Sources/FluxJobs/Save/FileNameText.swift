/// Makes text from anywhere fit to stand inside one file name, on every system that a folder may be copied to.
enum FileNameText {
    /// Takes out what could leave the folder, end the name early or hide what it says: slashes of both kinds, control
    /// and direction marks, and the characters that Windows reserves become `_`; white space becomes one plain space.
    static func clean(_ text: some StringProtocol) -> String {
        var cleaned = String.UnicodeScalarView()
        var afterSpace = true
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                if !afterSpace { cleaned.append(" ") }
                afterSpace = true
            } else {
                cleaned.append(isUnfit(scalar) ? "_" : scalar)
                afterSpace = false
            }
        }
        if afterSpace, !cleaned.isEmpty { cleaned.removeLast() }
        return String(cleaned)
    }

    /// The longest start of `text` that takes at most `byteCount` bytes and cuts no character.
    static func start(of text: some StringProtocol, byteCount: Int) -> String {
        var start = ""
        var left = byteCount
        for character in text {
            left -= character.utf8.count
            if left < 0 { break }
            start.append(character)
        }
        return start
    }

    /// A file name before and after the dot of its extension, which goes with the second part. An extension is up to
    /// eight plain letters and digits, at least one of them a letter: the dot in `flux-1.1-pro` divides nothing.
    /// By bytes, like all that follows: a mark after a dot or a slash joins it into another `Character`.
    static func divided(_ name: String) -> (stem: Substring, suffix: Substring) {
        let undivided = (stem: name[...], suffix: Substring())
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return undivided }
        let word = name[dot...].unicodeScalars.dropFirst()
        guard (1...8).contains(word.count), word.contains(where: \.properties.isAlphabetic),
            word.allSatisfy({ $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) })
        else { return undivided }
        return (name[..<dot], name[dot...])
    }

    /// What stands before a path's last slash; `/` itself for a name in the root, empty for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path with `-2` or another number before its extension, its name cut so that it still is a file name.
    static func numbered(_ path: String, _ number: Int) -> String {
        let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) } ?? path.startIndex
        let (stem, suffix) = divided(String(path[start...]))
        let ending = "-\(number)\(suffix)"
        return path[..<start] + FileNameText.start(of: stem, byteCount: max(1, 255 - ending.utf8.count)) + ending
    }

    /// Whether Windows keeps the name for a device, whatever follows its first dot.
    static func isDevice(_ name: String) -> Bool {
        var stem = name.utf8.prefix { $0 != UInt8(ascii: ".") }
        while stem.last == UInt8(ascii: " ") { stem.removeLast() }
        let word = Substring(stem).uppercased()
        if ["CON", "PRN", "AUX", "NUL"].contains(word) { return true }
        return word.utf8.count == 4 && (word.hasPrefix("COM") || word.hasPrefix("LPT")) && word.last?.isNumber == true
    }

    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", ":", "*", "?", "\"", "<", ">", "|":
            true
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}", "\u{FEFF}":
            // They let a name read other than it is.
            true
        default:
            scalar.properties.generalCategory == .control || scalar.properties.isNoncharacterCodePoint
        }
    }
}
