import FluxImaging
import Testing

@Suite struct RasterTests {
    @Test func byteCountMustFitTheSize() {
        #expect(throws: ImagingError.self) { try Raster(width: 2, height: 2, pixels: [1, 2, 3]) }
        #expect(throws: ImagingError.self) { try Raster(width: 0, height: 0, pixels: []) }
        #expect(throws: ImagingError.self) { try Raster(width: -1, height: -1, pixels: [1, 2, 3, 4]) }
    }

    @Test(arguments: [ResizeFilter.box, .bilinear, .lanczos]) func oneColourStaysOneColour(filter: ResizeFilter) {
        let plain = Raster(width: 61, height: 47, red: 200, green: 13, blue: 99)
        for size in [PixelSize(width: 7, height: 5), PixelSize(width: 180, height: 91), PixelSize(width: 1, height: 1)]
        {
            let resized = plain.resized(to: size, filter: filter)
            #expect(resized == Raster(width: size.width, height: size.height, red: 200, green: 13, blue: 99))
        }
    }

    @Test(arguments: [ResizeFilter.box, .bilinear, .lanczos]) func halvingAndDoublingKeepsThePicture(
        filter: ResizeFilter
    ) throws {
        let picture = try Samples.picture(width: 120, height: 80)
        let back = picture.resized(to: PixelSize(width: 60, height: 40), filter: filter).resized(to: picture.size)
        #expect(Samples.difference(back, picture) < 2)
    }

    @Test func transparentPixelsLendNoColour() throws {
        let pixels: [UInt8] = [255, 0, 0, 255, 0, 255, 0, 0]
        let small = try Raster(width: 2, height: 1, pixels: pixels).resized(to: PixelSize(width: 1, height: 1))
        #expect(small[0, 0] == SIMD4(255, 0, 0, 128))
    }

    @Test func croppingCutsOffWhatLiesOutside() throws {
        let picture = try Samples.picture(width: 10, height: 8)
        let cut = try picture.cropped(x: 6, y: 5, width: 100, height: 2)
        #expect(cut.size == PixelSize(width: 4, height: 2))
        #expect(cut[0, 0] == picture[6, 5])
        #expect(cut[3, 1] == picture[9, 6])
        #expect(throws: ImagingError.self) { try picture.cropped(x: 10, y: 0, width: 5, height: 5) }
    }

    @Test func fittingKeepsTheShapeAndNeverEnlarges() {
        let size = PixelSize(width: 400, height: 300)
        #expect(size.fitted(within: PixelSize(width: 100, height: 100)) == PixelSize(width: 100, height: 75))
        #expect(size.fitted(within: PixelSize(width: 1_000, height: 1_000)) == size)
    }
}
