import CSodium

/// `data:` addresses, which bring what they stand for along (RFC 2397).
enum DataURL {
    static func isOne(_ text: String) -> Bool { text.utf8.prefix(5).equalsIgnoringCase("data:".utf8) }

    /// What one holds.
    /// - Parameter limit: a longer content is an error, as that of a download is.
    /// - Throws: `.service`: it was the service that wrote it.
    static func content(of text: String, limit: Int64) throws(FluxError) -> [UInt8] {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            throw FluxError(.service, "the service sent a data: address without content: \(text.shortened(to: 60))")
        }
        let isBase64 = text.utf8[..<comma].suffix(7).equalsIgnoringCase(";base64".utf8)
        let written = text.utf8[text.utf8.index(after: comma)...].percentDecoded
        let longest = isBase64 ? (limit + 2) / 3 * 4 + 4 : limit
        guard written.count <= longest else { throw tooLong(limit) }
        guard isBase64 else { return written }
        guard let content = decoded(written) else {
            throw FluxError(.service, "the service sent a picture as base64 that cannot be decoded")
        }
        guard content.count <= limit else { throw tooLong(limit) }
        return content
    }

    private static func tooLong(_ limit: Int64) -> FluxError {
        FluxError(.service, "the picture in the service's answer is longer than the limit of \(limit) bytes")
    }

    /// Of both alphabets (RFC 4648 §4, §5), with white space in it, padded or not.
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        let isURLSafe = text.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        let bare = text.filter { $0 != UInt8(ascii: "=") }
        var bytes = [UInt8](repeating: 0, count: bare.count / 4 * 3 + 3)
        var count = 0
        let variant =
            isURLSafe ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL_NO_PADDING
        let code = bare.withUnsafeBytes { text in
            sodium_base642bin(
                &bytes, bytes.count, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, " \t\r\n",
                &count, nil, variant)
        }
        return code == 0 ? Array(bytes.prefix(count)) : nil
    }
}

extension String {
    /// An address as it is shown and kept: of a `data:` one its kind, without its content.
    package var withoutContent: String {
        guard DataURL.isOne(self), let comma = utf8.firstIndex(of: UInt8(ascii: ",")) else { return self }
        return String(self[..<comma]) + ",…"
    }
}

extension Substring.UTF8View {
    /// `%41` is an A (RFC 3986 §2.1).
    var percentDecoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var rest = self
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            let isEscape = byte == UInt8(ascii: "%") && digits.count == 2 && digits.allSatisfy(\.isHexadecimal)
            if isEscape, let escaped = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}

extension UInt8 {
    /// A digit of a hexadecimal number, as a character.
    var isHexadecimal: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self | 0x20) }
}

extension [UInt8] {
    /// With padding (RFC 4648 §4).
    var base64: String {
        let variant = sodium_base64_VARIANT_ORIGINAL
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(count, variant))
        sodium_bin2base64(&text, text.count, self, count, variant)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
