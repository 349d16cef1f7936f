/// Formats that cameras and programs write and that are none of `ImageFormat`, so that messages can name them.
public enum OtherFormat {
    /// What a file is by its first bytes (64 are enough), such as `a HEIC picture`; nil when they tell nothing.
    public static func name(of beginning: some Collection<UInt8>) -> String? {
        let head = Array(beginning.prefix(64))
        if let known = beginnings.first(where: { head.starts(with: $0.bytes) }) { return known.name }
        guard head.count >= 12 else { return nil }
        if head[4..<12].elementsEqual("jP  \r\n\u{87}\n".unicodeScalars.map { UInt8($0.value) }) {
            return "a JPEG 2000 picture"
        }
        if head[4..<8].elementsEqual("JXL ".utf8) { return "a JPEG XL picture" }
        guard head[4..<8].elementsEqual("ftyp".utf8) else { return nil }
        switch String(decoding: head[8..<12], as: UTF8.self) {
        case "avif", "avis": return "an AVIF picture"
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": return "a HEIC picture"
        case "crx ": return "a camera's raw picture"
        default: return "a film"
        }
    }

    private static let beginnings: [(bytes: [UInt8], name: String)] = [
        ([0x49, 0x49, 0x2A, 0], "a TIFF or a camera's raw picture"),
        ([0x4D, 0x4D, 0, 0x2A], "a TIFF or a camera's raw picture"),
        (Array("8BPS".utf8), "a Photoshop file"), (Array("gimp xcf".utf8), "a GIMP file"),
        (Array("%PDF".utf8), "a PDF"), (Array("%!PS".utf8), "a PostScript file"), ([0xFF, 0x0A], "a JPEG XL picture"),
        (Array("<svg".utf8), "an SVG drawing"), (Array("<?xml".utf8), "an SVG drawing"),
        (Array("<?xml".utf8), "an SVG drawing or another XML file"),
        (Array("<!DOCTYPE".utf8), "a web page"), (Array("<!doctype".utf8), "a web page"),
        (Array("<html".utf8), "a web page"),
        ([0x50, 0x4B, 3, 4], "a ZIP archive or an Office file"), (Array("BM".utf8), "a BMP picture"),
    ]
}
