/// A PNG file as a list of chunks. By hand, because libspng writes texts only together with newly compressed pixels.
struct PNGChunks {
    private struct Chunk {
        var type: [UInt8]
        /// Of chunks that hold texts, and of new ones.
        var data: ArraySlice<UInt8>

        var encoded: [UInt8] {
            let body = type + data
            return bigEndian(UInt32(data.count)) + body + bigEndian(CRC32.checksum(body))
        }
    }

    /// The first chunk, and where in the file the one behind it begins.
    private let headerEnd: Int
    /// Where each later chunk lies, from its length to its checksum.
    private var chunks: [(range: Range<Int>, chunk: Chunk)]
    private var added: [Chunk] = []
    /// What stands behind the last chunk.
    private let rest: Range<Int>

    private static let xmpKeyword = "XML:com.adobe.xmp"

    init(parsing file: ByteSource) throws(ImagingError) {
        chunks = []
        var window = ByteWindow(file)
        var position = 8
        var first: Int?
        var hasPixels = false
        while true {
            guard try window.load(position..<position + 8) else { throw Self.broken }
            let length = window[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let range = position..<position + 12 + length
            guard range.upperBound <= file.byteCount else { throw Self.broken }
            var chunk = Chunk(type: Array(window[position + 4..<position + 8]), data: [])
            if Self.isText(chunk) {
                guard try window.load(range) else { throw Self.broken }
                chunk.data = window[position + 8..<position + 8 + length]
            }
            position = range.upperBound
            if first == nil {
                guard chunk.type == Array("IHDR".utf8) else { throw Self.broken }
                first = position
            } else {
                chunks.append((range, chunk))
            }
            if chunk.type == Array("IDAT".utf8) { hasPixels = true }
            if chunk.type == Array("IEND".utf8) { break }
        }
        guard let first, hasPixels else { throw Self.broken }
        headerEnd = first
        rest = position..<file.byteCount
    }

    private static let broken = ImagingError.damaged(.png, detail: "its chunks do not lead to its end")

    /// The packet, unless it is stored compressed.
    var xmp: [UInt8]? {
        chunks.lazy.map(\.chunk).first { Self.keyword($0) == Self.xmpKeyword }.flatMap(Self.internationalText)
    }

    private var hasUnreadableXMP: Bool {
        xmp == nil && chunks.contains { Self.keyword($0.chunk) == Self.xmpKeyword }
    }

    func embedding(_ metadata: ImageMetadata) -> PNGChunks {
        var result = self
        var replaced: Set<String> = ["Description", "Software", "parameters"]
        var added = [
            Self.text("Description", metadata.prompt),
            Self.text("Software", metadata.software),
            Self.text("parameters", metadata.parametersText),
        ]
        let packet = xmp.map { XMPPacket($0).adding(metadata) } ?? XMPPacket(metadata)
        // One packet a file: a foreign one that ours cannot be added to stays alone.
        if let packet, !hasUnreadableXMP {
            replaced.insert(Self.xmpKeyword)
            added.append(Self.international(Self.xmpKeyword, packet.bytes))
        }
        result.chunks.removeAll { replaced.contains(Self.keyword($0.chunk) ?? "") }
        result.added = added
        return result
    }

    /// Before the pixels, where programs look that do not read a file to its end.
    var composed: ComposedFile {
        var file = ComposedFile()
        file.append(copying: 0..<headerEnd)
        for chunk in added { file.append(chunk.encoded) }
        for (range, _) in chunks { file.append(copying: range) }
        file.append(copying: rest)
        return file
    }

    /// The keyword of a text chunk; nil for chunks of other kinds.
    private static func keyword(_ chunk: Chunk) -> String? {
        guard isText(chunk) else { return nil }
        return String(decoding: chunk.data.prefix(80).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func isText(_ chunk: Chunk) -> Bool {
        ["tEXt", "zTXt", "iTXt"].contains { chunk.type.elementsEqual($0.utf8) }
    }

    /// Plain text where Latin letters do, which older programs read too.
    private static func text(_ keyword: String, _ value: String) -> Chunk {
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else { return international(keyword, Array(value.utf8)) }
        return Chunk(type: Array("tEXt".utf8), data: (Array(keyword.utf8) + [0] + Array(value.utf8))[...])
    }

    /// Keyword, no compression, no language, no translated keyword, then UTF-8.
    private static func international(_ keyword: String, _ value: [UInt8]) -> Chunk {
        Chunk(type: Array("iTXt".utf8), data: (Array(keyword.utf8) + [0, 0, 0, 0, 0] + value)[...])
    }

    private static func internationalText(_ chunk: Chunk) -> [UInt8]? {
        guard chunk.type.elementsEqual("iTXt".utf8) else { return nil }
        var rest = chunk.data.drop { $0 != 0 }.dropFirst()
        guard rest.count >= 4, rest.removeFirst() == 0 else { return nil }
        rest = rest.dropFirst().drop { $0 != 0 }.dropFirst().drop { $0 != 0 }
        return rest.isEmpty ? nil : Array(rest.dropFirst())
    }
}

private func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// The checksum of PNG's chunks; the libraries here keep theirs to themselves.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }
}
