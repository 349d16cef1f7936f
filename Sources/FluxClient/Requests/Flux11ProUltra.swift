/// A request of `flux-1.1-pro-ultra` (contract §3). What is nil is not sent, and the service takes its default.
public struct Flux11ProUltra: ModelRequest {
    public static let model = "flux-1.1-pro-ultra"
    public static let call = SubmitCall.generate

    public var prompt: String
    /// Width to height.
    public var aspectRatio: AspectRatio?
    /// A reference picture.
    public var imagePrompt: ImageInput?
    /// How closely to follow the reference picture: 0–1 in steps of 0.05, default 0.5.
    public var imagePromptStrength: Double?
    /// Default JPEG.
    public var outputFormat: OutputFormat?
    /// 0–100, default 90; no effect on PNG.
    public var outputQuality: Int?
    /// No built-in enhancement of the prompt; default false.
    public var raw: Bool?
    /// The same number reproduces the same picture.
    public var seed: Int64?

    public init(
        prompt: String, aspectRatio: AspectRatio? = nil,
        imagePrompt: ImageInput? = nil, imagePromptStrength: Double? = nil, outputFormat: OutputFormat? = nil,
        outputQuality: Int? = nil, raw: Bool? = nil, seed: Int64? = nil
    ) {
        self.prompt = prompt
        self.aspectRatio = aspectRatio
        self.imagePrompt = imagePrompt
        self.imagePromptStrength = imagePromptStrength
        self.outputFormat = outputFormat
        self.outputQuality = outputQuality
        self.raw = raw
        self.seed = seed
    }

    public var parameters: [String: JSONValue] {
        var list = ParameterList()
        list.set("aspect_ratio", aspectRatio?.description)
        list.set("image_prompt_strength", imagePromptStrength)
        list.set("output_format", outputFormat?.rawValue)
        list.set("output_quality", outputQuality)
        list.set("raw", raw)
        list.set("seed", seed)
        return list.values
    }

    public var images: [String: [ImageInput]] {
        imagePrompt.map { ["image_prompt": [$0]] } ?? [:]
    }
}
