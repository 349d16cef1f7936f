/// The text that A1111's web UI and its kin put into pictures: the prompt, `Negative prompt: …`, and a last line of
/// `Name: value` pairs, in which values with commas, colons, quotes or line breaks are quoted as JSON.
public struct GenerationText: Sendable, Hashable {
    public private(set) var prompt: String
    public private(set) var negativePrompt: String?
    /// The pairs of the last line, in its order, unquoted.
    public private(set) var pairs: [Pair] = []

    public struct Pair: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    private static let negativeMark = "Negative prompt:"

    public init(_ text: String) {
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)[...]
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        // A prompt may hold a colon or two; three pairs in the last line are none of it.
        if let last = lines.last {
            let pairs = Self.pairs(in: last)
            let names = Set(pairs.map(\.name))
            if pairs.count >= 3 || !names.isDisjoint(with: ["Steps", "Seed"]) {
                self.pairs = pairs
                lines.removeLast()
            }
        }
        let negative = lines.lastIndex { $0.hasPrefix(Self.negativeMark) }
        if let negative {
            let rest = lines[negative...].joined(separator: "\n").dropFirst(Self.negativeMark.count)
            negativePrompt = Self.trimmed(rest)
            lines = lines[..<negative]
        }
        prompt = Self.trimmed(lines.joined(separator: "\n"))
    }

    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func pairs(in line: Substring) -> [Pair] {
        var pairs: [Pair] = []
        var rest = line
        while let colon = rest.firstIndex(of: ":") {
            let name = trimmed(rest[..<colon])
            guard let first = name.first, first.isLetter || first.isNumber, name.count <= 60, !name.contains(",") else {
                return []
            }
            rest = rest[rest.index(after: colon)...].drop { $0 == " " }
            let value: String
            if rest.first == "\"", let (text, end) = quoted(rest) {
                value = text
                rest = rest[end...]
            } else {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                value = trimmed(rest[..<end])
                rest = rest[end...]
            }
            pairs.append(Pair(name: name, value: value))
            rest = rest.drop { $0 == " " }
            guard rest.first == "," else { break }
            rest.removeFirst()
        }
        return trimmed(rest).isEmpty ? pairs : []
    }

    /// A JSON string at the beginning of a text, and where it ends; nil where it is not closed.
    private static func quoted(_ text: Substring) -> (String, Substring.Index)? {
        var value = ""
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            let character = text[index]
            index = text.index(after: index)
            if character == "\"" { return (value, index) }
            guard character == "\\", index < text.endIndex else {
                value.append(character)
                continue
            }
            let escaped = text[index]
            index = text.index(after: index)
            switch escaped {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "r": value.append("\r")
            case "u":
                let digits = text[index...].prefix(4)
                guard digits.count == 4, let code = UInt32(digits, radix: 16) else { return nil }
                value.unicodeScalars.append(Unicode.Scalar(code) ?? "\u{FFFD}")
                index = text.index(index, offsetBy: 4)
            default: value.append(escaped)
            }
        }
        return nil
    }
}
