/// Text inside XML: what it may contain and how it is written.
enum XMLText {
    /// Without the characters that XML 1.0 cannot carry in any spelling.
    static func clean(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isAllowed($0) }) else { return text }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.filter(isAllowed))
        return String(result)
    }

    /// For element content and attribute values alike.
    static func escape(_ text: String) -> String {
        // Most texts have nothing to escape.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && !marks.contains($0) }) { return text }
        var result = ""
        for scalar in text.unicodeScalars where isAllowed(scalar) {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\r": result += "&#13;"  // a parser would turn it into a line feed
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let marks = Array("&<>\"'".utf8)

    /// Replaces the entities of XML itself and numbered characters; anything else stays as written.
    static func unescape(_ bytes: some Collection<UInt8>) -> String {
        var result = ""
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let start = rest.firstIndex(of: "&") {
            result.unicodeScalars.append(contentsOf: rest[..<start])
            rest = rest[start...]
            // The longest that is understood is "&#x10FFFF;".
            if let end = rest.prefix(10).firstIndex(of: ";"),
                let scalar = character(String(rest[rest.index(after: start)..<end]))
            {
                result.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                result.unicodeScalars.append("&")
                rest = rest.dropFirst()
            }
        }
        result.unicodeScalars.append(contentsOf: rest)
        return result
    }

    private static func character(_ entity: String) -> Unicode.Scalar? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let number: UInt32? =
            if entity.hasPrefix("#x") {
                UInt32(entity.dropFirst(2), radix: 16)
            } else if entity.hasPrefix("#") {
                UInt32(entity.dropFirst())
            } else {
                nil
            }
        return number.flatMap(Unicode.Scalar.init)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD: true
        // The noncharacters at the end of each plane are legal XML, but parsers warn about them.
        case 0x10000...0x10FFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }
}
