/// EXIF's user comment: eight bytes that name the character code, then the text.
enum UserComment {
    static func text(_ data: ArraySlice<UInt8>, order: ByteReader.Order) -> String {
        let text = data.dropFirst(8)
        switch String(decoding: data.prefix(8), as: UTF8.self) {
        case "UNICODE\0": return TextDecoding.unicode(text, order: order)
        case "JIS\0\0\0\0\0": return TextDecoding.japanese(trimmed(text))
        case "ASCII\0\0\0", "\0\0\0\0\0\0\0\0": return TextDecoding.utf8OrLatin(trimmed(text))
        // A program that knows nothing of character codes.
        default: return TextDecoding.utf8OrLatin(trimmed(data))
        }
    }

    /// Without the zeros and blanks that fill it up.
    private static func trimmed(_ data: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = data.lastIndex(where: { $0 != 0 && $0 != 0x20 }) else { return [] }
        return data[...last]
    }
}
