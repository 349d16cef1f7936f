/// Reads the few entries of an EXIF block that matter here, from anybody's program: places and lengths are checked, and
/// what leads nowhere is as if it were not there.
public struct ExifReader: Sendable {
    /// How the picture is to be turned to stand upright (TIFF tag 0x0112): 1 as it is, 2–8 turned or mirrored.
    public private(set) var orientation = 1
    public private(set) var userComment: String?
    public private(set) var imageDescription: String?
    public private(set) var software: String?

    private let block: [UInt8]
    private let isBigEndian: Bool

    /// - Parameter block: a TIFF structure; anything else has no entries.
    public init(_ block: [UInt8]) {
        self.block = block
        isBigEndian = block.starts(with: "MM".utf8)
        guard isBigEndian || block.starts(with: "II".utf8), number(at: 2, bytes: 2) == 42,
            let main = number(at: 4, bytes: 4)
        else { return }
        var details: Int?
        for entry in entries(at: main) {
            switch entry.tag {
            case 0x0112:
                if let turn = number(at: entry.place, bytes: 2), (1...8).contains(turn) { orientation = turn }
            case 0x010E: imageDescription = text(entry)
            case 0x0131: software = text(entry)
            case 0x8769: details = number(at: entry.place, bytes: 4)
            default: break
            }
        }
        if let details {
            for entry in entries(at: details) where entry.tag == 0x9286 { userComment = comment(entry) }
        }
    }

    private struct Entry {
        var tag: Int
        var place: Int
        var byteCount: Int
    }

    private func entries(at directory: Int) -> [Entry] {
        guard let count = number(at: directory, bytes: 2) else { return [] }
        var entries: [Entry] = []
        for index in 0..<min(count, 500) {
            let start = directory + 2 + index * 12
            guard let tag = number(at: start, bytes: 2), let type = number(at: start + 2, bytes: 2),
                let count = number(at: start + 4, bytes: 4)
            else { break }
            let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8]
            guard let size = sizes[type], count <= block.count else { continue }
            let place = size * count <= 4 ? start + 8 : number(at: start + 8, bytes: 4) ?? block.count
            guard place + size * count <= block.count else { continue }
            entries.append(Entry(tag: tag, place: place, byteCount: size * count))
        }
        return entries
    }

    private func number(at place: Int, bytes count: Int) -> Int? {
        guard place >= 0, place + count <= block.count else { return nil }
        let bytes = block[place..<place + count]
        return isBigEndian ? bytes.reduce(0) { $0 << 8 | Int($1) } : bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func bytes(_ entry: Entry) -> ArraySlice<UInt8> { block[entry.place..<entry.place + entry.byteCount] }

    private func text(_ entry: Entry) -> String? {
        let text = String(decoding: bytes(entry).prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// A comment's first eight bytes name its encoding.
    private func comment(_ entry: Entry) -> String? {
        let bytes = bytes(entry)
        guard bytes.count > 8 else { return nil }
        let (head, body) = (bytes.prefix(8), bytes.dropFirst(8))
        var text: String
        if head.starts(with: "UNICODE".utf8) {
            text = utf16(Array(body))
        } else {
            text = String(decoding: body, as: UTF8.self)
        }
        while let last = text.last, last == "\0" || last == " " { text.removeLast() }
        return text.isEmpty ? nil : text
    }

    /// The block's byte order is the rule; but programs write the other one, so the one with fewer odd letters counts.
    private func utf16(_ bytes: [UInt8]) -> String {
        func decoded(_ bigEndian: Bool) -> String {
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
                let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                return bigEndian ? first << 8 | second : second << 8 | first
            }
            let text = String(decoding: units, as: UTF16.self)
            return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        }
        func plainness(_ text: String) -> Int { text.unicodeScalars.count { $0.value < 0x80 } }
        let (asSaid, other) = (decoded(isBigEndian), decoded(!isBigEndian))
        return plainness(other) > plainness(asSaid) ? other : asSaid
    }
}
