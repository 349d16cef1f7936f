import CCurl

/// Addresses of pictures as services write them, made fit to be asked for (RFC 3986): what no URL may hold is escaped,
/// and what is relative is resolved against the address of the answer that it stands in.
enum ImageURL {
    /// The absolute address that a text means, or the `data:` address that it is; nil where it is neither.
    ///
    /// A relative one is told from any other word by its beginning (`/`, `./`, `../`) or by the ending of a picture.
    /// - Parameter base: the answer's own address; nil: relative ones are not read.
    static func read(_ text: String, in base: String?) -> String? {
        if DataURL.isOne(text) { return text }
        let escaped = escaped(text.trimmed)
        if escaped.isWebAddress { return escaped }
        guard let base, !hasScheme(escaped), seemsRelative(escaped) else { return nil }
        return resolved(escaped, against: base).flatMap { $0.isWebAddress ? $0 : nil }
    }

    /// All bytes that RFC 3986 has no place for, and each `%` that escapes nothing, behind the host: that is libcurl's,
    /// which knows international names.
    private static func escaped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let start = pathStart(of: bytes)
        guard bytes[start...].indices.contains(where: { mustEscape(at: $0, in: bytes) }) else { return text }
        var escaped = Array(bytes[..<start])
        for index in start..<bytes.count {
            if mustEscape(at: index, in: bytes) {
                escaped += "%\(hexadecimal(bytes[index]))".utf8
            } else {
                escaped.append(bytes[index])
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Behind `scheme://host` or `//host`; 0 where there is no host.
    private static func pathStart(of bytes: [UInt8]) -> Int {
        let slashes = Array("//".utf8)
        let scheme = bytes.prefix { isSchemeByte($0) }
        let isAbsolute = bytes.dropFirst(scheme.count).starts(with: Array("://".utf8))
        guard isAbsolute || bytes.starts(with: slashes) else { return 0 }
        let host = isAbsolute ? scheme.count + 3 : 2
        return bytes[host...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.count
    }

    private static func mustEscape(at index: Int, in bytes: [UInt8]) -> Bool {
        switch bytes[index] {
        case 0...0x20, 0x7F...: true
        case let byte where #""<>\^`{|}"#.utf8.contains(byte): true
        case UInt8(ascii: "%"):
            !(index + 2 < bytes.count && bytes[index + 1...index + 2].allSatisfy(\.isHexadecimal))
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "+-.".utf8.contains(byte)
    }

    /// `s3:`, `file:`: the first colon stands before any slash.
    private static func hasScheme(_ text: String) -> Bool {
        let rest = text.utf8.drop { isSchemeByte($0) }
        return rest.first == UInt8(ascii: ":") && rest.count < text.utf8.count
    }

    private static func seemsRelative(_ text: String) -> Bool {
        if ["/", "./", "../"].contains(where: { text.hasPrefix($0) }) { return true }
        let path = text.prefix { $0 != "?" && $0 != "#" }.lowercased()
        return [".jpg", ".jpeg", ".png", ".webp", ".gif"].contains { path.hasSuffix($0) }
    }

    private static func resolved(_ text: String, against base: String) -> String? {
        guard let parts = curl_url() else { return nil }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, base, 0) == CURLUE_OK,
            curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK
        else { return nil }
        var whole: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parts, CURLUPART_URL, &whole, 0) == CURLUE_OK, let whole else { return nil }
        defer { curl_free(whole) }
        return String(cString: whole)
    }
}

extension String {
    /// Without white space around it, which is part of no address.
    fileprivate var trimmed: String {
        let isSpace = { (byte: UInt8) in byte <= 0x20 }
        let bytes = utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map { bytes.index(after: $0) } ?? bytes.startIndex
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
