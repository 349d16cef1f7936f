/// The service's image models beside the Flux ones (contract §10): families that share their parameters. None has a
/// product page here, so everything that they accept is documented.
enum ImageModels {
    static let all: [Model] = [
        family(
            "nanoBananaParams",
            [
                ("nano-banana", "Nano Banana"), ("nano-banana-pro", "Nano Banana Pro"),
                ("nano-banana-2", "Nano Banana 2"), ("nano-banana-2-lite", "Nano Banana 2 Lite"),
            ],
            [
                shape, choice("resolution", ["512px", "1K", "2K", "4K"], "size of the picture"),
                pictures("image_input", limit: 14), format(["jpg", "png", "webp"]),
                flag("google_search", "look facts up on the web"), flag("image_search", "look pictures up on the web"),
            ]),
        family(
            "seedreamParams",
            [
                ("seedream-3", "Seedream 3"), ("seedream-3.1", "Seedream 3.1"), ("seedream-4", "Seedream 4"),
                ("seedream-4.5", "Seedream 4.5"), ("seedream-5-lite", "Seedream 5 Lite"),
                ("seedream-5-pro", "Seedream 5 Pro"),
            ],
            [
                shape, free("resolution", "size of the picture"), free("size", "size of the picture, in its own words"),
                whole("width", 512...4096, "width in pixels"), whole("height", 512...4096, "height in pixels"),
                pictures("image_input", limit: 14), format(["jpg", "png"]), seed,
                number("guidance_scale", 1...10, "how closely to follow the prompt"),
                flag("enhance_prompt", "let the model rewrite the prompt"),
                flag("use_pre_llm", "let a language model read the prompt first"),
            ]),
        family(
            "ideogramParams",
            [
                ("ideogram-v2", "Ideogram 2"), ("ideogram-v2-turbo", "Ideogram 2 Turbo"),
                ("ideogram-v2a", "Ideogram 2a"),
                ("ideogram-v2a-turbo", "Ideogram 2a Turbo"), ("ideogram-v3-balanced", "Ideogram 3 Balanced"),
                ("ideogram-v3-turbo", "Ideogram 3 Turbo"), ("ideogram-v3-quality", "Ideogram 3 Quality"),
                ("ideogram-v4-balanced", "Ideogram 4 Balanced"), ("ideogram-v4-turbo", "Ideogram 4 Turbo"),
                ("ideogram-v4-quality", "Ideogram 4 Quality"),
            ], ideogram(needsCharacter: false)),
        family("ideogramParams", [("ideogram-character", "Ideogram Character")], ideogram(needsCharacter: true)),
        family(
            "stableDiffusionParams",
            [
                ("stable-diffusion-3.5-large", "Stable Diffusion 3.5 Large"),
                ("stable-diffusion-3.5-large-turbo", "Stable Diffusion 3.5 Large Turbo"),
                ("stable-diffusion-3.5-medium", "Stable Diffusion 3.5 Medium"),
                ("stable-diffusion-3", "Stable Diffusion 3"),
            ],
            [
                shape(["1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "9:16", "9:21"]), start(),
                number("prompt_strength", 0...1, "how far to leave the picture that it starts from"),
                format(["webp", "jpg", "png"]), whole("output_quality", 0...100, "quality of JPEG and WebP"), seed,
                whole("steps", 1...40, "steps of denoising: more is finer and slower"),
                number("cfg", 0...20, "how closely to follow the prompt"), negative(2000),
            ]),
        family(
            "imagenParams",
            [
                ("imagen-3", "Imagen 3"), ("imagen-3-fast", "Imagen 3 Fast"), ("imagen-4", "Imagen 4"),
                ("imagen-4-ultra", "Imagen 4 Ultra"), ("imagen-4-fast", "Imagen 4 Fast"),
            ],
            [
                shape(["1:1", "9:16", "16:9", "3:4", "4:3"]),
                choice("image_size", ["1K", "2K"], "size of the picture"), format(["jpg", "png"]),
            ]),
        family(
            "dalleParams", [("dall-e-3", "DALL·E 3"), ("dall-e-2", "DALL·E 2")],
            [shape(["1:1", "3:2", "2:3"]), choice("style", ["vivid", "natural"], "dramatic, or as in life")]),
        family(
            "gptImageParams", [("gpt-image-1.5", "GPT Image 1.5")],
            gptImage(
                backgrounds: ["auto", "transparent", "opaque"],
                choice("input_fidelity", ["low", "high"], "how closely to follow the pictures that it is given"))),
        family(
            "gptImage2Params", [("gpt-image-2", "GPT Image 2")],
            gptImage(
                backgrounds: ["auto", "opaque"],
                choice("moderation", ["auto", "low"], "how strictly prompts are checked"))
        ),
        family(
            "klingImageParams", [("kling-image", "Kling Image")],
            [
                shape(["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3"]),
                choice("model_name", ["kling-v1", "kling-v1-5", "kling-v2"], "which of its models"), start(),
                number("image_fidelity", 0...1, "how closely to follow that picture"),
                whole("n", 1...4, "how many pictures to make"), negative(2500),
            ]),
        family(
            "qwenImageParams", [("qwen-image", "Qwen Image")],
            [
                choice(
                    "image_size",
                    [
                        "square", "square_hd", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9",
                    ], "shape and size of the picture"),
                choice(
                    "task_type", ["text-to-image", "image-to-image", "image-edit"], "whether it starts from a picture"),
                start("image_url"), number("strength", 0...1, "how far to leave the picture that it starts from"),
                whole("num_images", 1...4, "how many pictures to make"), format(["png", "jpeg"]), seed,
                whole("num_inference_steps", 2...250, "steps of denoising: more is finer and slower"),
                number("guidance_scale", 0...20, "how closely to follow the prompt"), negative(500),
                choice("acceleration", ["none", "regular", "high"], "quicker, with less detail"),
            ]),
        family(
            "qwenImage2Params", [("qwen-image-2", "Qwen Image 2"), ("qwen-image-2-pro", "Qwen Image 2 Pro")],
            [shape(wide + ["2:1", "1:2"]), start(), negative(500), seed]),
        family(
            "wanImageParams", [("wan-image-2.6", "Wan Image 2.6")],
            [
                shape(wide), start(), negative(500), flag("prompt_extend", "let the model rewrite the prompt"),
                positiveSeed,
            ]),
        family(
            "wanImage27Params", [("wan-image-2.7", "Wan Image 2.7"), ("wan-image-2.7-pro", "Wan Image 2.7 Pro")],
            [shape(wide), start(), flag("thinking_mode", "let it think before it paints"), positiveSeed]),
        family(
            "grokImagineParams", [("grok-imagine-image", "Grok Imagine")],
            [shape(["1:1", "2:3", "3:2", "16:9", "9:16"]), start()]),
        family(
            "reveParams", [("reve-create", "Reve Create")],
            [
                shape(["16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "1:1"]),
                free("version", "which version of the model"), seed,
            ]),
        upscalers, backgroundRemovers,
    ].flatMap { (family: [Model]) in family }

    // MARK: Pictures made larger, and cut out

    private static let upscalers =
        family(
            "topazUpscaleParams", [("topaz-image-upscale", "Topaz Image Upscale")], call: .upscale, prompt: .none,
            [
                given("the picture to make larger"),
                Parameter("upscale_factor", .numberChoice([1, 2, 4, 6]), summary: "how many times as wide and high"),
                choice(
                    "model_type", ["standard-v2", "low-res-v2", "cgi", "high-fidelity-v2", "text-refine", "redefine"],
                    "what the picture is like"),
                flag("face_enhance", "work on faces"),
                number("face_enhance_strength", 0...1, "how sharp faces get"),
                number("face_enhance_creativity", 0...1, "how much of faces may be invented"),
                format(["jpg", "png"]), seed,
            ])
        + family(
            "clarityUpscaleParams", [("clarity-upscale", "Clarity Upscale")], call: .upscale, prompt: .optional,
            [
                given("the picture to make larger"),
                Parameter("scale_factor", .numberChoice([1, 2, 4, 8]), summary: "how many times as wide and high"),
                number("creativity", 0...1, "how much detail may be invented"),
                number("resemblance", 0...3, "how closely to follow the picture"),
                number("dynamic", 1...50, "how strong light and shadow get"),
                number("sharpen", 0...10, "how sharp it gets"),
                whole("num_inference_steps", 1...100, "steps of denoising: more is finer and slower"),
                negative(2000), format(["png", "jpg", "webp"]), seed,
            ])

    private static let backgroundRemovers =
        family(
            "briaBgRemoveParams", [("bria-bg-remove", "Bria Background Removal")], call: .removeBackground,
            prompt: .none,
            [
                given("the picture whose background goes"),
                flag("content_moderation", "refuse pictures that must not be shown"),
            ])
        + family(
            "lab851BgRemoveParams", [("851-bg-remove", "851 Background Removal")], call: .removeBackground,
            prompt: .none,
            [
                given("the picture whose background goes"),
                choice(
                    "background_type", ["rgba", "map", "green", "white", "blur", "overlay"],
                    "what stands in its place; rgba: nothing, map: the cut-out as a mask"),
                number("threshold", 0...1, "how sure it must be; 0: soft edges"),
                flag("reverse", "remove the subject instead"),
                Parameter("format", .choice(["png", "jpg"]), summary: "format of the file"),
            ])

    // MARK: Families

    private static func family(
        _ key: String, _ models: [(id: String, title: String)], call: SubmitCall = .generate,
        prompt: PromptUse = .required, _ parameters: [Parameter]
    ) -> [Model] {
        models.map { model in
            Model(
                id: model.id, title: model.title, call: call, parametersKey: key, averageDuration: nil, credits: nil,
                prompt: prompt, parameters: parameters)
        }
    }

    private static func ideogram(needsCharacter: Bool) -> [Parameter] {
        [
            shape, free("resolution", "size of the picture, such as 1024x1024"), start(),
            Parameter("mask", .image, summary: "where to repaint that picture"),
            Parameter(
                "character_reference_image", .image, isRequired: needsCharacter, summary: "who is to be in the picture"),
            pictures("style_reference_images", limit: 3, "pictures whose style to follow"),
            free("style_type", "kind of style"), free("style_preset", "a style by its name"),
            choice("rendering_speed", ["default", "turbo", "quality"], "quicker, or finer"),
            choice("magic_prompt_option", ["Auto", "On", "Off"], "let the model rewrite the prompt"),
            free("negative_prompt", "what the picture must not show"), seed,
        ]
    }

    private static func gptImage(backgrounds: [String], _ own: Parameter) -> [Parameter] {
        [
            shape(["1:1", "3:2", "2:3"]), choice("quality", ["low", "medium", "high", "auto"], "quicker, or finer"),
            choice("background", backgrounds, "what is behind the subject"), pictures("input_images", limit: .max),
            whole("number_of_images", 1...10, "how many pictures to make"), format(["png", "jpeg", "webp"]), own,
        ]
    }

    // MARK: Parameters

    private static let wide = ["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9"]
    private static let shape = free("aspect_ratio", "width to height, as in 16:9")
    private static let seed = Parameter("seed", .integer(nil), summary: "the same number reproduces the same result")
    private static let positiveSeed = Parameter(
        "seed", .integer(0...2_147_483_647), summary: "the same number reproduces the same result")

    private static func shape(_ ratios: [String]) -> Parameter {
        choice("aspect_ratio", ratios, "width to height")
    }

    private static func format(_ formats: [String]) -> Parameter {
        choice("output_format", formats, "format of the file")
    }

    private static func start(_ name: String = "image") -> Parameter {
        Parameter(name, .image, summary: "a picture to start from")
    }

    private static func given(_ summary: String) -> Parameter {
        Parameter("image", .image, isRequired: true, summary: summary)
    }

    private static func pictures(
        _ name: String, limit: Int, _ summary: String = "reference pictures"
    ) -> Parameter {
        Parameter(name, .images(limit: limit), summary: summary)
    }

    private static func negative(_ longest: Int) -> Parameter {
        Parameter("negative_prompt", .text(length: 0...longest), summary: "what the picture must not show")
    }

    private static func choice(_ name: String, _ values: [String], _ summary: String) -> Parameter {
        Parameter(name, .choice(values), summary: summary)
    }

    private static func flag(_ name: String, _ summary: String) -> Parameter {
        Parameter(name, .boolean, summary: summary)
    }

    private static func whole(_ name: String, _ range: ClosedRange<Int64>, _ summary: String) -> Parameter {
        Parameter(name, .integer(range), summary: summary)
    }

    private static func number(_ name: String, _ range: ClosedRange<Double>, _ summary: String) -> Parameter {
        Parameter(name, .number(range, step: nil), summary: summary)
    }

    /// Any text: the service alone knows its values.
    private static func free(_ name: String, _ summary: String) -> Parameter {
        Parameter(name, .text(length: 0...Int.max), summary: summary)
    }
}
