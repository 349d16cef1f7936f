import FluxClient
import FluxImaging
import Testing

@testable import FluxSimulator

/// Every model with all that its product page documents, by way of the real client.
@Suite struct ModelTests {
    private static let shared: [String: JSONValue] = [
        "aspect_ratio": "16:9", "image_prompt_strength": 0.25, "output_quality": 80, "seed": 7,
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var model: String
        var parameters: [String: JSONValue] = [:]
        var format = ImageFormat.jpg
        var size: PixelSize
        var pictures = 1
        var testDescription: String { "\(model) \(format) \(parameters.keys.sorted())" }
    }

    static let cases: [Case] = [
        Case(
            model: "flux-2-pro",
            parameters: shared.merging([
                "resolution": "1MP", "output_format": "webp", "prompt_upsampling": true, "image_prompt": "INPUT",
                "input_images": ["INPUT", "INPUT"],
            ]) { $1 }, format: .webp, size: PixelSize(width: 1328, height: 752)),
        Case(model: "flux-2-pro", size: PixelSize(width: 1408, height: 1408)),
        Case(
            model: "flux-2-pro", parameters: ["resolution": "match_input_image", "image_prompt": "INPUT"],
            size: PixelSize(width: 96, height: 64)),
        Case(
            model: "flux-1.1-pro",
            parameters: [
                "width": 640, "height": 320, "output_format": "png", "output_quality": 0, "raw": true, "seed": -1,
                "image_prompt": "INPUT", "image_prompt_strength": 1,
            ], format: .png, size: PixelSize(width: 640, height: 320)),
        Case(
            model: "flux-1.1-pro-ultra", parameters: shared.merging(["raw": true, "output_format": "jpg"]) { $1 },
            size: PixelSize(width: 2672, height: 1504)),
        Case(
            model: "flux-2-dev",
            parameters: ["steps": 20, "guidance": 3.5, "go_fast": true, "resolution": "0.5MP", "aspect_ratio": "1:1"],
            size: PixelSize(width: 704, height: 704)),
        Case(
            model: "flux-2-flex", parameters: ["width": 512, "height": 256], size: PixelSize(width: 512, height: 256)),
        Case(model: "flux-2-max", parameters: ["width": 256, "height": 300], size: PixelSize(width: 256, height: 300)),
        Case(
            model: "flux-lora",
            parameters: [
                "loraId": "mine", "lora_strength": 0.8, "guidance_scale": 3, "num_inference_steps": 28,
                "num_outputs": 4, "aspect_ratio": "1:1", "output_format": "webp", "seed": 7,
            ], format: .webp, size: PixelSize(width: 1008, height: 1008), pictures: 4),
        Case(
            model: "flux-fill-pro",
            parameters: [
                "mode": "inpaint", "image": "INPUT", "mask": "INPUT", "steps": 20, "guidance": 2.5,
                "safety_tolerance": 3, "output_format": "png", "prompt_upsampling": false, "seed": 7,
            ], format: .png, size: PixelSize(width: 96, height: 64)),
        Case(
            model: "flux-fill-pro", parameters: ["mode": "outpaint", "image": "INPUT", "outpaint": "Zoom out 2x"],
            size: PixelSize(width: 192, height: 128)),
    ]

    @Test(arguments: cases)
    func jobCompletesAndItsPicturesHaveTheAskedForm(of aim: Case) async throws {
        let bench = try Bench()
        let scratch = try Scratch()
        let input = try await bench.client.upload(
            file: try scratch.write(try picture(.jpg, width: 96, height: 64), "input.jpg")
        ).url
        let parameters = aim.parameters.mapValues { $0.replacing("INPUT", with: input) }
        let accepted = try await bench.client.submit(
            bench.request(model: aim.model, parameters), idempotencyKey: "k")
        bench.finishJobs()

        let job = try await bench.ended(accepted.jobID)
        #expect(job.status == .completed, "\(job.error ?? "")")
        #expect(job.imageURLs.count == aim.pictures)
        var seen: Set<[UInt8]> = []
        for url in job.imageURLs {
            let file = "\(scratch.path)/result"
            let download = try await bench.client.download(url, to: file)
            #expect(download.contentType == aim.format.mimeType)
            let bytes = try read(file)
            #expect(ImageFormat.detect(bytes) == aim.format)
            #expect(try Raster(decoding: bytes).size == aim.size)
            seen.insert(bytes)
        }
        #expect(seen.count == aim.pictures)
    }

    @Test func everyFluxModelIsTried() {
        let flux = Catalogue.flux.models.filter { $0.id.hasPrefix("flux-") }
        // Each wants a case in `cases`.
        #expect(Set(Self.cases.map(\.model)).symmetricDifference(flux.map(\.id)) == [])
    }

    /// The first model of each family that shares its parameters.
    static let families = Dictionary(
        grouping: Catalogue.flux.models.filter { $0.call == .generate && !$0.id.hasPrefix("flux-") },
        by: \.parametersKey
    ).values.compactMap(\.first).map(\.id).sorted()

    @Test(arguments: families) func modelOfAnotherFamilyMakesAPictureOfTheShapeThatItIsAskedFor(_ id: String)
        async throws
    {
        let bench = try Bench()
        let model = try #require(Catalogue.flux[id])
        var parameters: [String: JSONValue] = [:]
        if model[parameter: "aspect_ratio"] != nil { parameters["aspect_ratio"] = "3:2" }
        if case .choice(let shapes)? = model[parameter: "aspect_ratio"]?.kind, !shapes.contains("3:2") {
            parameters["aspect_ratio"] = "4:3"
        }
        if model[parameter: "image_size"] != nil, parameters.isEmpty { parameters["image_size"] = "landscape_4_3" }
        if model[parameter: "resolution"] != nil { parameters["resolution"] = "512px" }
        let accepted = try await bench.client.submit(
            bench.request("a fox", model: id, parameters), idempotencyKey: id)
        bench.finishJobs()
        let job = try await bench.ended(accepted.jobID)
        let size = try ImageHeader(parsing: try await bench.bytes(try #require(job.imageURLs.first)).body).size
        #expect(size.width * 10 > size.height * 13 && size.width * 10 < size.height * 16, "\(size)")
    }

    @Test func sameRequestWithTheSameSeedGivesTheSamePicture() async throws {
        var pictures: Set<[UInt8]> = []
        for _ in 0..<2 {
            let bench = try Bench(SimulatorConfiguration())
            let id = try await bench.accepted()
            bench.finishJobs()
            pictures.insert(try await bench.bytes(try #require(try await bench.client.job(id).imageURLs.first)).body)
        }
        #expect(pictures.count == 1)
    }
}

extension JSONValue {
    fileprivate func replacing(_ text: String, with other: String) -> JSONValue {
        switch self {
        case .string(text): .string(other)
        case .array(let items): .array(items.map { $0.replacing(text, with: other) })
        default: self
        }
    }
}
