import FluxImaging
import Testing

@Suite struct CodecTests {
    @Test(arguments: Samples.written) func decodingGivesBackWhatWasEncoded(format: ImageFormat) throws {
        let picture = try Samples.picture()
        let file = try picture.encoded(as: format, quality: 95)
        #expect(ImageFormat.detect(file) == format)
        #expect(Samples.difference(try Raster(decoding: file), picture) < 4)
    }

    @Test func pngKeepsEveryByteAndTransparency() throws {
        for transparent in [false, true] {
            let picture = try Samples.picture(transparent: transparent)
            #expect(try Raster(decoding: picture.encoded(as: .png)) == picture)
        }
    }

    @Test func jpegLaysTransparencyOnWhite() throws {
        let clear = Raster(width: 16, height: 16, red: 0, green: 0, blue: 0, alpha: 0)
        let decoded = try Raster(decoding: clear.encoded(as: .jpg, quality: 90))
        #expect(decoded[8, 8] == SIMD4(255, 255, 255, 255))
    }

    @Test(arguments: Samples.written) func headerTellsFormatAndSize(format: ImageFormat) throws {
        let file = try Samples.picture(width: 37, height: 21).encoded(as: format)
        let header = try ImageHeader(parsing: file)
        #expect(header.format == format)
        #expect(header.width == 37 && header.height == 21)
    }

    @Test func headerOfAGIFIsRead() throws {
        let header = try ImageHeader(parsing: Samples.gif)
        #expect(header.format == .gif)
        #expect(header.width == 3 && header.height == 2)
    }

    @Test func firstFrameOfAGIFIsDecoded() throws {
        let raster = try Raster(decoding: Samples.animatedGIF)
        #expect(raster.size == PixelSize(width: 3, height: 2))
        let colours: [SIMD4<UInt8>] = [
            [255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [255, 255, 255, 255], [0, 0, 0, 255],
            [128, 128, 128, 255],
        ]
        for (index, colour) in colours.enumerated() { #expect(raster[index % 3, index / 3] == colour) }
    }

    @Test func rowsOfAnInterlacedGIFComeInTheirOrder() throws {
        let raster = try Raster(decoding: Samples.interlacedGIF)
        #expect(raster.size == PixelSize(width: 4, height: 11))
        for row in 0..<11 {
            #expect(raster[0, row]?.w == 0)
            #expect(raster[3, row] == [UInt8(10 * row), UInt8(20 * row), UInt8(255 - 20 * row), 255])
        }
    }

    @Test func brokenGIFsAreDamaged() throws {
        for count in 10..<Samples.interlacedGIF.count - 4 {
            #expect(throws: ImagingError.self) { try Raster(decoding: Array(Samples.interlacedGIF.prefix(count))) }
        }
        #expect(throws: ImagingError.damaged(.gif, detail: "it has no picture")) {
            try Raster(decoding: Samples.gif)
        }
    }

    @Test func gifIsNotWritten() throws {
        #expect(throws: ImagingError.self) { try Samples.picture().encoded(as: .gif) }
    }

    @Test(arguments: Samples.written) func sameInputGivesTheSameBytes(format: ImageFormat) throws {
        let picture = try Samples.picture()
        #expect(try picture.encoded(as: format, quality: 80) == picture.encoded(as: format, quality: 80))
    }

    @Test(arguments: [ImageFormat.jpg, .webp]) func lowerQualityMakesSmallerFiles(format: ImageFormat) throws {
        let picture = try Samples.picture(width: 200, height: 160)
        let sizes = try [0, 50, 100].map { try picture.encoded(as: format, quality: $0).count }
        #expect(sizes[0] < sizes[1] && sizes[1] < sizes[2])
    }

    @Test func qualityDoesNothingToPNG() throws {
        let picture = try Samples.picture()
        #expect(try picture.encoded(as: .png, quality: 0) == picture.encoded(as: .png, quality: 100))
    }

    @Test(arguments: Samples.written) func aFileCutAnywhereIsAnErrorNotACrash(format: ImageFormat) throws {
        let file = try Samples.picture(width: 20, height: 14).encoded(as: format)
        // The last four bytes are the checksum of PNG's empty last chunk: without them nothing is missing.
        for length in 0..<file.count - 4 {
            #expect(throws: ImagingError.self, "cut to \(length) of \(file.count) bytes") {
                try Raster(decoding: Array(file.prefix(length)))
            }
        }
    }

    @Test(arguments: Samples.written) func brokenBytesNeverCrash(format: ImageFormat) throws {
        let file = try Samples.picture(width: 20, height: 14).encoded(as: format)
        for position in file.indices {
            for value: UInt8 in [0x00, 0xFF, 0x7F] {
                var broken = file
                broken[position] = value
                _ = try? Raster(decoding: broken, maximumPixels: 1_000_000)
            }
        }
    }

    @Test func garbageIsOfUnknownFormat() {
        for bytes in [[], [0xFF], Array("<html>502 Bad Gateway</html>".utf8), [UInt8](repeating: 0, count: 4_000)] {
            #expect(throws: ImagingError.unknownFormat) { try Raster(decoding: bytes) }
            #expect(throws: ImagingError.unknownFormat) { try ImageHeader(parsing: bytes) }
        }
    }

    @Test(arguments: Samples.written) func aPictureAboveTheLimitIsRefused(format: ImageFormat) throws {
        let file = try Samples.picture(width: 40, height: 30).encoded(as: format)
        #expect(throws: ImagingError.tooLarge(width: 40, height: 30, maximumPixels: 1_199)) {
            try Raster(decoding: file, maximumPixels: 1_199)
        }
        #expect(try Raster(decoding: file, maximumPixels: 1_200).width == 40)
    }

    @Test func aHugeHeaderIsRefusedBeforeMemoryIsTaken() throws {
        var file = try Samples.picture(width: 8, height: 8).encoded(as: .png)
        file.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
        #expect(throws: ImagingError.self) { try Raster(decoding: file) }
    }

    @Test func errorsReadAsOneLine() {
        let error = ImagingError.damaged(.png, detail: "end of file")
        #expect("\(error)" == "the PNG picture is damaged: end of file")
    }
}
