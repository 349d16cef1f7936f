import CSpng

/// What a picture's file carries beside its pixels, as it stands there. From anybody's program: nothing of it is trusted,
/// and what cannot be read is left out.
public struct EmbeddedData: Sendable {
    public struct Text: Sendable, Hashable {
        public var keyword: String
        public var text: String
    }

    /// A TIFF structure without a picture.
    public private(set) var exif: [UInt8]?
    /// An XMP packet.
    public private(set) var xmp: [UInt8]?
    /// Texts of a PNG, in the file's order, unpacked.
    public private(set) var texts: [Text] = []

    /// The most that one text may unpack to, and all together.
    private static let limit = 16 << 20

    /// - Throws: `ImagingError` when the bytes are no picture.
    public init(reading bytes: [UInt8]) throws(ImagingError) {
        guard let format = ImageFormat.detect(bytes) else { throw .unknownFormat }
        switch format {
        case .gif: break
        case .jpg:
            let segments = try JPEGSegments(parsing: bytes)
            (exif, xmp) = (segments.exif, segments.xmp)
        case .webp:
            exif = try WebPMetadata.chunk("EXIF", of: bytes)
            xmp = try WebPMetadata.chunk("XMP ", of: bytes)
        case .png:
            try readPNG(bytes)
        }
        // Some programs put the signature of JPEG's segment before it in other files too.
        if let block = exif, block.starts(with: "Exif\0\0".utf8) { exif = Array(block.dropFirst(6)) }
    }

    private mutating func readPNG(_ bytes: [UInt8]) throws(ImagingError) {
        guard let decoder = spng_ctx_new(0) else { throw .damaged(.png, detail: "out of memory") }
        defer { spng_ctx_free(decoder) }
        spng_set_chunk_limits(decoder, Self.limit, Self.limit)
        let found: Result<(texts: [Text], exif: [UInt8]?), ImagingError> = bytes.withUnsafeBytes { buffer in
            var status = spng_set_png_buffer(decoder, buffer.baseAddress, buffer.count)
            var header = spng_ihdr()
            if status == 0 { status = spng_get_ihdr(decoder, &header) }
            guard status == 0 else {
                return .failure(.damaged(.png, detail: String(cString: spng_strerror(status))))
            }
            var count: UInt32 = 0
            var texts: [Text] = []
            if spng_get_text(decoder, nil, &count) == 0, count > 0 {
                var all = [spng_text](repeating: spng_text(), count: Int(count))
                if spng_get_text(decoder, &all, &count) == 0 { texts = all.compactMap(Self.text) }
            }
            var block = spng_exif()
            let exif =
                spng_get_exif(decoder, &block) == 0
                ? block.data.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: block.length)) } : nil
            return .success((texts, exif))
        }
        (texts, exif) = try found.get()
        xmp = texts.first { $0.keyword == "XML:com.adobe.xmp" }.map { Array($0.text.utf8) }
    }

    private static func text(_ entry: spng_text) -> Text? {
        guard let start = entry.text else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: entry.length)
        let keyword = withUnsafeBytes(of: entry.keyword) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        // tEXt and zTXt are Latin-1 by the standard; programs write UTF-8 into them all the same.
        let text =
            String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        return Text(keyword: keyword, text: text)
    }
}
