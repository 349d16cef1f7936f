import Testing

@testable import FluxImaging

@Suite struct ReducedDecodingTests {
    /// A gradient, so that a wrong place or a wrong mean shows.
    private static let gradient: Raster = {
        var pixels: [UInt8] = []
        for y in 0..<480 {
            for x in 0..<640 { pixels += [UInt8(x * 255 / 639), UInt8(y * 255 / 479), 90, 255] }
        }
        return Raster(unchecked: PixelSize(width: 640, height: 480), pixels: pixels)
    }()

    @Test(arguments: [ImageFormat.jpg, .png, .webp], [40, 79, 160, 300, 639])
    func aReducedPictureShowsTheSameAsTheWholeOne(format: ImageFormat, side: Int) throws {
        let bytes = try Self.gradient.encoded(as: format, quality: 95)
        let box = PixelSize(width: side, height: side)
        let reduced = try Raster(decoding: bytes, reducedTo: box)
        #expect(reduced.size == PixelSize(width: 640, height: 480).fitted(within: box))
        let whole = try Raster(decoding: bytes).resized(to: reduced.size)
        let worst = zip(reduced.pixels, whole.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst <= 8)
    }

    @Test func aHugePictureBecomesAFewPixels() throws {
        let bytes = try Raster(width: 20_000, height: 300, red: 255, green: 255, blue: 255, alpha: 200).encoded(
            as: .png)
        let reduced = try Raster(decoding: bytes, reducedTo: PixelSize(width: 16, height: 16))
        #expect(reduced.size == PixelSize(width: 16, height: 1) && reduced[8, 0] == SIMD4(255, 255, 255, 200))
    }

    @Test func aSmallPictureStaysAsItIs() throws {
        let bytes = try Self.gradient.encoded(as: .png)
        #expect(try Raster(decoding: bytes, reducedTo: PixelSize(width: 1000, height: 1000)) == Self.gradient)
    }
}
