extension JSONValue {
    /// Why bytes are no JSON, and where.
    public struct ParsingError: Error, Sendable, Hashable, CustomStringConvertible {
        public var message: String
        /// Bytes from the beginning.
        public var offset: Int

        public init(message: String, offset: Int) {
            self.message = message
            self.offset = offset
        }

        public var description: String { "\(message) at byte \(offset)" }
    }

    /// Arrays and objects nested deeper than this are refused, so that no input can exhaust the stack.
    public static let maximumDepth = 128

    /// Reads one JSON value, strictly as RFC 8259 says, with nothing but white space around it.
    ///
    /// Of doubled keys the last one counts. A whole number beyond `Int64` becomes a `.number`; a number beyond `Double`
    /// is an error. An escaped lone surrogate, which no Swift string can hold, becomes U+FFFD: a prompt that someone cut
    /// in the middle of an emoji must not hide the job that carries it. Bytes that are no UTF-8 are an error.
    public init(parsing bytes: some Collection<UInt8>) throws(ParsingError) {
        self = try Self.parsed(bytes, isTolerant: false).get()
    }

    /// Reads an answer of the service, in which a detail that nobody needs must not hide a job that is paid. Beyond
    /// `init(parsing:)` it takes a byte-order mark, control characters in strings, bytes that are no UTF-8 (as U+FFFD),
    /// and numbers that nobody can hold: those, `NaN` and `Infinity` are null.
    public init(reading bytes: some Collection<UInt8>) throws(ParsingError) {
        self = try Self.parsed(bytes, isTolerant: true).get()
    }

    private static func parsed(
        _ bytes: some Collection<UInt8>, isTolerant: Bool
    ) -> Result<JSONValue, ParsingError> {
        let result = bytes.withContiguousStorageIfAvailable { parse($0, isTolerant: isTolerant) }
        return result ?? Array(bytes).withUnsafeBufferPointer { parse($0, isTolerant: isTolerant) }
    }

    private static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, isTolerant: Bool
    ) -> Result<JSONValue, ParsingError> {
        var parser = JSONParser(bytes, isTolerant: isTolerant)
        do throws(ParsingError) {
            return .success(try parser.document())
        } catch {
            return .failure(error)
        }
    }
}

/// Recursive descent over the bytes of one document.
private struct JSONParser {
    typealias ParsingError = JSONValue.ParsingError

    private let bytes: UnsafeBufferPointer<UInt8>
    private let isTolerant: Bool
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, isTolerant: Bool) {
        self.bytes = bytes
        self.isTolerant = isTolerant
    }

    mutating func document() throws(ParsingError) -> JSONValue {
        if isTolerant, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error("unexpected text after the value") }
        return value
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(ParsingError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N") where isTolerant: return try word("NaN", .null)
        case UInt8(ascii: "I") where isTolerant: return try word("Infinity", .null)
        case UInt8(ascii: "-"): return try number()
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw error("unexpected end")
        default: throw error("expected a value")
        }
    }

    private mutating func object(depth: Int) throws(ParsingError) -> JSONValue {
        try enter(depth)
        var members: [String: JSONValue] = [:]
        skipSpace()
        if skip(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
            let key = try string()
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw error("expected ':'") }
            members[key] = try value(depth: depth)
            skipSpace()
            if skip(UInt8(ascii: "}")) { return .object(members) }
            guard skip(UInt8(ascii: ",")) else { throw error("expected ',' or '}'") }
        }
    }

    private mutating func array(depth: Int) throws(ParsingError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return .array(elements) }
            guard skip(UInt8(ascii: ",")) else { throw error("expected ',' or ']'") }
        }
    }

    private mutating func enter(_ depth: Int) throws(ParsingError) {
        guard depth <= JSONValue.maximumDepth else { throw error("nested deeper than \(JSONValue.maximumDepth)") }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(ParsingError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(letters) else { throw error("expected a value") }
        position = end
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(ParsingError) -> JSONValue {
        let start = position
        var isWhole = true
        let isNegative = skip(UInt8(ascii: "-"))
        if isNegative, isTolerant, peek == UInt8(ascii: "I") { return try word("Infinity", .null) }
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else {
            if isTolerant { return .null }
            throw ParsingError(message: "number out of range", offset: start)
        }
        return .number(number)
    }

    private mutating func digits() throws(ParsingError) {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    // MARK: Strings

    private mutating func string() throws(ParsingError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(bytes[start..<position], from: start)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20 where !isTolerant:
                throw error("control character in a string")
            default:
                position += 1
            }
        }
        throw error("unexpected end of a string")
    }

    private func text(_ bytes: some Collection<UInt8>, from start: Int) throws(ParsingError) -> String {
        if isTolerant { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ParsingError(message: "a string is not UTF-8", offset: start)
        }
        return text
    }

    /// The rarer way, for strings with escapes: collects the bytes of the unescaped text.
    private mutating func escapedString(from start: Int) throws(ParsingError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let string = try self.text(text, from: start)
                position += 1
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &text)
            case 0..<0x20 where !isTolerant:
                throw error("control character in a string")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error("unexpected end of a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(ParsingError) {
        guard let byte = peek else { throw error("unexpected end of a string") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            text.append(contentsOf: String(try escapedScalar()).utf8)
            return
        default: throw error("unknown escape in a string")
        }
        position += 1
    }

    private mutating func escapedScalar() throws(ParsingError) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        let first = try codeUnit()
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) ?? replacement }
        let afterFirst = position
        guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            position = afterFirst
            return replacement
        }
        let second = try codeUnit()
        guard (0xDC00...0xDFFF).contains(second) else {
            position = afterFirst
            return replacement
        }
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? replacement
    }

    private mutating func codeUnit() throws(ParsingError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek {
            case .some(let byte) where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): digit = byte - 0x30
            case .some(let byte) where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"): digit = byte - 0x57
            case .some(let byte) where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"): digit = byte - 0x37
            default: throw error("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ message: String) -> ParsingError { ParsingError(message: message, offset: position) }
}
