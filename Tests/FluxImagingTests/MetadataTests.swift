import FluxImaging
import Testing

@Suite struct MetadataTests {
    static let plain = ImageMetadata(
        prompt: "A cozy home office, warm light", model: "flux-2-pro", seed: 7,
        parameters: #"{"resolution":"2MP","output_format":"jpg"}"#)

    /// Scripts, quotes, markup, line ends, an emoji of several scalars.
    static let awkward = ImageMetadata(
        prompt: "“Tom & Jerry” <b>'x'</b> ]]> 커피 한 잔, 青い海, قهوة 👩🏽‍🚀 &amp; C:\\x\r\nsecond line\ttab",
        model: "flux-1.1-pro-ultra", seed: -9_007_199_254_740_993, parameters: #"{"prompt":"\"q\" \\ <>"}"#)

    @Test(arguments: Samples.written, [plain, awkward])
    func whatIsWrittenIsReadBack(format: ImageFormat, metadata: ImageMetadata) throws {
        let file = try metadata.embedded(in: Samples.picture().encoded(as: format))
        #expect(try ImageMetadata(reading: file) == metadata)
    }

    @Test(arguments: Samples.written) func absentFieldsStayAbsent(format: ImageFormat) throws {
        let metadata = ImageMetadata(prompt: "", model: "m")
        let file = try metadata.embedded(in: Samples.picture().encoded(as: format))
        #expect(try ImageMetadata(reading: file) == metadata)
    }

    @Test(arguments: Samples.written, [false, true]) func pixelsStayTheSame(
        format: ImageFormat, transparent: Bool
    ) throws {
        let file = try Samples.picture(transparent: transparent).encoded(as: format, quality: 80)
        let embedded = try Self.awkward.embedded(in: file)
        #expect(embedded != file)
        #expect(try Raster(decoding: embedded) == Raster(decoding: file))
    }

    @Test(arguments: Samples.written) func aFileWithoutOursReadsAsNothing(format: ImageFormat) throws {
        #expect(try ImageMetadata(reading: Samples.picture().encoded(as: format)) == nil)
    }

    @Test(arguments: Samples.written) func aSecondEmbeddingReplacesTheFirst(format: ImageFormat) throws {
        let file = try Samples.picture().encoded(as: format)
        let twice = try Self.plain.embedded(in: Self.awkward.embedded(in: file))
        #expect(try twice == Self.plain.embedded(in: file))
    }

    @Test(arguments: Samples.written) func charactersThatXMLCannotCarryAreLeftOut(format: ImageFormat) throws {
        let metadata = ImageMetadata(prompt: "a\u{0}b\u{8}c\u{FFFE}d\u{1B}[31m", model: "m\u{1}")
        let file = try metadata.embedded(in: Samples.picture().encoded(as: format))
        let read = try ImageMetadata(reading: file)
        #expect(read?.prompt == "abcd[31m")
        #expect(read?.model == "m")
    }

    @Test(arguments: ["한", "&", "👩🏽‍🚀", "\"", "é"]) func thePromptsLongestFormFitsEveryFormat(character: String) throws {
        let metadata = ImageMetadata(
            prompt: String(repeating: character, count: 2_000), model: "flux-2-pro", seed: 1, parameters: "{}")
        for format in Samples.written {
            let file = try metadata.embedded(in: Samples.picture().encoded(as: format))
            let read = try ImageMetadata(reading: file)
            // Two thousand emoji of four scalars each pass what a JPEG segment holds.
            if format == .jpg && character == "👩🏽‍🚀" {
                #expect(read?.prompt.hasPrefix(String(repeating: character, count: 700)) == true)
            } else {
                #expect(read?.prompt == metadata.prompt)
            }
            #expect(try Raster(decoding: file).width == 48)
        }
    }

    @Test func parametersThatAJPEGCannotHoldAreDropped() throws {
        var metadata = Self.plain
        metadata.parameters = "{\"x\":\"" + String(repeating: "y", count: 70_000) + "\"}"
        let jpeg = try metadata.embedded(in: Samples.picture().encoded(as: .jpg))
        #expect(try ImageMetadata(reading: jpeg)?.prompt == metadata.prompt)
        #expect(try ImageMetadata(reading: jpeg)?.parameters == nil)
        let png = try metadata.embedded(in: Samples.picture().encoded(as: .png))
        #expect(try ImageMetadata(reading: png) == metadata)
    }

    @Test func pngCarriesTheTextsThatOtherProgramsRead() throws {
        let file = try Self.plain.embedded(in: Samples.picture().encoded(as: .png))
        #expect(file.contains("tEXtDescription\0A cozy home office, warm light".utf8))
        #expect(file.contains("tEXtSoftware\0fluxlua".utf8))
        #expect(file.contains("tEXtparameters\0A cozy home office, warm light\nSeed: 7, Model: flux-2-pro".utf8))
        let korean = ImageMetadata(prompt: "커피", model: "m")
        let international = try korean.embedded(in: Samples.picture().encoded(as: .png))
        #expect(international.contains("iTXtDescription\0\0\0\0\0커피".utf8))
    }

    @Test(arguments: [ImageFormat.jpg, .webp]) func exifCarriesThePrompt(format: ImageFormat) throws {
        let file = try Self.plain.embedded(in: Samples.picture().encoded(as: format))
        #expect(file.contains("A cozy home office, warm light\0".utf8))
        let comment = Array("Seed: 7".utf16).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(file.contains(comment))
    }

    @Test(arguments: Samples.written) func aCutFileIsAnErrorOrKeepsItsPixels(format: ImageFormat) throws {
        let file = try Samples.picture(width: 20, height: 14).encoded(as: format)
        for length in 0..<file.count {
            let cut = Array(file.prefix(length))
            guard let embedded = try? Self.plain.embedded(in: cut) else { continue }
            #expect((try? Raster(decoding: embedded)) == (try? Raster(decoding: cut)), "cut to \(length)")
        }
    }

    @Test(arguments: Samples.written) func brokenBytesNeverCrash(format: ImageFormat) throws {
        let file = try Self.awkward.embedded(in: Samples.picture(width: 8, height: 8).encoded(as: format))
        for position in file.indices {
            var broken = file
            broken[position] ^= 0xFF
            _ = try? ImageMetadata(reading: broken)
            _ = try? Self.plain.embedded(in: broken)
        }
    }

    @Test func unknownAndUnsuitableFilesAreRefused() {
        #expect(throws: ImagingError.unknownFormat) { try Self.plain.embedded(in: Array("<html>".utf8)) }
        #expect(throws: ImagingError.self) { try Self.plain.embedded(in: Samples.gif) }
    }
}
