import Testing

@testable import FluxImaging

@Suite struct EmbeddedDataTests {
    private static func exif(_ comment: [UInt8], bigEndian: Bool, orientation: UInt8 = 6) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
            return bigEndian ? bytes.reversed() : bytes
        }
        let short = number(Int(orientation), 2) + [0, 0]
        let main =
            number(2, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) + short + number(0x8769, 2) + number(4, 2)
            + number(1, 4) + number(8 + 2 + 24 + 4, 4) + number(0, 4)
        let details =
            number(1, 2) + number(0x9286, 2) + number(7, 2) + number(comment.count, 4) + number(38 + 18, 4)
            + number(0, 4)
        return Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + main + details + comment
    }

    @Test(arguments: [true, false], [true, false])
    func readsAUserCommentInEitherByteOrder(bigEndian: Bool, commentBigEndian: Bool) {
        let text = "a fox, 여우: \"x\"\nSteps: 20"
        let units = text.utf16.flatMap {
            commentBigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]
        }
        let reader = ExifReader(Self.exif(Array("UNICODE\0".utf8) + units, bigEndian: bigEndian))
        #expect(reader.userComment == text)
        #expect(reader.orientation == 6)
    }

    @Test func readsAPlainComment() {
        let reader = ExifReader(Self.exif(Array("ASCII\0\0\0a fox".utf8), bigEndian: false))
        #expect(reader.userComment == "a fox")
    }

    /// Ten thousand files with a few wrong bytes, or cut short.
    @Test(arguments: [ImageFormat.png, .jpg, .webp]) func mutatedFilesNeverCrashTheReader(format: ImageFormat) throws {
        let raster = Raster(width: 8, height: 8, red: 9, green: 99, blue: 199)
        let metadata = ImageMetadata(prompt: "a fox", model: "flux-2-pro", seed: 7, parameters: "{\"a\":1}")
        let file = try metadata.embedded(in: raster.encoded(as: format))
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var read = 0
        for _ in 0..<3_400 {
            var bytes = file
            for _ in 0..<1 + next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(4) == 0 { bytes.removeLast(next(bytes.count)) }
            if let data = try? EmbeddedData(reading: bytes) {
                read += 1
                _ = data.exif.map { ExifReader($0) }
            }
            _ = try? ImageMetadata(reading: bytes)
        }
        #expect(read > 100)
    }
}
