/// What a picture's file carries beside its pixels, as it stands there. From anybody's program: nothing of it is trusted,
/// lengths are checked, what cannot be read is left out, and a file that is cut or broken gives what stands before the
/// damage.
public struct EmbeddedData: Sendable {
    public struct Text: Sendable, Hashable {
        public var keyword: String
        public var text: String
    }

    /// A TIFF structure without a picture.
    public private(set) var exif: [UInt8]?
    /// An XMP packet.
    public private(set) var xmp: [UInt8]?
    /// Texts of a PNG, in the file's order, unpacked; a JPEG's comment as `Comment`.
    public private(set) var texts: [Text] = []

    /// The most that all texts of a file may take, in bytes, once unpacked.
    private static let limit = 16 << 20

    private var room = limit
    /// Taken up by failures too, so that no file keeps us at work for long.
    private var unpackingRoom = limit

    /// - Throws: `ImagingError.unknownFormat`, or `.damaged` for a file in which nothing is found before the damage.
    public init(reading bytes: [UInt8]) throws(ImagingError) {
        guard let format = ImageFormat.detect(bytes) else { throw .unknownFormat }
        let isWhole =
            switch format {
            case .gif: true
            case .jpg: readJPEG(bytes)
            case .webp: readWebP(bytes)
            case .png: readPNG(bytes)
            }
        guard isWhole || exif != nil || xmp != nil || !texts.isEmpty else {
            throw .damaged(format, detail: "it ends or breaks before it tells anything")
        }
    }

    /// What `ImageMetadata.embedded(in:)` has written.
    public var own: ImageMetadata? { xmp.flatMap { XMPPacket($0).metadata } }

    /// A property of the XMP packet, such as `dc:description`; of a list or of alternatives the first.
    public func xmpText(_ property: String) -> String? { xmp.flatMap { XMPPacket($0).text(ofProperty: property) } }

    // MARK: Keeping

    /// Whether there is room for so many bytes more, which are then taken.
    private mutating func takes(_ count: Int) -> Bool {
        guard count <= room else { return false }
        room -= count
        return true
    }

    private mutating func addText(_ keyword: String, _ bytes: ArraySlice<UInt8>) {
        guard takes(bytes.count) else { return }
        // tEXt and zTXt are Latin-1 by the standard; programs write UTF-8 into them all the same.
        texts.append(Text(keyword: keyword, text: TextDecoding.utf8OrLatin(bytes)))
    }

    private mutating func addXMP(_ bytes: ArraySlice<UInt8>) {
        if xmp == nil, takes(bytes.count) { xmp = Array(bytes) }
    }

    private mutating func addEXIF(_ bytes: ArraySlice<UInt8>) {
        guard exif == nil, takes(bytes.count) else { return }
        // Some programs put the signature of JPEG's segment before it in other files too.
        exif = Array(bytes.starts(with: Self.exifSignature) ? bytes.dropFirst(Self.exifSignature.count) : bytes)
    }

    // MARK: Formats. Each tells whether the file could be followed to its end, or to its picture.

    private static let exifSignature = Array("Exif\0\0".utf8)
    private static let xmpSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

    private mutating func readJPEG(_ file: [UInt8]) -> Bool {
        var reader = ByteReader(file[2...], order: .big)
        while reader.uint8() == 0xFF, var marker = reader.uint8() {
            // Any number of FF may stand before a marker.
            while marker == 0xFF {
                guard let next = reader.uint8() else { return false }
                marker = next
            }
            // The picture begins, or there is none.
            if marker == 0xDA || marker == 0xD9 { return true }
            guard let length = reader.uint16(), length >= 2, let payload = reader.bytes(Int(length) - 2) else {
                return false
            }
            switch marker {
            case 0xE1 where payload.starts(with: Self.exifSignature): addEXIF(payload)
            case 0xE1 where payload.starts(with: Self.xmpSignature):
                addXMP(payload.dropFirst(Self.xmpSignature.count))
            case 0xFE: addText("Comment", payload.prefix { $0 != 0 })
            default: break
            }
        }
        return false
    }

    /// By hand, because libwebpmux gives nothing of a file that is cut.
    private mutating func readWebP(_ file: [UInt8]) -> Bool {
        var reader = ByteReader(file[12...], order: .little)
        while let type = reader.bytes(4) {
            guard let length = reader.uint32(), let data = reader.bytes(Int(length)) else { return false }
            // Data of odd length is followed by a zero, which may be missing at the end.
            if length % 2 == 1 { _ = reader.uint8() }
            switch String(decoding: type, as: UTF8.self) {
            case "EXIF": addEXIF(data)
            case "XMP ": addXMP(data)
            default: break
            }
        }
        return reader.isAtEnd
    }

    /// By hand, because libspng gives no text that stands behind the pixels, and none at all where one is broken.
    private mutating func readPNG(_ file: [UInt8]) -> Bool {
        var reader = ByteReader(file[8...], order: .big)
        while let length = reader.uint32(), let type = reader.bytes(4) {
            // Checksums do not matter here: a text that can be read is worth more than none.
            guard let data = reader.bytes(Int(length)), reader.bytes(4) != nil else { return false }
            switch String(decoding: type, as: UTF8.self) {
            case "tEXt":
                if let (keyword, text) = Self.split(data) { addText(keyword, text) }
            case "zTXt":
                // Keyword, method (0 is the only one), packed text.
                if let (keyword, rest) = Self.split(data), rest.first == 0,
                    let text = Inflation.unpacked(rest.dropFirst(), room: &unpackingRoom)
                {
                    addText(keyword, text[...])
                }
            case "iTXt": addInternational(data)
            case "eXIf": addEXIF(data)
            case "IEND": return true
            default: break
            }
        }
        return false
    }

    /// Keyword, whether it is packed, method, language, translated keyword, text.
    private mutating func addInternational(_ data: ArraySlice<UInt8>) {
        guard let (keyword, rest) = Self.split(data), let isPacked = rest.first,
            let (_, behindLanguage) = Self.split(rest.dropFirst(2)), let (_, plain) = Self.split(behindLanguage)
        else { return }
        var text = plain
        if isPacked == 1 {
            guard let unpacked = Inflation.unpacked(text, room: &unpackingRoom) else { return }
            text = unpacked[...]
        }
        if keyword == "XML:com.adobe.xmp" { addXMP(text) } else { addText(keyword, text) }
    }

    /// What stands before the first zero, and what behind it.
    private static func split(_ data: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        guard let end = data.firstIndex(of: 0) else { return nil }
        return (TextDecoding.utf8OrLatin(data[..<end]), data[(end + 1)...])
    }
}
