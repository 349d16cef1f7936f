/// A small EXIF block: a TIFF file without a picture, big-endian, with the prompt as description and everything as the
/// user's comment. For viewers that do not read XMP.
enum ExifBlock {
    private static let ascii: UInt16 = 2
    private static let long: UInt16 = 4
    private static let undefined: UInt16 = 7

    static func encoded(_ metadata: ImageMetadata) -> [UInt8] {
        var comment = Array("UNICODE\0".utf8)
        for unit in metadata.parametersText.utf16 {
            comment.append(UInt8(unit >> 8))
            comment.append(UInt8(unit & 0xFF))
        }
        // The main directory's length does not depend on where the other one lies.
        let offset = 8 + main(metadata, detailsAt: 0).count
        let details = directory(
            [
                Entry(tag: 0x9000, type: undefined, data: Array("0232".utf8)),  // ExifVersion
                Entry(tag: 0x9286, type: undefined, data: comment),  // UserComment
            ], at: offset)
        let head = Array("MM".utf8) + bigEndian(UInt16(42)) + bigEndian(UInt32(8))
        return head + main(metadata, detailsAt: offset) + details
    }

    private struct Entry {
        var tag: UInt16
        var type: UInt16
        var data: [UInt8]
    }

    private static func main(_ metadata: ImageMetadata, detailsAt offset: Int) -> [UInt8] {
        directory(
            [
                Entry(tag: 0x010E, type: ascii, data: Array(metadata.prompt.utf8) + [0]),  // ImageDescription
                Entry(tag: 0x0131, type: ascii, data: Array(metadata.software.utf8) + [0]),  // Software
                Entry(tag: 0x8769, type: long, data: bigEndian(UInt32(offset))),  // the details' place
            ], at: 8)
    }

    /// Entries in the order of their tags; data of more than four bytes follows the list.
    private static func directory(_ entries: [Entry], at offset: Int) -> [UInt8] {
        var list = bigEndian(UInt16(entries.count))
        var data: [UInt8] = []
        let dataOffset = offset + 2 + entries.count * 12 + 4
        for entry in entries {
            let count = entry.type == long ? entry.data.count / 4 : entry.data.count
            list += bigEndian(entry.tag) + bigEndian(entry.type) + bigEndian(UInt32(count))
            if entry.data.count <= 4 {
                list += entry.data + [UInt8](repeating: 0, count: 4 - entry.data.count)
            } else {
                list += bigEndian(UInt32(dataOffset + data.count))
                data += entry.data
                if data.count % 2 == 1 { data.append(0) }
            }
        }
        return list + bigEndian(UInt32(0)) + data
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
