import FluxImaging
import Testing

struct ExifOrientationTests {
    /// A TIFF block with one entry before the orientation.
    private static func block(_ value: UInt16, bigEndian: Bool, type: UInt16 = 3) -> [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
        }
        let head = Array((bigEndian ? "MM" : "II").utf8) + bytes(UInt16(42)) + bytes(UInt32(8)) + bytes(UInt16(2))
        let make = bytes(UInt16(0x010F)) + bytes(UInt16(2)) + bytes(UInt32(2)) + [65, 0, 0, 0]
        let orientation = bytes(UInt16(0x0112)) + bytes(type) + bytes(UInt32(1)) + bytes(value) + [0, 0]
        return head + make + orientation + bytes(UInt32(0))
    }

    private static func jpeg(_ block: [UInt8]) throws -> [UInt8] {
        let file = try Samples.picture().encoded(as: .jpg)
        let body = Array("Exif\0\0".utf8) + block
        let length = body.count + 2
        return Array(file[..<2]) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + body + file[2...]
    }

    /// The checksum is not looked at.
    private static func png(_ block: [UInt8]) throws -> [UInt8] {
        let file = try Samples.picture().encoded(as: .png)
        let end = file.count - 12
        return file[..<end] + [0, 0, 0, UInt8(block.count)] + Array("eXIf".utf8) + block + [0, 0, 0, 0] + file[end...]
    }

    private static func webp(_ block: [UInt8], named: Bool) throws -> [UInt8] {
        let body = (named ? Array("Exif\0\0".utf8) : []) + block
        return try Samples.picture().encoded(as: .webp) + Array("EXIF".utf8) + [UInt8(body.count), 0, 0, 0] + body
    }

    @Test(arguments: 1...8, [true, false]) func orientationIsReadFromEachFormat(_ number: Int, bigEndian: Bool) throws {
        let block = Self.block(UInt16(number), bigEndian: bigEndian)
        let files = [
            try Self.jpeg(block), try Self.png(block), try Self.webp(block, named: true),
            try Self.webp(block, named: false),
        ]
        for file in files { #expect(ExifOrientation(of: file).rawValue == number) }
    }

    @Test func whatMakesNoSenseIsUpright() throws {
        for block in [
            Self.block(9, bigEndian: true), Self.block(0, bigEndian: false), Self.block(6, bigEndian: true, type: 5),
            Array(Self.block(6, bigEndian: true).prefix(24)), [], Array("MM".utf8),
        ] {
            #expect(ExifOrientation(of: try Self.jpeg(block)) == .upright)
            #expect(ExifOrientation(of: try Self.png(block)) == .upright)
        }
        for format in Samples.written {
            #expect(ExifOrientation(of: try Samples.picture().encoded(as: format)) == .upright)
        }
        #expect(ExifOrientation(of: Samples.gif) == .upright)
        #expect(ExifOrientation(of: []) == .upright)
    }

    @Test func brokenFilesEndTheReading() throws {
        var random = SystemRandomNumberGenerator()
        let block = Self.block(6, bigEndian: true)
        for file in [try Self.jpeg(block), try Self.png(block), try Self.webp(block, named: false)] {
            for _ in 0..<2_000 {
                var broken = file
                for _ in 0..<4 { broken[Int.random(in: 0..<broken.count, using: &random)] = .random(in: 0...255) }
                _ = ExifOrientation(of: Array(broken.prefix(Int.random(in: 0...broken.count, using: &random))))
            }
        }
    }

    /// Each as the standard says where the stored first row and first column are to be seen.
    @Test(arguments: [
        (1, "abc def"), (2, "cba fed"), (3, "fed cba"), (4, "def abc"),
        (5, "ad be cf"), (6, "da eb fc"), (7, "fc eb da"), (8, "cf be ad"),
    ])
    func picturesTurnAsPeopleSeeThem(_ number: Int, _ seen: String) throws {
        let stored = try Raster(width: 3, height: 2, pixels: "abcdef".utf8.flatMap { [$0, 0, 0, 255] })
        let orientation = try #require(ExifOrientation(rawValue: number))
        let turned = stored.turned(by: orientation)
        #expect(turned.size == orientation.seen(stored.size))
        let rows = (0..<turned.height).map { y in
            String(decoding: (0..<turned.width).map { turned[$0, y]?.x ?? 0 }, as: UTF8.self)
        }
        #expect(rows.joined(separator: " ") == seen)
    }
}
