/// A request of `flux-2-pro` (contract §3). What is nil is not sent, and the service takes its default.
public struct Flux2Pro: ModelRequest {
    public static let model = "flux-2-pro"
    public static let call = SubmitCall.generate

    public var prompt: String
    /// Default 2 megapixels.
    public var resolution: Resolution?
    /// Width to height.
    public var aspectRatio: AspectRatio?
    /// A reference picture.
    public var imagePrompt: ImageInput?
    /// How closely to follow the reference picture: 0–1 in steps of 0.05, default 0.5.
    public var imagePromptStrength: Double?
    /// Further reference pictures, at most 8.
    public var inputImages: [ImageInput]
    /// Default JPEG.
    public var outputFormat: OutputFormat?
    /// 0–100, default 90; no effect on PNG.
    public var outputQuality: Int?
    /// Let the model rewrite the prompt; default false.
    public var promptUpsampling: Bool?
    /// The same number reproduces the same picture.
    public var seed: Int64?

    public init(
        prompt: String, resolution: Resolution? = nil, aspectRatio: AspectRatio? = nil,
        imagePrompt: ImageInput? = nil, imagePromptStrength: Double? = nil, inputImages: [ImageInput] = [],
        outputFormat: OutputFormat? = nil, outputQuality: Int? = nil, promptUpsampling: Bool? = nil, seed: Int64? = nil
    ) {
        self.prompt = prompt
        self.resolution = resolution
        self.aspectRatio = aspectRatio
        self.imagePrompt = imagePrompt
        self.imagePromptStrength = imagePromptStrength
        self.inputImages = inputImages
        self.outputFormat = outputFormat
        self.outputQuality = outputQuality
        self.promptUpsampling = promptUpsampling
        self.seed = seed
    }

    public var parameters: [String: JSONValue] {
        var list = ParameterList()
        list.set("resolution", resolution?.rawValue)
        list.set("aspect_ratio", aspectRatio?.description)
        list.set("image_prompt_strength", imagePromptStrength)
        list.set("output_format", outputFormat?.rawValue)
        list.set("output_quality", outputQuality)
        list.set("prompt_upsampling", promptUpsampling)
        list.set("seed", seed)
        return list.values
    }

    public var images: [String: [ImageInput]] {
        var images: [String: [ImageInput]] = [:]
        images["image_prompt"] = imagePrompt.map { [$0] }
        images["input_images"] = inputImages.isEmpty ? nil : inputImages
        return images
    }
}
