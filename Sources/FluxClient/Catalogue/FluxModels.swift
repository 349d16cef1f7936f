/// The data of contract §3. What a product page lists is documented; what only the interface description accepts is not,
/// and its use gives a warning. Models without a product page of their own document everything that they accept.
enum FluxModels {
    static let all = [flux2Pro, flux11Pro, flux11ProUltra, fluxFillPro, flux2Dev, flux2Flex, flux2Max, fluxLora]

    // MARK: Text to image

    private static let flux2Pro = Model(
        id: "flux-2-pro", title: "Flux 2 Pro", call: .generate, parametersKey: "fluxParams",
        averageDuration: .seconds(15), credits: nil,
        parameters: [
            aspectRatio, resolution(matchesInput: true, documented: true),
            imagePrompt, imagePromptStrength, inputImages(documented: 8),
            outputFormat, outputQuality, promptUpsampling(documented: true), seed,
            raw(documented: false), width(), height(), steps(), guidance(), goFast(),
        ])

    private static let flux11Pro = Model(
        id: "flux-1.1-pro", title: "Flux 1.1 Pro", call: .generate, parametersKey: "fluxParams",
        averageDuration: .seconds(10), credits: nil,
        parameters: [
            aspectRatio, width(documented: 256...1440), height(documented: 256...1440),
            imagePrompt, imagePromptStrength, outputFormat, outputQuality, raw(documented: true), seed,
            resolution(matchesInput: false, documented: false), promptUpsampling(documented: false), inputImages(),
            steps(), guidance(), goFast(),
        ])

    private static let flux11ProUltra = Model(
        id: "flux-1.1-pro-ultra", title: "Flux 1.1 Pro Ultra", call: .generate, parametersKey: "fluxParams",
        averageDuration: .seconds(15), credits: nil,
        parameters: [
            aspectRatio, imagePrompt, imagePromptStrength, outputFormat, outputQuality, raw(documented: true), seed,
            resolution(matchesInput: false, documented: false), promptUpsampling(documented: false), inputImages(),
            width(), height(), steps(), guidance(), goFast(),
        ])

    private static let flux2Dev = flux2Sibling(id: "flux-2-dev", title: "Flux 2 Dev", takesAnyResolution: true)
    private static let flux2Flex = flux2Sibling(id: "flux-2-flex", title: "Flux 2 Flex")
    private static let flux2Max = flux2Sibling(id: "flux-2-max", title: "Flux 2 Max")

    /// The flux-2 models that only the interface description knows.
    private static func flux2Sibling(id: String, title: String, takesAnyResolution: Bool = false) -> Model {
        let known = resolutions + ["match_input_image"]
        return Model(
            id: id, title: title, call: .generate, parametersKey: "fluxParams", averageDuration: nil, credits: nil,
            parameters: [
                aspectRatio,
                Parameter(
                    "resolution", takesAnyResolution ? .text(length: 0...Int.max) : .choice(known), defaultValue: "2MP",
                    documented: takesAnyResolution ? .choice(known) : nil,
                    summary: "size of the picture in megapixels"),
                width(documented: 256...2048), height(documented: 256...2048),
                imagePrompt, imagePromptStrength, inputImages(documented: 10),
                outputFormat, outputQuality, promptUpsampling(documented: true), raw(documented: true), seed,
                steps(documented: true), guidance(documented: true), goFast(documented: true),
            ])
    }

    private static let fluxLora = Model(
        id: "flux-lora", title: "Flux LoRA", call: .generate, parametersKey: "fluxLoraParams",
        averageDuration: nil, credits: nil,
        parameters: [
            Parameter("loraId", .text(length: 1...Int.max), isRequired: true, summary: "the trained style to apply"),
            Parameter("lora_strength", .number(0...1.5, step: nil), summary: "how strongly the style shows"),
            Parameter("guidance_scale", .number(1...10, step: nil), summary: "how closely to follow the prompt"),
            Parameter("num_inference_steps", .integer(4...50), summary: "steps of denoising: more is finer and slower"),
            Parameter("num_outputs", .integer(1...4), summary: "how many pictures to make"),
            Parameter(
                "aspect_ratio", .choice(["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"]),
                summary: "width to height"),
            Parameter("output_format", .choice(["jpg", "png", "webp"]), summary: "format of the file"),
            seed,
        ])

    // MARK: Editing

    private static let fluxFillPro = Model(
        id: "flux-fill-pro", title: "Flux Fill Pro", call: .edit, parametersKey: "fluxFillParams",
        averageDuration: .seconds(15), credits: 9,
        parameters: [
            Parameter("image", .image, isRequired: true, summary: "the picture to edit"),
            Parameter(
                "mode", .choice(["inpaint", "outpaint"]), isRequired: true, defaultValue: "inpaint",
                summary: "repaint inside a mask, or paint beyond the edges"),
            Parameter("mask", .image, summary: "for inpaint: white = repaint, black = keep"),
            Parameter(
                "outpaint",
                .choice([
                    "Zoom out 1.5x", "Zoom out 2x", "Make square", "Left outpaint", "Right outpaint", "Top outpaint",
                    "Bottom outpaint",
                ]), defaultValue: "Zoom out 1.5x", summary: "for outpaint: where to extend the picture"),
            Parameter(
                "steps", .integer(1...50), defaultValue: 50, summary: "steps of denoising: more is finer and slower"),
            Parameter(
                "guidance", .number(2...5, step: 0.1), defaultValue: 3, summary: "how closely to follow the prompt"),
            Parameter("safety_tolerance", .integer(1...6), defaultValue: 2, summary: "1 is strictest"),
            Parameter("output_format", .choice(["jpg", "png"]), defaultValue: "jpg", summary: "format of the file"),
            promptUpsampling(documented: true),
            seed,
        ])

    // MARK: Parameters that several models share

    private static let resolutions = ["0.5MP", "1MP", "2MP", "4MP"]

    private static let aspectRatio = Parameter(
        "aspect_ratio", .aspectRatio(documented: ["1:1", "3:4", "4:3", "9:16", "16:9"]),
        summary: "width to height, as in 16:9")

    private static func resolution(matchesInput: Bool, documented: Bool) -> Parameter {
        Parameter(
            "resolution", matchesInput ? .choice(resolutions + ["match_input_image"]) : .text(length: 0...Int.max),
            defaultValue: documented ? "2MP" : nil, documented: .choice(resolutions),
            isDocumented: documented, summary: "size of the picture in megapixels")
    }

    private static let imagePrompt = Parameter("image_prompt", .image, summary: "a reference picture")

    private static let imagePromptStrength = Parameter(
        "image_prompt_strength", .number(0...1, step: 0.05), defaultValue: 0.5,
        summary: "how closely to follow the reference picture")

    /// At most 10 are accepted; `documented` is what the product page says, nil when it does not mention them.
    private static func inputImages(documented limit: Int? = nil) -> Parameter {
        Parameter(
            "input_images", .images(limit: 10),
            documented: limit.flatMap { $0 < 10 ? .images(limit: $0) : nil }, isDocumented: limit != nil,
            summary: "reference pictures")
    }

    private static let outputFormat = Parameter(
        "output_format", .choice(["jpg", "png", "webp"]), defaultValue: "jpg", summary: "format of the file")

    private static let outputQuality = Parameter(
        "output_quality", .integer(0...100), defaultValue: 90, summary: "quality of JPEG and WebP; no effect on PNG")

    private static func promptUpsampling(documented: Bool) -> Parameter {
        Parameter(
            "prompt_upsampling", .boolean, defaultValue: false, isDocumented: documented,
            summary: "let the model rewrite the prompt")
    }

    private static func raw(documented: Bool) -> Parameter {
        Parameter(
            "raw", .boolean, defaultValue: false, isDocumented: documented, summary: "no built-in prompt enhancement")
    }

    private static let seed = Parameter("seed", .integer(nil), summary: "the same number reproduces the same result")

    private static func width(documented range: ClosedRange<Int64>? = nil) -> Parameter {
        side("width", "width in pixels", documented: range)
    }

    private static func height(documented range: ClosedRange<Int64>? = nil) -> Parameter {
        side("height", "height in pixels", documented: range)
    }

    private static func side(_ name: String, _ summary: String, documented range: ClosedRange<Int64>?) -> Parameter {
        Parameter(
            name, .integer(256...2048), documented: range.flatMap { $0 == 256...2048 ? nil : .integer($0) },
            isDocumented: range != nil, summary: summary)
    }

    private static func steps(documented: Bool = false) -> Parameter {
        Parameter(
            "steps", .integer(1...50), isDocumented: documented,
            summary: "steps of denoising: more is finer and slower")
    }

    private static func guidance(documented: Bool = false) -> Parameter {
        Parameter(
            "guidance", .number(1.5...10, step: nil), isDocumented: documented,
            summary: "how closely to follow the prompt")
    }

    private static func goFast(documented: Bool = false) -> Parameter {
        Parameter("go_fast", .boolean, isDocumented: documented, summary: "quicker, with a little less detail")
    }
}
