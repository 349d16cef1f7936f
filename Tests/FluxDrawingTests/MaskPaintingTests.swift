import FluxDrawing
import FluxImaging
import Testing

struct MaskPaintingTests {
    private let size = PixelSize(width: 40, height: 30)

    private func rect(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> MaskShape {
        .rect(MaskShape.Point(x, y), width: width, height: height)
    }

    private func row(_ y: Int, of mask: GreyPicture) -> [UInt8] {
        Array(mask.pixels[y * mask.size.width..<(y + 1) * mask.size.width])
    }

    private func count(_ tone: UInt8, in mask: GreyPicture) -> Int { mask.pixels.count { $0 == tone } }

    @Test func rectanglesOfWholePixelsHaveHardEdges() throws {
        let mask = try GreyPicture(size: size, white: [rect(10, 5, 12, 7)])
        #expect(count(255, in: mask) == 12 * 7 && count(0, in: mask) == 40 * 30 - 12 * 7)
        let expected = (0..<40).map { (10..<22).contains($0) ? UInt8(255) : 0 }
        #expect(row(5, of: mask) == expected && row(11, of: mask) == expected)
        #expect(row(4, of: mask).allSatisfy { $0 == 0 } && row(12, of: mask).allSatisfy { $0 == 0 })
    }

    @Test func halfPixelsAreGrey() throws {
        let mask = try GreyPicture(size: size, white: [rect(10.5, 5, 2, 1)])
        let cells = row(5, of: mask)[9..<14]
        #expect(cells.first == 0 && cells.last == 0 && cells[11] == 255)
        #expect((126...130).contains(cells[10]) && (126...130).contains(cells[12]))
    }

    @Test func ellipsesHaveTheirAreaAndAreSymmetric() throws {
        let size = PixelSize(width: 200, height: 100)
        let mask = try GreyPicture(size: size, white: [.ellipse(MaskShape.Point(100, 50), rx: 80, ry: 30)])
        let area = mask.pixels.reduce(0.0) { $0 + Double($1) / 255 }
        #expect(abs(area - Double.pi * 80 * 30) < 20)
        // Cairo samples an edge's pixel at places that are not symmetric themselves.
        let isSymmetric = zip(mask.pixels, mask.pixels.reversed()).allSatisfy { abs(Int($0) - Int($1)) <= 32 }
        #expect(isSymmetric)
        #expect(row(50, of: mask)[25] == 255 && row(50, of: mask)[15] == 0 && row(15, of: mask)[100] == 0)
    }

    @Test func polygonsAndSeveralShapesAddUp() throws {
        let triangle = MaskShape.polygon([.init(0, 0), .init(20, 0), .init(0, 20)])
        let mask = try GreyPicture(size: size, white: [triangle, rect(30, 20, 10, 10), rect(35, 20, 5, 5)])
        #expect(row(0, of: mask)[18] == 255 && row(10, of: mask)[8] == 255 && row(10, of: mask)[11] == 0)
        #expect((20..<30).allSatisfy { row($0, of: mask)[30...].allSatisfy { $0 == 255 } })
    }

    @Test func featherFadesOverItsPixelsAndNoFarther() throws {
        for feather in [1, 2, 3, 7, 10] {
            var mask = try GreyPicture(size: PixelSize(width: 80, height: 60), white: [rect(30, 0, 50, 60)])
            mask.feather(feather)
            let line = row(30, of: mask)
            #expect(line[..<(30 - feather)].allSatisfy { $0 == 0 }, "\(feather)")
            #expect(line[(30 + feather)...].allSatisfy { $0 == 255 }, "\(feather)")
            let edge = line[(30 - feather)..<(30 + feather)]
            #expect(edge.allSatisfy { $0 > 0 && $0 < 255 } && Array(edge) == edge.sorted(), "\(feather): \(edge)")
            // Nothing fades at the edges of the picture itself.
            #expect(row(0, of: mask) == line && row(59, of: mask) == line)
        }
    }

    @Test func featherThatIsLargerThanThePictureIsHarmless() throws {
        var mask = try GreyPicture(size: PixelSize(width: 5, height: 3), white: [rect(0, 0, 2, 3)])
        mask.feather(1_000)
        #expect(Set(mask.pixels).count <= 5)
        var dot = try GreyPicture(size: PixelSize(width: 1, height: 1), white: [rect(0, 0, 1, 1)])
        dot.feather(20)
        #expect(dot.pixels == [255])
    }

    @Test func transparencyBecomesWhiteAndPartOfItGrey() throws {
        let picture = try Raster(
            width: 3, height: 1, pixels: [9, 9, 9, 255, 9, 9, 9, 0, 9, 9, 9, 155])
        var mask = GreyPicture(transparencyOf: picture)
        #expect(mask.pixels == [0, 255, 100])
        mask.invert()
        #expect(mask.pixels == [255, 0, 155])
    }

    @Test func hundredthsAreOfWidthAndHeight() {
        let size = PixelSize(width: 200, height: 50)
        #expect(rect(10, 10, 50, 20).scaled(fromHundredthsOf: size) == rect(20, 5, 100, 10))
        #expect(
            MaskShape.ellipse(.init(50, 50), rx: 5, ry: 10).scaled(fromHundredthsOf: size)
                == .ellipse(.init(100, 25), rx: 10, ry: 5))
    }

    @Test func shapesAreInsideWhenTheyReachIn() {
        #expect(rect(39, 29, 5, 5).reaches(into: size) && rect(-5, -5, 6, 6).reaches(into: size))
        #expect(!rect(40, 0, 5, 5).reaches(into: size) && !rect(-5, 0, 5, 5).reaches(into: size))
    }

    @Test func fileIsGreyOpaqueAndTheSameEachTime() throws {
        var files: [[UInt8]] = []
        for _ in 0..<2 {
            var mask = try GreyPicture(size: size, white: [.ellipse(.init(20, 15), rx: 9.3, ry: 7.1)])
            mask.feather(5)
            files.append(try mask.encodedAsPNG())
            let read = try Raster(decoding: files[0])
            #expect(read.isOpaque && read.size == size)
            #expect(stride(from: 0, to: read.pixels.count, by: 4).map { read.pixels[$0] } == mask.pixels)
        }
        #expect(files[0] == files[1])
        // One channel of eight bits.
        #expect(files[0][24] == 8 && files[0][25] == 0)
    }

    @Test func tonesTellWhatAMaskIs() {
        let white = PictureTones(Raster(width: 2, height: 2, red: 255, green: 255, blue: 255))
        #expect(white.hasWhite && !white.hasBlack && white.isOpaque && white.brightest == 255)
        let clear = PictureTones(Raster(width: 2, height: 2, red: 0, green: 0, blue: 0, alpha: 254))
        #expect(!clear.hasWhite && clear.hasBlack && !clear.isOpaque)
        let blue = PictureTones(Raster(width: 2, height: 2, red: 0, green: 0, blue: 255))
        #expect(!blue.hasWhite, "blue is dark")
    }
}
