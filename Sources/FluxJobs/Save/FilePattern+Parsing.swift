import FluxClient

extension FilePattern {
    static func names(in pattern: String) throws(FluxError) -> [[Piece]] {
        var names: [[Piece]] = [[]]
        var text = String.UnicodeScalarView()
        var rest = pattern.unicodeScalars[...]

        func endText() {
            guard !text.isEmpty else { return }
            names[names.count - 1].append(.text(String(text)))
            text = String.UnicodeScalarView()
        }

        while let scalar = rest.popFirst() {
            switch scalar {
            case "/":
                endText()
                names.append([])
            case "\0":
                throw FluxError(.invalid, "the file pattern contains a zero byte")
            case "{" where rest.first == "{", "}" where rest.first == "}":
                rest.removeFirst()
                text.append(scalar)
            case "{":
                guard let end = rest.firstIndex(where: { $0 == "}" }) else {
                    throw FluxError(
                        .invalid, "'{' without '}' in the file pattern \"\(pattern)\"", hint: "write {{ for a brace")
                }
                endText()
                names[names.count - 1].append(try placeholder(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            case "}":
                throw FluxError(
                    .invalid, "'}' without '{' in the file pattern \"\(pattern)\"", hint: "write }} for a brace")
            default:
                text.append(scalar)
            }
        }
        endText()
        return names
    }

    private static func placeholder(_ inside: String) throws(FluxError) -> Piece {
        let parts = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard !name.isEmpty else { throw FluxError(.invalid, "'{\(inside)}' in the file pattern names no placeholder") }
        guard parts.count == 2 else { return .value(name, nil) }
        let digits = parts[1]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let width = Int(digits), (1...255).contains(width)
        else {
            throw FluxError(
                .invalid, "'{\(inside)}' in the file pattern: the width must be 1 to 255",
                hint: "{\(name):40} cuts to 40 characters, {\(name):04} fills up to 4 with zeros")
        }
        return .value(name, digits.utf8.first == UInt8(ascii: "0") ? .fill(width) : .cut(width))
    }
}
