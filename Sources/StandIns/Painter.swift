import CPangoCairo
import FluxDrawing
import FluxImaging

/// Draws the local service's stand-in pictures. A pure function: no clock, no shared state, safe on any thread.
package enum Painter {
    /// - Returns: an encoded file.
    /// - Throws: `ImagingError` when the format cannot be written or the sizes are out of reason.
    package static func paint(_ order: PictureSpecification) throws(ImagingError) -> [UInt8] {
        switch order.edit {
        case nil:
            let size = PixelSize(
                width: min(max(order.width, 16), PictureSize.maximumSide),
                height: min(max(order.height, 16), PictureSize.maximumSide))
            let painting = Painting(order)
            let canvas = try Canvas(size, opaque: true)
            let label = Label(order)
            // The scene ends where the label begins, so that nothing of it is covered.
            let whole = PixelRect(x: 0, y: 0, width: size.width, height: size.height)
            let strip = label.height(on: canvas, width: size.width).flatMap { $0 * 3 <= size.height ? $0 : nil }
            try painting.draw(on: canvas, reserve: Double(strip ?? 0) / canvas.scale)
            if strip != nil { label.draw(on: canvas, along: whole, palette: painting.palette) }
            return try canvas.encoded(as: order.format, quality: order.quality)
        case .inpaint(let source, let mask):
            return try Inpainting(source: source, mask: mask, order: order).painted()
                .encoded(as: order.format, quality: order.quality)
        case .outpaint(let source, let preset):
            return try Outpainting(source: source, preset: preset, order: order).painted()
                .encoded(as: order.format, quality: order.quality)
        }
    }
}

/// One order, read: what its prompt means, its colours and its chance.
struct Painting {
    let order: PictureSpecification
    let reading: PromptReading
    let light: Light
    private(set) var palette: Palette
    private let random: PictureRandom

    /// - Parameter surroundings: a picture that the new one has to fit into.
    init(_ order: PictureSpecification, surroundings: Raster? = nil) {
        self.order = order
        reading = PromptReading(order.prompt)
        var random = PictureRandom(order)
        let lights: [Light] = [.day, .day, .day, .morning, .morning, .sunset, .sunset, .night]
        // Soft and pale moods are not for the dark.
        let choices = reading.mood == .pastel || reading.mood == .muted ? 7 : 8
        light = reading.light ?? lights[random.below(choices)]
        palette = Palette(reading: reading, light: light, raw: order.raw, random: &random)
        if let surroundings {
            palette.lean(toward: ReferencePalette.colours(of: surroundings), by: 0.85)
        } else if let reference = order.references.first {
            palette.lean(
                toward: ReferencePalette.colours(of: reference),
                by: 0.35 + 0.6 * min(max(order.referenceStrength, 0), 1))
        }
        self.random = random
    }

    /// The picture without a label.
    func scene(of size: PixelSize) throws(ImagingError) -> Canvas {
        let canvas = try Canvas(size, opaque: true)
        try draw(on: canvas, reserve: 0)
        return canvas
    }

    /// - Parameter reserve: units at the lower edge that a label will cover.
    func draw(on canvas: Canvas, reserve: Double) throws(ImagingError) {
        let stage = Stage(
            canvas: canvas, palette: palette, reading: reading, light: light, raw: order.raw, random: random,
            reserve: reserve)
        stage.perform()
        if order.edit == nil { try stage.showReferences(order.references, strength: order.referenceStrength) }
        stage.finish()
    }
}
