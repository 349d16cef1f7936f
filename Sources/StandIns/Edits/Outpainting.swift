import CPangoCairo
import FluxDrawing
import FluxImaging

/// Where the source lies on a larger canvas (contract §3, `outpaint`).
struct OutpaintGeometry: Equatable {
    let canvas: PixelSize
    let source: PixelRect

    /// - Throws: `ImagingError.unsupported` for a preset that the service does not know.
    init(_ size: PixelSize, preset: String) throws(ImagingError) {
        let (w, h) = (size.width, size.height)
        var (width, height, x, y) = (w, h, 0, 0)
        switch preset {
        case "Zoom out 1.5x", "Zoom out 2x":
            let half = preset == "Zoom out 2x" ? 2 : 1
            (width, height) = (w + w * half / 2, h + h * half / 2)
            (x, y) = ((width - w) / 2, (height - h) / 2)
        case "Make square":
            (width, height) = (max(w, h), max(w, h))
            (x, y) = ((width - w) / 2, (height - h) / 2)
        case "Left outpaint": (width, x) = (w + w / 2, w / 2)
        case "Right outpaint": width = w + w / 2
        case "Top outpaint": (height, y) = (h + h / 2, h / 2)
        case "Bottom outpaint": height = h + h / 2
        default: throw .unsupported("unknown outpaint preset \"\(preset)\"")
        }
        canvas = PixelSize(width: width, height: height)
        source = PixelRect(x: x, y: y, width: w, height: h)
    }

    /// The new areas: above, below, left, right of the source.
    private var margins: (top: PixelRect, bottom: PixelRect, left: PixelRect, right: PixelRect) {
        let right = source.x + source.width
        let bottom = source.y + source.height
        return (
            PixelRect(x: 0, y: 0, width: canvas.width, height: source.y),
            PixelRect(x: 0, y: bottom, width: canvas.width, height: canvas.height - bottom),
            PixelRect(x: 0, y: 0, width: source.x, height: canvas.height),
            PixelRect(x: right, y: 0, width: canvas.width - right, height: canvas.height)
        )
    }

    /// Where a label may lie without touching the source, the best place first.
    var labelPlaces: [PixelRect] { [margins.bottom, margins.right, margins.left, margins.top] }
}

/// Enlarges a picture's canvas. The source's pixels stay as they are, unless the result would pass 4,096 pixels a
/// side: then the source is reduced first, so that an edit of a large picture still succeeds.
struct Outpainting {
    let source: Raster
    let geometry: OutpaintGeometry
    let order: PictureSpecification

    init(source: Raster, preset: String, order: PictureSpecification) throws(ImagingError) {
        let wanted = try OutpaintGeometry(source.size, preset: preset)
        let longest = max(wanted.canvas.width, wanted.canvas.height)
        if longest > PictureSize.maximumSide {
            let share = Double(PictureSize.maximumSide) / Double(longest)
            let size = PixelSize(
                width: max(1, Int(Double(source.width) * share)), height: max(1, Int(Double(source.height) * share)))
            self.source = source.resized(to: size)
            geometry = try OutpaintGeometry(size, preset: preset)
        } else {
            self.source = source
            geometry = wanted
        }
        self.order = order
    }

    func painted() throws(ImagingError) -> Raster {
        guard geometry.canvas != source.size else { return source }
        let painting = Painting(order, surroundings: source)
        let canvas = try Canvas(geometry.canvas, opaque: true)
        let pixel = 1 / canvas.scale
        let image = try SourceImage(source)
        let (x, y) = (Double(geometry.source.x) * pixel, Double(geometry.source.y) * pixel)
        // The source mirrored outward, so that nothing breaks at its edge …
        canvas.setSource(image, x: x, y: y, pixel: pixel, extend: CAIRO_EXTEND_REFLECT)
        cairo_paint(canvas.context)
        // … which loses its detail with distance …
        let blurred = try Canvas(standingFor: canvas, at: 1 / 14)
        let small = try SourceImage(
            source, needed: PixelSize(width: max(1, source.width / 14), height: max(1, source.height / 14)))
        blurred.setSource(small, x: x, y: y, pixel: pixel, extend: CAIRO_EXTEND_REFLECT)
        cairo_paint(blurred.context)
        blurred.blur(radius: 42)
        canvas.lay(blurred, through: try mask(canvas, from: 0, to: 0.03, peak: 1))
        // … and becomes what the prompt says.
        let scene = try painting.scene(of: geometry.canvas)
        canvas.lay(scene, through: try mask(canvas, from: 0.04, to: 0.3, peak: 0.88))
        let label = Label(order)
        for place in geometry.labelPlaces where label.draw(on: canvas, along: place, palette: painting.palette) {
            break
        }
        return composed(canvas.raster())
    }

    private func composed(_ surroundings: Raster) -> Raster {
        var result = surroundings
        let place = geometry.source
        result.withUnsafeMutablePixels { pixels in
            source.pixels.withUnsafeBufferPointer { original in
                for row in 0..<place.height {
                    let target = ((place.y + row) * geometry.canvas.width + place.x) * 4
                    for index in 0..<place.width * 4 {
                        pixels[target + index] = original[row * place.width * 4 + index]
                    }
                }
            }
        }
        return result
    }

    /// Transparent over the source, rising with the distance from it. Distances as shares of the shorter side.
    private func mask(_ canvas: Canvas, from: Double, to: Double, peak: Double) throws(ImagingError) -> Canvas {
        let mask = try Canvas(standingFor: canvas, at: 1 / 14)
        let unit = Double(min(source.width, source.height))
        let (scaleX, scaleY) = (
            Double(geometry.canvas.width) / Double(mask.size.width),
            Double(geometry.canvas.height) / Double(mask.size.height)
        )
        let place = geometry.source
        mask.withPixels { data, bytesPerRow in
            for row in 0..<mask.size.height {
                for column in 0..<mask.size.width {
                    let (x, y) = ((Double(column) + 0.5) * scaleX, (Double(row) + 0.5) * scaleY)
                    let dx = max(Double(place.x) - x, x - Double(place.x + place.width), 0)
                    let dy = max(Double(place.y) - y, y - Double(place.y + place.height), 0)
                    let share = min(max(((dx * dx + dy * dy).squareRoot() / unit - from) / (to - from), 0), 1)
                    data[row * bytesPerRow + column * 4 + 3] = UInt8(share * share * (3 - 2 * share) * peak * 255)
                }
            }
        }
        return mask
    }
}

extension Canvas {
    /// Lays a canvas of the same units over this one where the mask's alpha lets it.
    func lay(_ layer: Canvas, through mask: Canvas) {
        setSource(layer, extend: CAIRO_EXTEND_PAD)
        let pattern = Self.pattern(
            mask.surface, x: 0, y: 0, scaleX: width / Double(mask.size.width),
            scaleY: height / Double(mask.size.height),
            extend: CAIRO_EXTEND_PAD)
        cairo_mask(context, pattern)
        cairo_pattern_destroy(pattern)
    }
}
