/// A request of `flux-fill-pro`: repaints part of a picture, or extends it (contract §3). What is nil is not sent, and the
/// service takes its default. 9 credits in either mode.
public struct FluxFillPro: ModelRequest {
    public static let model = "flux-fill-pro"
    public static let call = SubmitCall.edit

    /// What is done to the picture.
    public enum Edit: Sendable, Hashable {
        /// White of the mask is repainted, black is kept.
        case inpaint(mask: ImageInput)
        /// The picture is extended.
        case outpaint(Outpainting)
    }

    /// File formats of this model.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// What the service assumes.
        case jpg
        case png
    }

    /// The picture to edit.
    public var image: ImageInput
    /// Repaint or extend.
    public var edit: Edit
    /// What should appear in the edited area.
    public var prompt: String
    /// 1–50, default 50: more is finer and slower.
    public var steps: Int?
    /// How closely to follow the prompt: 2–5 in steps of 0.1, default 3.
    public var guidance: Double?
    /// 1–6, default 2; 1 is strictest.
    public var safetyTolerance: Int?
    /// Default JPEG.
    public var outputFormat: Format?
    /// Let the model rewrite the prompt; default false.
    public var promptUpsampling: Bool?
    /// The same number reproduces the same picture.
    public var seed: Int64?

    public init(
        image: ImageInput, _ edit: Edit, prompt: String, steps: Int? = nil, guidance: Double? = nil,
        safetyTolerance: Int? = nil, outputFormat: Format? = nil, promptUpsampling: Bool? = nil, seed: Int64? = nil
    ) {
        self.image = image
        self.edit = edit
        self.prompt = prompt
        self.steps = steps
        self.guidance = guidance
        self.safetyTolerance = safetyTolerance
        self.outputFormat = outputFormat
        self.promptUpsampling = promptUpsampling
        self.seed = seed
    }

    public var parameters: [String: JSONValue] {
        var list = ParameterList()
        switch edit {
        case .inpaint: list.set("mode", "inpaint")
        case .outpaint(let outpainting):
            list.set("mode", "outpaint")
            list.set("outpaint", outpainting.rawValue)
        }
        list.set("steps", steps)
        list.set("guidance", guidance)
        list.set("safety_tolerance", safetyTolerance)
        list.set("output_format", outputFormat?.rawValue)
        list.set("prompt_upsampling", promptUpsampling)
        list.set("seed", seed)
        return list.values
    }

    public var images: [String: [ImageInput]] {
        var images = ["image": [image]]
        if case .inpaint(let mask) = edit { images["mask"] = [mask] }
        return images
    }
}
