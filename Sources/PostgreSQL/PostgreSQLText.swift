/// What PostgreSQL writes otherwise than SQLite.
enum PostgreSQLText {
    /// `?` and `?2` become `$1` and `$2`; what stands in quotes stays.
    static func numberingPlaceholders(of sql: String) -> String {
        var result = ""
        result.reserveCapacity(sql.utf8.count + 16)
        var count = 0
        var quote: Character?
        var rest = sql[...]
        while let character = rest.popFirst() {
            if let open = quote {
                if character == open { quote = nil }
                result.append(character)
            } else if character == "'" || character == "\"" {
                quote = character
                result.append(character)
            } else if character == "?" {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                rest = rest.dropFirst(digits.count)
                if digits.isEmpty { count += 1 }
                result += "$" + (digits.isEmpty ? String(count) : String(digits))
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// - Parameter text: `\x` and two digits a byte.
    static func bytes(ofHex text: UnsafeRawBufferPointer) -> [UInt8] {
        guard text.count >= 2 else { return [] }
        func digit(_ byte: UInt8) -> UInt8 { byte < 0x3A ? byte - 0x30 : (byte | 0x20) - 0x61 + 10 }
        return stride(from: 2, to: text.count - 1, by: 2).map { digit(text[$0]) << 4 | digit(text[$0 + 1]) }
    }
}
