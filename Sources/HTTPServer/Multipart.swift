#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A `multipart/form-data` body (RFC 7578), taken apart.
package struct Multipart: Sendable {
    package struct Part: Sendable {
        package var name: String
        package var fileName: String?
        /// Where the part's bytes lie in the body.
        package var content: Range<Int>
    }

    package var parts: [Part]

    /// Nil when the content type names no boundary, or the body does not hold to it.
    package init?(_ body: [UInt8], contentType: String) {
        let (type, parameters) = Self.headerValue(contentType)
        guard type.lowercased() == "multipart/form-data", let boundary = parameters["boundary"],
            (1...70).contains(boundary.utf8.count)
        else { return nil }
        let opening = Array("--\(boundary)".utf8)
        let delimiter = Array("\r\n--\(boundary)".utf8)

        // A preamble may come before the first boundary.
        var position: Int
        if body.starts(with: opening) {
            position = opening.count
        } else if let found = body.first(of: delimiter, from: 0) {
            position = found + delimiter.count
        } else {
            return nil
        }

        parts = []
        while true {
            if body[position...].starts(with: "--".utf8) { return }
            // Spaces may follow a boundary, then its line ends.
            while position < body.count, body[position] == UInt8(ascii: " ") || body[position] == UInt8(ascii: "\t") {
                position += 1
            }
            guard body[position...].starts(with: "\r\n".utf8),
                let headEnd = body.first(of: Array("\r\n\r\n".utf8), from: position),
                let end = body.first(of: delimiter, from: headEnd + 2), end >= headEnd + 2
            else { return nil }
            let head = position + 2 <= headEnd ? body[(position + 2)..<headEnd] : []
            // A part without content ends where its head ends.
            let content = min(headEnd + 4, end)..<end
            if let part = Self.part(String(decoding: head, as: UTF8.self), content) { parts.append(part) }
            position = end + delimiter.count
        }
    }

    private static func part(_ head: String, _ content: Range<Int>) -> Part? {
        for line in head.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
                continue
            }
            let (type, parameters) = headerValue(String(line[line.index(after: colon)...]))
            guard type.lowercased() == "form-data", let name = parameters["name"] else { return nil }
            return Part(name: name, fileName: parameters["filename"], content: content)
        }
        return nil
    }

    /// `form-data; name="file"; filename=x.png` → the value, and its parameters by lower-case name.
    package static func headerValue(_ header: String) -> (value: String, parameters: [String: String]) {
        var pieces: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for character in header {
            if isEscaped {
                pieces[pieces.count - 1].append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                pieces.append("")
            } else if !isQuoted, pieces.count > 1, character == " " || character == "\t" {
                // Blanks around names and values mean nothing.
                continue
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            guard let equals = piece.firstIndex(of: "=") else { continue }
            let name = piece[..<equals].lowercased()
            parameters[name] = parameters[name] ?? String(piece[piece.index(after: equals)...])
        }
        return (pieces[0].trimmed, parameters)
    }
}

extension StringProtocol {
    /// Without the blanks around it.
    package var trimmed: String {
        let blanks: Set<Character> = [" ", "\t"]
        let tail = drop { blanks.contains($0) }
        return String(tail.prefix(tail.count - tail.reversed().prefix { blanks.contains($0) }.count))
    }
}

extension [UInt8] {
    /// Where these bytes next begin, at `start` or later. By `memchr`, since uploads have megabytes.
    fileprivate func first(of needle: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var position = start
            while position + needle.count <= bytes.count,
                let found = memchr(base + position, Int32(first), bytes.count - needle.count + 1 - position)
            {
                if memcmp(found, needle, needle.count) == 0 { return UnsafeRawPointer(found) - base }
                position = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }
}
