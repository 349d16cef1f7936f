import CSodium

/// `data:` addresses, which bring what they stand for along (RFC 2397).
enum DataAddress {
    static func isOne(_ text: String) -> Bool { text.utf8.prefix(5).equalsIgnoringCase("data:".utf8) }

    /// What one holds.
    /// - Parameter limit: a longer content is an error, as that of a download is.
    /// - Throws: `.service`: it was the service that wrote it.
    static func content(of text: String, limit: Int64) throws(FluxError) -> [UInt8] {
        guard let comma = text.utf8.firstIndex(of: UInt8(ascii: ",")) else {
            throw FluxError(.service, "the service sent a data: address without a content: \(text.shortened(to: 60))")
        }
        let isBase64 = text.utf8[..<comma].suffix(7).equalsIgnoringCase(";base64".utf8)
        let written = unescaped(text.utf8[text.utf8.index(after: comma)...])
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

    /// `%41` is an A.
    private static func unescaped(_ text: Substring.UTF8View) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let escaped = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
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
        guard DataAddress.isOne(self), let comma = utf8.firstIndex(of: UInt8(ascii: ",")) else { return self }
        return String(self[..<comma]) + ",…"
    }
}
