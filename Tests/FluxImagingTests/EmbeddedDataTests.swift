import CZlib
import Testing

@testable import FluxImaging

/// Texts in files of other programs, and in files that are cut, broken or made to do harm.
@Suite struct EmbeddedDataTests {
    private static let text =
        "a fox, \"red\": 여우\nNegative prompt: fog\nSteps: 20, Seed: 5, Note: \"a, b: \\\"c\\\"\\nd\""

    // MARK: Making files

    private static func number(_ value: Int, _ count: Int, bigEndian: Bool = true) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
        return bigEndian ? bytes.reversed() : bytes
    }

    private static func exif(
        _ comment: [UInt8], bigEndian: Bool, orientation: Int = 6, tag: Int = 0x9286, at place: Int? = nil
    ) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { Self.number(value, count, bigEndian: bigEndian) }
        let short = number(orientation, 2) + [0, 0]
        let main =
            number(2, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) + short + number(0x8769, 2) + number(4, 2)
            + number(1, 4) + number(place ?? 8 + 2 + 24 + 4, 4) + number(0, 4)
        let details =
            number(1, 2) + number(tag, 2) + number(7, 2) + number(comment.count, 4) + number(38 + 18, 4)
            + number(0, 4)
        return Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + main + details + comment
    }

    private static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { number(Int($0), 2, bigEndian: bigEndian) }
    }

    private static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        #expect(compress2(&packed, &length, bytes, UInt(bytes.count), 9) == Z_OK)
        return Array(packed.prefix(Int(length)))
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return number(data.count, 4) + body + number(Int(CRC32.checksum(body)), 4)
    }

    /// A PNG with chunks before its pixels, or behind them.
    private static func png(_ chunks: [[UInt8]], behind: Bool = false) throws -> [UInt8] {
        let file = try Samples.picture(width: 8, height: 8).encoded(as: .png)
        let place = behind ? file.count - 12 : 33
        return Array(file[..<place]) + chunks.joined() + file[place...]
    }

    private static func jpeg(_ exif: [UInt8]) throws -> [UInt8] {
        try ForeignMetadataTests.jpeg([Array("Exif\0\0".utf8) + exif])
    }

    private static func webp(_ exif: [UInt8]) throws -> [UInt8] {
        let file = try Samples.picture(width: 8, height: 8).encoded(as: .webp)
        let chunk =
            Array("EXIF".utf8) + number(exif.count, 4, bigEndian: false) + exif + (exif.count % 2 == 1 ? [0] : [])
        return Array(file[..<4]) + number(file.count - 8 + chunk.count, 4, bigEndian: false) + file[8...] + chunk
    }

    private static func comment(_ file: [UInt8]) throws -> String? {
        try EmbeddedData(reading: file).exif.flatMap { ExifReader($0).userComment }
    }

    // MARK: PNG

    private static let forms: [[UInt8]] = {
        let keyword = Array("parameters\0".utf8)
        let bytes = Array(text.utf8)
        return [
            chunk("tEXt", keyword + bytes), chunk("zTXt", keyword + [0] + packed(bytes)),
            chunk("iTXt", keyword + [0, 0] + Array("en\0parameters\0".utf8) + bytes),
            chunk("iTXt", keyword + [1, 0, 0, 0] + packed(bytes)),
        ]
    }()

    @Test(arguments: forms, [false, true])
    func everyKindOfPNGTextIsReadWhereverItStands(form: [UInt8], behindThePixels: Bool) throws {
        let data = try EmbeddedData(reading: Self.png([form], behind: behindThePixels))
        #expect(data.texts == [EmbeddedData.Text(keyword: "parameters", text: Self.text)])
    }

    @Test func latinTextIsReadAsTheStandardSays() throws {
        let file = try Self.png([Self.chunk("tEXt", Array("Comment\0caf".utf8) + [0xE9])])
        #expect(try EmbeddedData(reading: file).texts.first?.text == "café")
    }

    @Test func aTextThatUnpacksToGigabytesIsLeftOutAndTheOthersAreRead() throws {
        let bomb = Self.packed([UInt8](repeating: 0x61, count: 40 << 20))
        let chunks = [Self.chunk("zTXt", Array("a\0\0".utf8) + bomb)] + [Self.forms[0]]
        #expect(try EmbeddedData(reading: Self.png(chunks)).texts.map(\.keyword) == ["parameters"])
        // What is left of the room for unpacking is shared: a thousand of them cost no more than one.
        let many = [[UInt8]](repeating: chunks[0], count: 1_000)
        #expect(try EmbeddedData(reading: Self.png(many)).texts.isEmpty)
    }

    @Test func brokenTextsAndLengthsAreLeftOut() throws {
        let keyword = Array("k\0".utf8)
        let broken = [
            Self.chunk("zTXt", keyword + [0, 1, 2, 3]), Self.chunk("zTXt", keyword + [7] + Self.packed([65])),
            Self.chunk("zTXt", keyword), Self.chunk("iTXt", keyword + [1]), Self.chunk("tEXt", [65, 66]),
            Self.chunk("zTXt", keyword + [0] + Self.packed(Array(Self.text.utf8)).dropLast(9)),
        ]
        #expect(try EmbeddedData(reading: Self.png(broken + [Self.forms[1]])).texts.map(\.text) == [Self.text])
    }

    @Test func aCutFileGivesWhatStandsBeforeTheCut() throws {
        let file = try Self.png([Self.forms[0]])
        let end = 33 + Self.forms[0].count
        #expect(try EmbeddedData(reading: Array(file[..<end])).texts.count == 1)
        #expect(throws: ImagingError.self) { try EmbeddedData(reading: Array(file[..<(end - 1)])) }
        #expect(throws: ImagingError.unknownFormat) { try EmbeddedData(reading: Array("<html>".utf8)) }
    }

    // MARK: EXIF

    @Test(arguments: [true, false], [true, false])
    func readsAUserCommentInEitherByteOrder(bigEndian: Bool, commentBigEndian: Bool) throws {
        let comment = Array("UNICODE\0".utf8) + Self.utf16(Self.text, bigEndian: commentBigEndian)
        let block = Self.exif(comment, bigEndian: bigEndian)
        #expect(try Self.comment(Self.jpeg(block)) == Self.text)
        #expect(try Self.comment(Self.webp(block)) == Self.text)
        #expect(try Self.comment(Self.webp(Array("Exif\0\0".utf8) + block)) == Self.text)
        #expect(try Self.comment(Self.png([Self.chunk("eXIf", block)])) == Self.text)
        #expect(ExifReader(block).orientation == 6)
    }

    @Test(arguments: [
        ("ASCII\0\0\0a fox  \0\0", "a fox"), ("\0\0\0\0\0\0\0\0여우", "여우"), ("UNICODE\0a fox", "a fox"),
        ("no code at all", "no code at all"),
        ("JIS\0\0\0\0\0\u{1B}$B@D$$3$\u{1B}(B, Seed: 5", "青い海, Seed: 5"),
    ])
    func readsACommentInTheCodesThatProgramsUse(written: String, text: String) throws {
        #expect(try Self.comment(Self.jpeg(Self.exif(Array(written.utf8), bigEndian: false))) == text)
    }

    @Test(arguments: [8, 38, 0, 0xFFFF_FFFF])
    func directoriesThatLeadInCirclesOrNowhereEnd(place: Int) throws {
        let block = Self.exif(Array("ASCII\0\0\0a fox".utf8), bigEndian: true, at: place)
        _ = try Self.comment(Self.jpeg(block))
    }

    // MARK: Damage

    /// Ten thousand files with a few wrong bytes, or cut short, as any program may have left them.
    @Test(arguments: [ImageFormat.png, .jpg, .webp]) func mutatedFilesNeverCrashTheReader(format: ImageFormat) throws {
        let metadata = ImageMetadata(prompt: "a fox", model: "flux-2-pro", seed: 7, parameters: "{\"a\":1}")
        let block = Self.exif(Array("UNICODE\0".utf8) + Self.utf16(Self.text, bigEndian: true), bigEndian: false)
        let foreign =
            switch format {
            case .png: try Self.png(Self.forms + [Self.chunk("eXIf", block)])
            case .jpg: try Self.jpeg(block)
            default: try Self.webp(block)
            }
        let files = [try metadata.embedded(in: Samples.picture(width: 8, height: 8).encoded(as: format)), foreign]
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var read = 0
        for round in 0..<3_400 {
            var bytes = files[round % 2]
            for _ in 0..<1 + next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(4) == 0 { bytes.removeLast(next(bytes.count)) }
            if let data = try? EmbeddedData(reading: bytes) {
                read += 1
                _ = data.exif.map { ExifReader($0) }
                _ = (data.own, data.xmpText("dc:description"))
            }
            _ = try? ImageMetadata(reading: bytes)
        }
        #expect(read > 1_000)
    }
}
