import CSodium

/// The bytes of a file and their fingerprint, as a CDN serves them.
package struct FileContent: Sendable {
    package let bytes: [UInt8]
    /// The same for the same bytes only.
    package let fingerprint: String
    /// As in the header `ETag`.
    package var entityTag: String { "\"\(fingerprint)\"" }

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var digest = [UInt8](repeating: 0, count: 16)
        crypto_generichash(&digest, digest.count, bytes, UInt64(bytes.count), nil, 0)
        fingerprint = digest.hexadecimal
    }

    /// Answers GET and HEAD: whole, one range (206), unchanged (304), or a range outside (416). As RFC 9110 §14 allows,
    /// several ranges at once are answered with the whole.
    package func response(to request: Request, contentType: String) -> Response {
        var headers: [(name: String, value: String)] = [
            ("Accept-Ranges", "bytes"), ("ETag", entityTag), ("Cache-Control", "public, max-age=86400"),
        ]
        if let known = request.header("If-None-Match"), matches(known) {
            return Response(status: 304, headers: headers)
        }
        headers.append(("Content-Type", contentType))
        // Ranges are for GET alone (RFC 9110 §14.2).
        guard request.method == "GET", let range = request.header("Range"),
            request.header("If-Range").map({ $0 == entityTag }) ?? true
        else {
            return Response(status: 200, headers: headers, body: bytes)
        }
        switch ByteRange(range, of: bytes.count) {
        case .whole: return Response(status: 200, headers: headers, body: bytes)
        case .part(let part):
            headers.append(("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(bytes.count)"))
            return Response(status: 206, headers: headers, body: Array(bytes[part]))
        case .outside:
            return Response.text(416, "Range not satisfiable").adding("Content-Range", "bytes */\(bytes.count)")
        }
    }

    private func matches(_ header: String) -> Bool {
        header.split(separator: ",").map(\.trimmed).contains { tag in
            tag == "*" || tag == entityTag || tag == "W/\(entityTag)"
        }
    }
}

/// What the header `Range` asks of a file of so many bytes.
package enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    case outside

    package init(_ header: String, of count: Int) {
        self = .whole
        guard let equals = header.firstIndex(of: "="), header[..<equals].trimmed.lowercased() == "bytes" else { return }
        let bounds = header[header.index(after: equals)...].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2 else { return }
        let (first, last) = (bounds[0].trimmed, bounds[1].trimmed)
        guard (first + last).allSatisfy({ $0.isASCII && $0.isNumber }) else { return }
        switch (Int(first), Int(last)) {
        case (let first?, let last?) where first <= last:
            self = first < count ? .part(first..<(min(last, count - 1) + 1)) : .outside
        case (let first?, nil) where last.isEmpty:
            self = first < count ? .part(first..<count) : .outside
        case (nil, let length?) where first.isEmpty:
            self = length > 0 && count > 0 ? .part(max(0, count - length)..<count) : .outside
        default: return
        }
    }
}

extension [UInt8] {
    /// Two lower-case digits each.
    package var hexadecimal: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
