/// Reads the few entries of an EXIF block that matter here, from anybody's program: places and lengths are checked, and
/// what leads nowhere is as if it were not there. Only the first directory and the details are followed, so that no block
/// can lead in circles.
public struct ExifReader: Sendable {
    /// How the picture is to be turned to stand upright (TIFF tag 0x0112): 1 as it is, 2–8 turned or mirrored.
    public private(set) var orientation = 1
    public private(set) var userComment: String?
    public private(set) var imageDescription: String?
    public private(set) var software: String?
    /// The camera's maker and name; some programs put other things there.
    public private(set) var make: String?
    public private(set) var model: String?

    private let block: [UInt8]
    private let order: ByteReader.Order

    /// - Parameter block: a TIFF structure; anything else has no entries.
    public init(_ block: [UInt8]) {
        self.block = block
        order = block.starts(with: "MM".utf8) ? .big : .little
        guard order == .big || block.starts(with: "II".utf8), var head = reader(at: 2), head.uint16() == 42,
            let main = head.uint32()
        else { return }
        var details: UInt32?
        for entry in entries(at: main) {
            switch entry.tag {
            case 0x0112:
                if let turn = entry.number, (1...8).contains(turn) { orientation = Int(turn) }
            case 0x010E: imageDescription = imageDescription ?? text(entry)
            case 0x010F: make = make ?? text(entry)
            case 0x0110: model = model ?? text(entry)
            case 0x0131: software = software ?? text(entry)
            case 0x8769: details = entry.number
            // Windows' own, always with the low byte first.
            case 0x9C9C: userComment = userComment ?? Self.filled(TextDecoding.utf16(entry.data, order: .little))
            // It belongs to the details; some programs put it here.
            case 0x9286: userComment = userComment ?? Self.filled(UserComment.text(entry.data, order: order))
            default: break
            }
        }
        guard let details else { return }
        for entry in entries(at: details) where entry.tag == 0x9286 {
            guard let comment = Self.filled(UserComment.text(entry.data, order: order)) else { continue }
            userComment = comment
            return
        }
    }

    private struct Entry {
        var tag: UInt16
        var data: ArraySlice<UInt8>
        /// Of an entry that is one number.
        var number: UInt32?
    }

    private func entries(at place: UInt32) -> [Entry] {
        guard var reader = reader(at: place), let count = reader.uint16() else { return [] }
        var entries: [Entry] = []
        for _ in 0..<min(count, 500) {
            guard let tag = reader.uint16(), let type = reader.uint16(), let length = reader.uint32(),
                let field = reader.bytes(4)
            else { break }
            var value = ByteReader(field, order: order)
            switch type {
            case 1, 2, 7:
                if let data = data(length, field) { entries.append(Entry(tag: tag, data: data)) }
            case 3 where length == 1:
                entries.append(Entry(tag: tag, data: field, number: value.uint16().map(UInt32.init)))
            case 4 where length == 1: entries.append(Entry(tag: tag, data: field, number: value.uint32()))
            default: break
            }
        }
        return entries
    }

    /// Up to four bytes stand in the entry itself, more of them at the place that it names.
    private func data(_ length: UInt32, _ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if length <= 4 { return field.prefix(Int(length)) }
        var place = ByteReader(field, order: order)
        guard let start = place.uint32(), var reader = reader(at: start) else { return nil }
        return reader.bytes(Int(length))
    }

    private func reader(at place: UInt32) -> ByteReader? {
        guard place <= block.count else { return nil }
        return ByteReader(block[Int(place)...], order: order)
    }

    private func text(_ entry: Entry) -> String? {
        Self.filled(TextDecoding.utf8OrLatin(entry.data.prefix { $0 != 0 }))
    }

    private static func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
}
