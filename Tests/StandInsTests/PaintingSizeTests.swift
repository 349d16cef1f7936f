import Testing

@testable import StandIns

@Suite struct PaintingSizeTests {
    private func pixels(
        _ resolution: String? = nil, _ aspectRatio: String? = nil, width: Int? = nil, height: Int? = nil,
        matching: (width: Int, height: Int)? = nil, model: String = "flux-2-pro"
    ) -> [Int] {
        let size = PictureSize.pixels(
            resolution: resolution, aspectRatio: aspectRatio, width: width, height: height, matching: matching,
            model: model)
        return [size.width, size.height]
    }

    static let shapes = [
        "1:1", "3:4", "4:3", "9:16", "16:9", "21:9", "9:21", "2:3", "5:4", "4:1", "1:4", "1.91:1",
    ]

    @Test(arguments: ["0.5MP", "1MP", "2MP", "4MP"], shapes)
    func sizeFollowsResolutionAndShape(resolution: String, shape: String) throws {
        let size = pixels(resolution, shape)
        let sides = shape.split(separator: ":").compactMap { Double($0) }
        let megapixels = try #require(Double(resolution.dropLast(2)))
        #expect(size.allSatisfy { $0 % 16 == 0 })
        let count = Double(size[0] * size[1])
        #expect(abs(count / (megapixels * 1_000_000) - 1) < 0.031, "\(size)")
        #expect(abs(Double(size[0]) / Double(size[1]) / (sides[0] / sides[1]) - 1) < 0.035, "\(size)")
    }

    @Test func shapesTurnedOnTheirSideGiveTheSameSidesSwapped() {
        for resolution in ["0.5MP", "1MP", "2MP", "4MP"] {
            #expect(pixels(resolution, "16:9") == pixels(resolution, "9:16").reversed())
            #expect(pixels(resolution, "4:3") == pixels(resolution, "3:4").reversed())
        }
    }

    @Test func veryLongShapesAreCutToFourToOne() {
        #expect(pixels("4MP", "100:1") == pixels("4MP", "4:1"))
        #expect(pixels("0.5MP", "1:9") == pixels("0.5MP", "1:4"))
    }

    @Test func knownSizesStayAsTheyAre() {
        #expect(pixels("0.5MP", "1:1") == [704, 704])
        #expect(pixels("1MP", "1:1") == [1_008, 1_008])
        #expect(pixels("2MP", "1:1") == [1_408, 1_408])
        #expect(pixels("4MP", "1:1") == [2_000, 2_000])
        #expect(pixels("2MP", "16:9") == [1_888, 1_056])
    }

    @Test func modelsHaveTheirOwnDefaults() {
        #expect(pixels() == pixels("2MP", "1:1"))
        #expect(pixels(model: "flux-2-max") == pixels("2MP", "1:1"))
        #expect(pixels(model: "flux-1.1-pro") == pixels("1MP", "1:1"))
        #expect(pixels(model: "flux-1.1-pro-ultra") == pixels("4MP", "1:1"))
    }

    @Test func widthAndHeightWin() {
        #expect(pixels("4MP", "16:9", width: 640, height: 333) == [640, 333])
        #expect(pixels("4MP", "2:1", width: 640) == [640, 320])
        #expect(pixels("4MP", "2:1", height: 320) == [640, 320])
    }

    @Test func matchingTakesTheReferencesSizeUpToFourMegapixels() {
        #expect(pixels("match_input_image", matching: (801, 599)) == [801, 599])
        let reduced = pixels("match_input_image", matching: (6_000, 4_000))
        #expect(reduced.allSatisfy { $0 % 16 == 0 })
        #expect(reduced[0] * reduced[1] <= 4_120_000 && reduced[0] * reduced[1] > 3_880_000)
        #expect(abs(Double(reduced[0]) / Double(reduced[1]) - 1.5) < 0.03)
        #expect(pixels("match_input_image") == pixels("2MP"))
    }

    @Test(arguments: ["", "16", "16:", ":9", "0:0", "-1:2", "a:b", "nan:1", "inf:1", "1:inf", "1e300:1e-300"])
    func senselessShapesStillGiveAPicture(shape: String) {
        let size = pixels("1MP", shape)
        #expect(size.allSatisfy { $0 >= 256 && $0 <= PictureSize.maximumSide })
    }
}
