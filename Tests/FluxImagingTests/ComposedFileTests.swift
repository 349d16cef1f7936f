import Testing

@testable import FluxImaging

/// Metadata gets into a file without its pixels being read.
@Suite struct ComposedFileTests {
    private static func large() throws -> Raster { try Samples.picture(width: 400, height: 300) }

    /// What of a file was read.
    private final class Reader {
        private(set) var byteCount = 0
        private let file: [UInt8]

        init(_ file: [UInt8]) { self.file = file }

        var source: ByteSource {
            ByteSource(byteCount: file.count) { range in
                self.byteCount += range.count
                return Array(self.file[range])
            }
        }
    }

    @Test(arguments: [ImageFormat.jpg, .png]) func pixelsAreCopiedAndNotRead(format: ImageFormat) throws {
        var file = try Self.large().encoded(as: format)
        // Behind its end it is as long as a picture that is worth the trouble.
        file += [UInt8](repeating: 0, count: 100_000)
        let reader = Reader(file)
        let composed = try MetadataTests.plain.composed(with: reader.source)
        #expect(reader.byteCount < 8_000)
        #expect(composed.parts.count == 3, "the head, the new bytes, all the rest")
        #expect(composed.bytes(of: file).count == composed.byteCount)
        #expect(try ImageMetadata(reading: composed.bytes(of: file)) == MetadataTests.plain)
    }

    @Test func textsBehindThePixelsOfAPNGAreReplacedToo() throws {
        let file = try MetadataTests.awkward.embedded(in: Self.large().encoded(as: .png))
        // Our chunks stand behind the header, which is 33 bytes long; the end is 12 bytes long.
        let plain = try Self.large().encoded(as: .png)
        let ours = file[33..<file.count - plain.count + 33]
        let behind = plain[..<(plain.count - 12)] + ours + plain[(plain.count - 12)...]
        #expect(try ImageMetadata(reading: Array(behind)) == MetadataTests.awkward)
        #expect(try MetadataTests.plain.embedded(in: Array(behind)) == MetadataTests.plain.embedded(in: plain))
    }

    @Test func diskThatFailsIsNoDamagedPicture() {
        let source = ByteSource(byteCount: 1_000) { _ throws(ImagingError) in
            throw .unreadable(detail: "input/output error")
        }
        #expect(throws: ImagingError.unreadable(detail: "input/output error")) {
            try MetadataTests.plain.composed(with: source)
        }
    }

    @Test func partsThatFollowEachOtherBecomeOne() {
        var file = ComposedFile()
        file.append(copying: 0..<2)
        file.append(copying: 2..<2)
        file.append(copying: 2..<3)
        file.append([7])
        file.append([])
        file.append([8])
        file.append(copying: 4..<5)
        #expect(file.parts == [.copied(0..<3), .bytes([7, 8]), .copied(4..<5)])
        #expect(file.byteCount == 6 && file.bytes(of: [1, 2, 3, 4, 5]) == [1, 2, 3, 7, 8, 5])
    }
}
