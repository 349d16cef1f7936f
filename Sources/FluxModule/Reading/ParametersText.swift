import FluxClient
import FluxImaging

/// The text that AUTOMATIC1111's web UI, and many after it, write into pictures: the prompt, a line that begins with
/// `Negative prompt:`, and one of `Name: value` pairs, in which a value with commas, colons or line breaks is quoted as JSON.
struct ParametersText {
    /// What stands above the pairs.
    var head: String
    /// In their order.
    var pairs: [(name: String, value: String)]
    /// What stands below them.
    var tail: String

    /// A longer text is something else, in bytes.
    private static let limit = 1 << 20

    /// Nil for a text without such a line.
    init?(_ text: String) {
        guard text.utf8.count <= Self.limit else { return nil }
        let lines = Self.lines(text)
        // A prompt may itself hold such a line, so it is the last that counts.
        for (index, line) in lines.enumerated().reversed() {
            let pairs = Self.pairs(line)
            guard Self.isLine(of: pairs) else { continue }
            head = lines[..<index].joined(separator: "\n")
            self.pairs = pairs
            tail = lines[(index + 1)...].joined(separator: "\n")
            return
        }
        return nil
    }

    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// Prompt and negative prompt. Where several lines begin so, the last is taken for the program's own.
    var prompts: (prompt: String, negative: String?) {
        // The file may have gone through a system that ends lines with two characters.
        let lines = Self.lines(head).map { $0.utf8.last == UInt8(ascii: "\r") ? String($0.dropLast()) : $0 }
        guard let index = lines.lastIndex(where: { Self.negative($0) != nil }) else {
            return (Self.trimmed(lines.joined(separator: "\n")), nil)
        }
        let negative = [Self.negative(lines[index]) ?? ""] + lines[(index + 1)...]
        return (
            Self.trimmed(lines[..<index].joined(separator: "\n")), Self.trimmed(negative.joined(separator: "\n"))
        )
    }

    /// Of a picture of ours whose XMP packet is lost.
    var own: ImageMetadata? {
        guard let last = pairs.last, last == ("Version", "fluxlua"), let model = self["Model"] else { return nil }
        return ImageMetadata(
            prompt: head, model: model, seed: self["Seed"].flatMap { Int64($0) }, parameters: self["Flux parameters"],
            call: self["Flux call"], parametersKey: self["Flux parameters key"])
    }

    /// By line feeds alone: what else Unicode takes for the end of a line may stand in a prompt.
    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    private static func negative(_ line: String) -> String? {
        let mark = "Negative prompt:"
        let line = line.drop { $0 == " " }
        return line.hasPrefix(mark) ? String(line.dropFirst(mark.count).drop { $0 == " " }) : nil
    }

    /// Prose with a colon or two is no such line.
    private static func isLine(of pairs: [(name: String, value: String)]) -> Bool {
        let names = Set(pairs.map(\.name))
        if names.contains("Version"), names.contains("Model") { return true }
        return pairs.count >= 3 && !names.isDisjoint(with: ["Steps", "Seed", "Size", "Sampler", "Model"])
    }

    // MARK: Pairs

    private static func pairs(_ line: String) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        var rest = Array(line.utf8)[...]
        let colon = UInt8(ascii: ":")
        let comma = UInt8(ascii: ",")
        var work = 4 * rest.count
        while !rest.isEmpty {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == comma }
            guard let end = rest.firstIndex(where: { $0 == colon || $0 == comma }) else { break }
            guard rest[end] == colon else {
                // What begins with anything else is a prompt.
                if pairs.isEmpty { return [] }
                rest = rest[end...]
                continue
            }
            let name = trimmed(rest[..<end])
            rest = rest[rest.index(after: end)...].drop { $0 == UInt8(ascii: " ") }
            var value = rest.prefix { $0 != comma }
            var decoded: String?
            // Quoted values, and lists and objects that some programs leave unquoted, have commas of their own.
            if let length = JSONScanner.length(of: rest, work: &work) {
                let json = rest.prefix(length)
                let behind = rest.dropFirst(length).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
                if behind.isEmpty || behind.first == comma {
                    value = json
                    decoded = (try? JSONValue(parsing: Array(json)))?.stringValue
                }
            }
            rest = rest[value.endIndex...]
            if !name.isEmpty { pairs.append((name, decoded ?? trimmed(value))) }
        }
        return pairs
    }

    private static func trimmed(_ text: String) -> String { trimmed(Array(text.utf8)[...]) }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: text[first...last], as: UTF8.self)
    }
}

/// How far a JSON string, list or object reaches, without reading what is in it.
enum JSONScanner {
    /// - Parameter work: how many bytes may still be looked at, so that no text with many beginnings takes long.
    /// - Returns: bytes; nil where none begins, or it does not end.
    static func length(of text: ArraySlice<UInt8>, work: inout Int) -> Int? {
        guard let first = text.first, first == UInt8(ascii: "\"") || isOpening(first) else {
            return nil
        }
        var depth = 0
        var isInString = false
        var isEscaped = false
        var length = 0
        for byte in text {
            length += 1
            work -= 1
            if work < 0 { return nil }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isInString
            } else if byte == UInt8(ascii: "\"") {
                isInString.toggle()
            } else if !isInString {
                if isOpening(byte) { depth += 1 }
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            }
            if depth <= 0, !isInString { return length }
        }
        return nil
    }

    private static func isOpening(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") }
}
