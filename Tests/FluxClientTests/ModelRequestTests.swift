import FluxClient
import Testing

/// The typed requests of the four main models, held against the catalogue.
struct ModelRequestTests {
    private static let picture = ImageInput.url("https://a.example/a.png")

    private static let full: [any ModelRequest] = [
        Flux2Pro(
            prompt: "x", resolution: .halfMegapixel, aspectRatio: .wide, imagePrompt: picture,
            imagePromptStrength: 0.35, inputImages: [picture], outputFormat: .webp, outputQuality: 80,
            promptUpsampling: true, seed: 7),
        Flux11Pro(
            prompt: "x", aspectRatio: .tall, width: 512, height: 768, imagePrompt: picture, imagePromptStrength: 1,
            outputFormat: .png, outputQuality: 0, raw: true, seed: 7),
        Flux11ProUltra(
            prompt: "x", aspectRatio: .portrait, imagePrompt: picture, imagePromptStrength: 0, outputFormat: .jpg,
            outputQuality: 100, raw: false, seed: 7),
        FluxFillPro(
            image: picture, .inpaint(mask: picture), prompt: "x", steps: 50, guidance: 2.5, safetyTolerance: 6,
            outputFormat: .png, promptUpsampling: false, seed: 7),
        FluxFillPro(image: picture, .outpaint(.zoomOutByHalf), prompt: "x", seed: 7),
    ]

    @Test func requestsNameEveryDocumentedParameterAndNoOther() throws {
        var named: [String: Set<String>] = [:]
        for request in Self.full {
            let image = request.imageRequest()
            let validation = Catalogue.flux.validate(image)
            #expect(validation.problems.isEmpty && validation.warnings.isEmpty, "\(validation)")
            named[image.model, default: []].formUnion(image.parameters.keys)
        }
        for (model, names) in named {
            let parameters = try #require(Catalogue.flux[model]).parameters
            #expect(names == Set(parameters.filter(\.isDocumented).map(\.name)), "\(model)")
        }
        #expect(named.count == 4)
    }

    @Test func choicesAreThoseOfTheCatalogue() throws {
        func choices(_ model: String, _ parameter: String) throws -> [String] {
            let kind = try #require(Catalogue.flux[model]?[parameter: parameter]?.kind)
            switch kind {
            case .choice(let choices): return choices
            case .aspectRatio(let documented): return documented
            default: return []
            }
        }
        #expect(try Resolution.allCases.map(\.rawValue) == choices("flux-2-pro", "resolution"))
        #expect(try OutputFormat.allCases.map(\.rawValue) == choices("flux-2-pro", "output_format"))
        #expect(try FluxFillPro.Format.allCases.map(\.rawValue) == choices("flux-fill-pro", "output_format"))
        #expect(try Outpainting.allCases.map(\.rawValue) == choices("flux-fill-pro", "outpaint"))
        let ratios: [AspectRatio] = [.square, .portrait, .landscape, .tall, .wide]
        #expect(try ratios.map(\.description) == choices("flux-2-pro", "aspect_ratio"))
    }

    @Test func whatIsNotSetIsNotSent() {
        let body = Flux2Pro(prompt: "a fox").imageRequest().encoded(in: .description).body
        #expect(String(decoding: body, as: UTF8.self) == #"{"model":"flux-2-pro","prompt":"a fox"}"#)
    }

    @Test func picturesAreOneOrAListAsTheModelWants() {
        let request = Flux2Pro(prompt: "x", imagePrompt: .file("a.png"), inputImages: [.file("b.png")])
        let urls = ["image_prompt": ["https://a.example/a"], "input_images": ["https://a.example/b"]]
        #expect(
            request.imageRequest(urls: urls).parameters == [
                "image_prompt": "https://a.example/a", "input_images": ["https://a.example/b"],
            ])
    }

    @Test func valuesOutOfRangeAreFoundBeforeAnythingIsSent() {
        let request = Flux11Pro(prompt: "", width: 9000, outputQuality: 101)
        let error = #expect(throws: FluxError.self) { try request.check() }
        #expect(error?.kind == .invalid)
        #expect(error?.message == "flux-1.1-pro: 'prompt' must be 1 to 2000 characters long (it is empty)")
        #expect(error?.details["width"] == ["'width' must be a whole number from 256 to 2048 (got 9000)"])
        #expect(error?.details.count == 3)
    }
}
