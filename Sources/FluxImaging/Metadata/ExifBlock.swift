/// A small EXIF block: a TIFF file without a picture, big-endian, with the prompt as description and everything as the
/// user's comment. For viewers that do not read XMP.
enum ExifBlock {
    private static let ascii: UInt16 = 2
    private static let long: UInt16 = 4
    private static let undefined: UInt16 = 7

    static func encoded(_ metadata: ImageMetadata) -> [UInt8] {
        let text = metadata.parametersText.utf16
        var comment = Array("UNICODE\0".utf8)
        comment.reserveCapacity(comment.count + 2 * text.count)
        for unit in text { comment.append(bigEndian: unit) }
        var entries = [
            Entry(tag: 0x010E, type: ascii, data: Array(metadata.prompt.utf8) + [0]),  // ImageDescription
            Entry(tag: 0x0131, type: ascii, data: Array(metadata.software.utf8) + [0]),  // Software
        ]
        let details = [
            Entry(tag: 0x9000, type: undefined, data: Array("0232".utf8)),  // ExifVersion
            Entry(tag: 0x9286, type: undefined, data: comment),  // UserComment
        ]
        let start = 8
        // The details lie behind the main directory, and their place is an entry of that, 12 bytes long.
        var place: [UInt8] = []
        place.append(bigEndian: UInt32(start + byteCount(of: entries) + 12))
        entries.append(Entry(tag: 0x8769, type: long, data: place))

        var block: [UInt8] = []
        block.reserveCapacity(start + byteCount(of: entries) + byteCount(of: details))
        block.append(contentsOf: "MM".utf8)
        block.append(bigEndian: UInt16(42))
        block.append(bigEndian: UInt32(start))
        append(entries, to: &block)
        append(details, to: &block)
        return block
    }

    private struct Entry {
        var tag: UInt16
        var type: UInt16
        var data: [UInt8]
    }

    /// Of a directory, with the data that follows its list.
    private static func byteCount(of entries: [Entry]) -> Int {
        entries.reduce(2 + entries.count * 12 + 4) { count, entry in
            count + (entry.data.count <= 4 ? 0 : entry.data.count + entry.data.count % 2)
        }
    }

    /// Entries in the order of their tags; data of more than four bytes follows the list. Places count from the block's
    /// beginning.
    private static func append(_ entries: [Entry], to block: inout [UInt8]) {
        var place = block.count + 2 + entries.count * 12 + 4
        block.append(bigEndian: UInt16(entries.count))
        for entry in entries {
            block.append(bigEndian: entry.tag)
            block.append(bigEndian: entry.type)
            block.append(bigEndian: UInt32(entry.type == long ? entry.data.count / 4 : entry.data.count))
            if entry.data.count <= 4 {
                block.append(contentsOf: entry.data)
                block.append(contentsOf: repeatElement(0, count: 4 - entry.data.count))
            } else {
                block.append(bigEndian: UInt32(place))
                place += entry.data.count + entry.data.count % 2
            }
        }
        block.append(bigEndian: UInt32(0))
        for entry in entries where entry.data.count > 4 {
            block.append(contentsOf: entry.data)
            if entry.data.count % 2 == 1 { block.append(0) }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
