import CPangoCairo
import FluxDrawing
import FluxImaging

extension Stage {
    /// What a photographer would do last: light from one side, darker corners, a little grain.
    func finish() {
        guard !raw else { return }
        let (w, h) = (width, height)
        let reach = (w * w + h * h).squareRoot()
        canvas.soft(1 / 10) { layer in
            let x = w * (0.5 + 0.5 * lightSide)
            layer.fill(.rect(0, 0, w, h), .glow(x, 0, reach * 0.75, palette.glow, light == .night ? 0.08 : 0.16))
            layer.fill(
                .rect(0, 0, w, h),
                .radial(
                    w / 2, h * 0.46, reach * 0.6,
                    [
                        .init(0, palette.ink, 0), .init(0.58, palette.ink, 0), .init(0.82, palette.ink, 0.1),
                        .init(1, palette.ink, 0.27),
                    ]))
        }
        canvas.addGrain()
    }

    /// The reference images take part: the first one flows in from the dark side, as far as its strength says; the
    /// others lie on top as prints.
    func showReferences(_ references: [Raster], strength: Double) throws(ImagingError) {
        guard let first = references.first else { return }
        let scale = max(width / Double(first.width), height / Double(first.height))
        let shown = PixelSize(
            width: Int(Double(first.width) * scale * canvas.scale),
            height: Int(Double(first.height) * scale * canvas.scale))
        let image = try SourceImage(first, needed: shown)
        let strength = min(max(strength, 0), 1)
        canvas.setSource(
            image, x: (width - Double(first.width) * scale) / 2, y: (height - Double(first.height) * scale) / 2,
            pixel: scale)
        let (from, to) = lightSide > 0 ? (0.0, width) : (width, 0.0)
        let mask = cairo_pattern_create_linear(from, height * 0.35, to, height * 0.65)
        let peak = min(1, 0.35 + strength * 1.3)
        cairo_pattern_add_color_stop_rgba(mask, 0, 0, 0, 0, peak)
        cairo_pattern_add_color_stop_rgba(mask, max(0, strength - 0.15), 0, 0, 0, peak)
        cairo_pattern_add_color_stop_rgba(mask, min(1, strength + 0.15), 0, 0, 0, max(0, strength - 0.5) * 1.9)
        cairo_mask(canvas.context, mask)
        cairo_pattern_destroy(mask)
        for (index, reference) in references.dropFirst().prefix(6).enumerated() {
            try lay(print: reference, number: index)
        }
    }

    /// A small print with a white border, pinned along the upper edge.
    private func lay(print reference: Raster, number: Int) throws(ImagingError) {
        let box = 168.0
        let scale = box / Double(max(reference.width, reference.height))
        let (w, h) = (Double(reference.width) * scale, Double(reference.height) * scale)
        let pixels = PixelSize(width: Int(w * canvas.scale), height: Int(h * canvas.scale))
        let image = try SourceImage(reference, needed: pixels)
        let step = min(196, (width - 230) / 5.2)
        let x = width * 0.5 + lightSide * (width * 0.5 - 130 - step * Double(number))
        let turn = random.between(-6, 6)
        canvas.placed(x, 142, turn: turn) {
            canvas.fill(.rect(-w / 2 - 5, -h / 2 + 2, w + 22, h + 22), palette.ink, 0.3)
            canvas.fill(.rect(-w / 2 - 11, -h / 2 - 11, w + 22, h + 22), palette.paper)
            canvas.setSource(image, x: -w / 2, y: -h / 2, pixel: scale)
            cairo_rectangle(canvas.context, -w / 2, -h / 2, w, h)
            cairo_fill(canvas.context)
        }
    }
}

extension Canvas {
    /// Side of the tile, in pixels.
    private static let grainSide = 128

    /// Black and white specks of little weight, colours times alpha. Made once, at first use.
    private static let grain: [UInt8] = {
        var random = PictureRandom(0x67_72_61_69_6E)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(grainSide * grainSide * 4)
        for _ in 0..<grainSide * grainSide {
            let value = random.unit() + random.unit() - 1
            let alpha = UInt8(abs(value) * 10)
            let level = value > 0 ? alpha : 0
            bytes += [level, level, level, alpha]
        }
        return bytes
    }()

    /// Keeps gradients from showing steps, and large areas from looking empty.
    func addGrain() {
        var tile = Self.grain
        let side = Int32(Self.grainSide)
        tile.withUnsafeMutableBufferPointer { buffer in
            let grain = cairo_image_surface_create_for_data(
                buffer.baseAddress, CAIRO_FORMAT_ARGB32, side, side, side * 4)
            cairo_save(context)
            cairo_identity_matrix(context)
            cairo_set_source_surface(context, grain, 0, 0)
            cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_REPEAT)
            cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
            cairo_paint(context)
            // The context must not keep a surface over memory that is about to go.
            cairo_set_source_rgb(context, 0, 0, 0)
            cairo_restore(context)
            cairo_surface_finish(grain)
            cairo_surface_destroy(grain)
        }
    }
}
