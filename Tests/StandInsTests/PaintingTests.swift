import FluxDrawing
import FluxImaging
import Testing

@testable import StandIns

@Suite struct PaintingTests {
    /// Small pictures: unoptimized tests are about promises, not about detail.
    static func order(
        _ prompt: String = "A red mug on a table", seed: Int64 = 7, model: String = "flux-2-pro", width: Int = 320,
        height: Int = 240, format: ImageFormat = .png
    ) -> PictureSpecification {
        PictureSpecification(model: model, prompt: prompt, seed: seed, width: width, height: height, format: format)
    }

    static let prompts = [
        "A red mug on a table", "mountain lake", "city skyline at night", "neon street", "office", "living room sofa",
        "sailboat on the sea", "beach", "portrait of a woman", "bouquet", "flowers in a field", "yellow car",
        "red van in the city", "cat", "dog on a beach", "perfume bottle", "moon and stars", "ringed planet in space",
        "red fox in the snow",
        "sunny sky", "monochrome nothing", "", "아늑한 홈 오피스", "夕焼けの海", "🎉", "\u{0}\u{1}\n\t",
    ]

    @Test(arguments: prompts) func theSameOrderGivesTheSameBytes(prompt: String) throws {
        let order = Self.order(prompt)
        #expect(try Painter.paint(order) == Painter.paint(order))
    }

    @Test(arguments: prompts) func anotherSeedGivesAnotherPicture(prompt: String) throws {
        var pictures: Set<[UInt8]> = []
        for seed: Int64 in [0, 1, 2, -1, .max, .min] {
            // Without the label, which names the seed.
            let scene = try Painting(Self.order(prompt, seed: seed)).scene(of: PixelSize(width: 120, height: 90))
            pictures.insert(scene.raster().pixels)
        }
        #expect(pictures.count == 6)
    }

    @Test func promptModelAndRawChangeThePicture() throws {
        var raw = Self.order()
        raw.raw = true
        let orders = [Self.order(), Self.order("A blue mug on a table"), Self.order(model: "flux-2-max"), raw]
        let files = try orders.map { try Painter.paint($0) }
        #expect(Set(files).count == files.count)
    }

    @Test func snowLiesOnTheGround() throws {
        func brightness(_ prompt: String, seed: Int64) throws -> Int {
            let size = PixelSize(width: 120, height: 90)
            let pixels = try Painting(Self.order(prompt, seed: seed)).scene(of: size).raster().pixels
            // The lowest fifth.
            return pixels.suffix(pixels.count / 5).reduce(0) { $0 + Int($1) }
        }
        for seed: Int64 in 1...5 {
            for light in ["by day", "at night"] {
                let green = try brightness("hills with a fox \(light)", seed: seed)
                #expect(try brightness("snowy hills with a fox \(light)", seed: seed) > green)
            }
        }
    }

    @Test func rawIsCalmer() throws {
        func colourfulness(raw: Bool) throws -> Int {
            var order = Self.order("A vivid red mug, blue wall", seed: 3)
            order.raw = raw
            let pixels = try Painting(order).scene(of: PixelSize(width: 160, height: 120)).raster().pixels
            return stride(from: 0, to: pixels.count, by: 4).reduce(0) { sum, index in
                let channels = pixels[index..<index + 3]
                return sum + Int(channels.max() ?? 0) - Int(channels.min() ?? 0)
            }
        }
        #expect(try colourfulness(raw: true) < colourfulness(raw: false))
    }

    @Test(
        arguments: ["flux-2-pro", "flux-1.1-pro", "flux-1.1-pro-ultra", "flux-lora"],
        [ImageFormat.jpg, .png, .webp])
    func everyModelAndFormatDecodesToTheOrderedSize(model: String, format: ImageFormat) throws {
        let file = try Painter.paint(Self.order(model: model, width: 333, height: 217, format: format))
        #expect(ImageFormat.detect(file) == format)
        #expect(try Raster(decoding: file).size == PixelSize(width: 333, height: 217))
    }

    @Test(arguments: [(64, 64), (64, 1_024), (1_024, 64), (1, 1), (-5, 0), (150, 30)])
    func oddSizesArePaintedToo(width: Int, height: Int) throws {
        for prompt in ["mug", "city", "street neon", "abstract", "moon", "sea", "room", "mountain", "car"] {
            let picture = try Raster(decoding: Painter.paint(Self.order(prompt, width: width, height: height)))
            #expect(picture.size == PixelSize(width: max(16, width), height: max(16, height)))
        }
    }

    @Test func gifIsAnError() {
        #expect(throws: ImagingError.self) { try Painter.paint(Self.order(format: .gif)) }
    }

    @Test(arguments: [ImageFormat.jpg, .webp]) func qualityChangesTheFilesSize(format: ImageFormat) throws {
        let sizes = try [0, 50, 100].map { quality in
            var order = Self.order(format: format)
            order.quality = quality
            return try Painter.paint(order).count
        }
        #expect(sizes[0] < sizes[1] && sizes[1] < sizes[2])
    }

    @Test func paintingInParallelGivesTheSameBytes() async throws {
        let orders = Self.prompts.map { Self.order($0, width: 160, height: 120) }
        let alone = try orders.map { try Painter.paint($0) }
        for _ in 0..<3 {
            let together = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for (index, order) in orders.enumerated() {
                    group.addTask { (index, try Painter.paint(order)) }
                }
                var files = [[UInt8]](repeating: [], count: orders.count)
                for try await (index, file) in group { files[index] = file }
                return files
            }
            #expect(together == alone)
        }
    }

    @Test func aReferenceShowsTheMoreTheStrongerItIs() throws {
        let reference = Raster(width: 90, height: 60, red: 10, green: 240, blue: 20)
        func green(_ strength: Double) throws -> Int {
            var order = Self.order("A red mug")
            order.references = [reference]
            order.referenceStrength = strength
            let pixels = try Raster(decoding: Painter.paint(order)).pixels
            return stride(from: 0, to: pixels.count, by: 4).filter {
                pixels[$0 + 1] > 150 && pixels[$0] < 110 && pixels[$0 + 2] < 110
            }.count
        }
        let shares = try [0.0, 0.5, 1.0].map(green)
        #expect(shares[0] < shares[1] && shares[1] < shares[2])
        #expect(shares[2] > 320 * 240 / 2)
    }

    @Test func everyReferenceTakesPart() throws {
        var order = Self.order("A red mug")
        var files: Set<[UInt8]> = []
        for count in 0...4 {
            order.references = (0..<count).map {
                Raster(width: 40 + $0, height: 30, red: UInt8($0 * 60), green: 90, blue: 200)
            }
            files.insert(try Painter.paint(order))
        }
        #expect(files.count == 5)
    }

    @Test func wordsChooseSubjectLightAndColour() {
        let reading = PromptReading("A red Mug, beside the SEA at sunset, blue sky")
        #expect(reading.hero == .cup)
        #expect(reading.place == .sea)
        #expect(reading.light == .sunset)
        #expect(reading.heroColour?.hue == 27)
        #expect(reading.colours.map(\.hue) == [250])
        #expect(PromptReading("A mug on a green table").heroColour == nil)
        #expect(PromptReading("밤의 도시").place == .city)
        #expect(PromptReading("catalogue of carpets").hero == nil)
    }
}
