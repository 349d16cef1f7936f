import FluxImaging

/// Everything that decides what a stand-in picture looks like. The same order gives the same bytes.
package struct PictureSpecification: Sendable {
    package var model: String
    package var prompt: String
    package var seed: Int64
    /// In pixels; edits take their size from the source instead.
    package var width: Int
    package var height: Int
    /// Calmer colours, no finish: what `raw` asks for (contract §3).
    package var raw: Bool
    /// The image prompt and the input images, decoded.
    package var references: [Raster]
    /// 0…1, how much the first reference shows (contract §3, `image_prompt_strength`).
    package var referenceStrength: Double
    package var edit: Edit?
    package var format: ImageFormat
    /// 0…100; no effect on PNG.
    package var quality: Int

    /// The two modes of `flux-fill-pro` (contract §3).
    package enum Edit: Sendable {
        /// White of the mask is painted anew, black is kept byte for byte, grey is in between.
        case inpaint(source: Raster, mask: Raster)
        /// The canvas grows as the preset says; the source stays in its place.
        case outpaint(source: Raster, preset: String)
    }

    package init(
        model: String, prompt: String, seed: Int64, width: Int = 1_024, height: Int = 1_024, raw: Bool = false,
        references: [Raster] = [], referenceStrength: Double = 0.5, edit: Edit? = nil, format: ImageFormat = .jpg,
        quality: Int = 90
    ) {
        self.model = model
        self.prompt = prompt
        self.seed = seed
        self.width = width
        self.height = height
        self.raw = raw
        self.references = references
        self.referenceStrength = referenceStrength
        self.edit = edit
        self.format = format
        self.quality = quality
    }
}
