import FluxDrawing
import FluxImaging
import Testing

@testable import StandIns

@Suite struct PaintingEditTests {
    /// Noise, so that a pixel that moved or changed shows.
    static func source(width: Int = 120, height: Int = 90, transparent: Bool = false) -> Raster {
        var random = PictureRandom(1)
        var pixels: [UInt8] = []
        for _ in 0..<width * height {
            let value = random.next()
            pixels += [UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16 & 255)]
            pixels.append(transparent ? UInt8(value >> 24 & 255) : 255)
        }
        return (try? Raster(width: width, height: height, pixels: pixels))
            ?? Raster(width: 1, height: 1, red: 0, green: 0, blue: 0)
    }

    /// Black with a grey value inside a rectangle.
    static func mask(
        width: Int = 120, height: Int = 90, _ x: Range<Int>, _ y: Range<Int>, value: UInt8 = 255
    ) throws -> Raster {
        var pixels: [UInt8] = []
        for row in 0..<height {
            for column in 0..<width {
                let level = x.contains(column) && y.contains(row) ? value : 0
                pixels += [level, level, level, 255]
            }
        }
        return try Raster(width: width, height: height, pixels: pixels)
    }

    static func order(_ edit: PictureSpecification.Edit, prompt: String = "a small window", seed: Int64 = 3)
        -> PictureSpecification
    {
        PictureSpecification(model: "flux-fill-pro", prompt: prompt, seed: seed, edit: edit, format: .png)
    }

    @Test(arguments: [false, true]) func inpaintKeepsBlackExactlyAndPaintsWhite(transparent: Bool) throws {
        let source = Self.source(transparent: transparent)
        let mask = try Self.mask(30..<90, 20..<70)
        let result = try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask))))
        #expect(result.size == source.size)
        var changed = 0
        for y in 0..<90 {
            for x in 0..<120 {
                if (30..<90).contains(x) && (20..<70).contains(y) {
                    changed += result[x, y] == source[x, y] ? 0 : 1
                } else {
                    #expect(result[x, y] == source[x, y])
                }
            }
        }
        #expect(changed > 60 * 50 * 95 / 100)
    }

    @Test func inpaintKeepsBlackExactlyUnderALabelToo() throws {
        let source = Self.source(width: 400, height: 300)
        var pixels: [UInt8] = []
        for y in 0..<300 {
            for x in 0..<400 {
                let (dx, dy) = (Double(x - 200) / 170, Double(y - 150) / 130)
                let level: UInt8 = dx * dx + dy * dy < 1 ? 255 : 0
                pixels += [level, level, level, 255]
            }
        }
        let mask = try Raster(width: 400, height: 300, pixels: pixels)
        let result = try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask))))
        for index in stride(from: 0, to: pixels.count, by: 4) where pixels[index] == 0 {
            #expect(result.pixels[index..<index + 4] == source.pixels[index..<index + 4])
        }
    }

    @Test func greyBlendsInProportion() throws {
        let source = Raster(width: 120, height: 90, red: 0, green: 0, blue: 0)
        func brightness(_ value: UInt8) throws -> Int {
            let mask = try Self.mask(0..<120, 0..<90, value: value)
            let result = try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask))))
            return stride(from: 0, to: result.pixels.count, by: 4).reduce(0) { $0 + Int(result.pixels[$1]) }
        }
        let full = try brightness(255)
        let half = try brightness(128)
        let none = try brightness(0)
        #expect(none == 0)
        #expect(abs(Double(half) / Double(full) - 0.5) < 0.04)
    }

    @Test func aTransparentMaskAndABlackMaskKeepEverything() throws {
        let source = Self.source()
        let clear = Raster(width: 120, height: 90, red: 255, green: 255, blue: 255, alpha: 0)
        for mask in [clear, Raster(width: 5, height: 5, red: 0, green: 0, blue: 0)] {
            #expect(try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask)))) == source)
        }
    }

    @Test func aMaskOfAnotherSizeIsScaled() throws {
        let source = Self.source()
        let mask = try Self.mask(width: 40, height: 30, 20..<40, 0..<30)
        let result = try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask))))
        #expect(result[10, 45] == source[10, 45])
        #expect(result[50, 45] == source[50, 45])
        #expect(result[100, 45] != source[100, 45])
    }

    @Test(arguments: [(0, 1, 0, 90), (0, 120, 40, 41), (60, 61, 45, 46)])
    func sliversAndSinglePixelsArePainted(left: Int, right: Int, top: Int, bottom: Int) throws {
        let source = Self.source()
        let mask = try Self.mask(left..<right, top..<bottom)
        let result = try Raster(decoding: Painter.paint(Self.order(.inpaint(source: source, mask: mask))))
        #expect(result != source)
    }

    @Test(
        arguments: [
            ("Zoom out 1.5x", 180, 135, 30, 22), ("Zoom out 2x", 240, 180, 60, 45), ("Make square", 120, 120, 0, 15),
            ("Left outpaint", 180, 90, 60, 0), ("Right outpaint", 180, 90, 0, 0), ("Top outpaint", 120, 135, 0, 45),
            ("Bottom outpaint", 120, 135, 0, 0),
        ])
    func outpaintKeepsTheSourceInItsPlace(preset: String, width: Int, height: Int, x: Int, y: Int) throws {
        let source = Self.source(transparent: true)
        let result = try Raster(decoding: Painter.paint(Self.order(.outpaint(source: source, preset: preset))))
        #expect(result.size == PixelSize(width: width, height: height))
        #expect(try result.cropped(x: x, y: y, width: 120, height: 90) == source)
        // The new area is painted, not empty.
        let corner = preset == "Right outpaint" || preset == "Bottom outpaint" ? (width - 3, height - 3) : (2, 2)
        #expect(result[corner.0, corner.1] != SIMD4(0, 0, 0, 255))
    }

    @Test func outpaintedLabelsStayOffTheSource() throws {
        for preset in ["Zoom out 1.5x", "Make square", "Left outpaint", "Top outpaint"] {
            let source = Self.source(width: 420, height: 330)
            let result = try Raster(decoding: Painter.paint(Self.order(.outpaint(source: source, preset: preset))))
            let place = try OutpaintGeometry(source.size, preset: preset).source
            #expect(try result.cropped(x: place.x, y: place.y, width: 420, height: 330) == source)
        }
    }

    @Test func aSquareStaysASquare() throws {
        let source = Self.source(width: 64, height: 64)
        let order = Self.order(.outpaint(source: source, preset: "Make square"))
        #expect(try Raster(decoding: Painter.paint(order)) == source)
    }

    @Test func anUnknownPresetIsAnError() {
        #expect(throws: ImagingError.unsupported("unknown outpaint preset \"Zoom in\"")) {
            try Painter.paint(Self.order(.outpaint(source: Self.source(), preset: "Zoom in")))
        }
    }

    @Test func largeResultsAreReducedToTheLongestSide() throws {
        let wide = Raster(width: 3_000, height: 20, red: 90, green: 120, blue: 150)
        let result = try Raster(decoding: Painter.paint(Self.order(.outpaint(source: wide, preset: "Right outpaint"))))
        #expect(result.width <= PictureSize.maximumSide && result.width > 4_080)
    }

    @Test func editsAreReproducible() throws {
        let source = Self.source()
        let mask = try Self.mask(30..<90, 20..<70)
        for edit in [
            PictureSpecification.Edit.inpaint(source: source, mask: mask),
            .outpaint(source: source, preset: "Zoom out 2x"),
        ] {
            #expect(try Painter.paint(Self.order(edit)) == Painter.paint(Self.order(edit)))
            #expect(try Painter.paint(Self.order(edit)) != Painter.paint(Self.order(edit, seed: 4)))
        }
    }
}
