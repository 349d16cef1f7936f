import CPangoCairo
import FluxImaging

/// What a shape is filled with.
package enum Paint {
    package struct Stop {
        package var offset: Double
        package var colour: Colour
        package var alpha: Double

        package init(_ offset: Double, _ colour: Colour, _ alpha: Double = 1) {
            self.offset = offset
            self.colour = colour
            self.alpha = alpha
        }
    }

    case flat(Colour, Double = 1)
    case linear(Double, Double, Double, Double, [Stop])
    /// Around one point, from its middle to the radius.
    case radial(Double, Double, Double, [Stop])

    /// Down from one height to another, in two colours.
    package static func vertical(_ top: Double, _ bottom: Double, _ first: Colour, _ second: Colour) -> Paint {
        .linear(0, top, 0, bottom, [Stop(0, first), Stop(1, second)])
    }

    package static func horizontal(_ left: Double, _ right: Double, _ first: Colour, _ second: Colour) -> Paint {
        .linear(left, 0, right, 0, [Stop(0, first), Stop(1, second)])
    }

    /// A light that fades outward.
    package static func glow(_ x: Double, _ y: Double, _ radius: Double, _ colour: Colour, _ alpha: Double) -> Paint {
        .radial(
            x, y, radius,
            [
                Stop(0, colour, alpha), Stop(0.25, colour, alpha * 0.62), Stop(0.55, colour, alpha * 0.2),
                Stop(1, colour, 0),
            ])
    }
}

/// A Cairo surface that is drawn on in units: the shorter side of the picture measures 1,000, whatever its pixels.
/// Belongs to one painting and one thread.
package final class Canvas {
    /// In pixels.
    package let size: PixelSize
    /// In units.
    package let width: Double
    package let height: Double
    /// Pixels of one unit.
    package let scale: Double
    package let surface: OpaquePointer
    package let context: OpaquePointer

    /// - Parameter opaque: without an alpha channel, which is what files are made from.
    package init(_ size: PixelSize, opaque: Bool) throws(ImagingError) {
        self.size = size
        scale = Double(min(size.width, size.height)) / 1_000
        width = Double(size.width) / scale
        height = Double(size.height) / scale
        (surface, context) = try Self.make(size, opaque: opaque)
        cairo_scale(context, scale, scale)
    }

    /// Stands for a larger canvas: the same units, fewer pixels, transparent.
    package init(standingFor other: Canvas, at share: Double) throws(ImagingError) {
        let width = max(1, Int((Double(other.size.width) * share).rounded(.up)))
        let height = max(1, Int((Double(other.size.height) * share).rounded(.up)))
        size = PixelSize(width: width, height: height)
        (self.width, self.height) = (other.width, other.height)
        scale = Double(width) / other.width
        (surface, context) = try Self.make(size, opaque: false)
        cairo_scale(context, Double(width) / other.width, Double(height) / other.height)
    }

    private static func make(_ size: PixelSize, opaque: Bool) throws(ImagingError) -> (OpaquePointer, OpaquePointer) {
        let format = opaque ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32
        guard let surface = cairo_image_surface_create(format, Int32(size.width), Int32(size.height)),
            let context = cairo_create(surface)
        else { throw .unsupported("no memory to paint \(size.width)×\(size.height) pixels") }
        guard cairo_status(context) == CAIRO_STATUS_SUCCESS else {
            cairo_destroy(context)
            cairo_surface_destroy(surface)
            throw .unsupported("cannot paint a picture of \(size.width)×\(size.height) pixels")
        }
        return (surface, context)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    // MARK: Drawing

    package func fill(_ path: Path, _ paint: Paint) {
        path.trace(on: context)
        apply(paint)
        cairo_fill(context)
    }

    package func fill(_ path: Path, _ colour: Colour, _ alpha: Double = 1) { fill(path, .flat(colour, alpha)) }

    package func stroke(_ path: Path, _ colour: Colour, _ alpha: Double = 1, width: Double) {
        stroke(path, .flat(colour, alpha), width: width)
    }

    package func stroke(_ path: Path, _ paint: Paint, width: Double) {
        path.trace(on: context)
        apply(paint)
        cairo_set_line_width(context, width)
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_stroke(context)
    }

    /// Everywhere.
    package func flood(_ paint: Paint) {
        apply(paint)
        cairo_paint(context)
    }

    /// Only inside the path.
    package func clipped(_ path: Path, _ body: () -> Void) {
        cairo_save(context)
        path.trace(on: context)
        cairo_clip(context)
        body()
        cairo_restore(context)
    }

    /// With the origin moved, turned by degrees and scaled.
    package func placed(
        _ x: Double, _ y: Double, turn: Double = 0, scaleX: Double = 1, scaleY: Double = 1, _ body: () -> Void
    ) {
        guard scaleX != 0, scaleY != 0 else { return }
        cairo_save(context)
        cairo_translate(context, x, y)
        cairo_rotate(context, turn * .pi / 180)
        cairo_scale(context, scaleX, scaleY)
        body()
        cairo_restore(context)
    }

    private func apply(_ paint: Paint) {
        switch paint {
        case .flat(let colour, let alpha):
            let rgb = colour.rgb
            cairo_set_source_rgba(context, rgb.red, rgb.green, rgb.blue, alpha)
        case .linear(let x1, let y1, let x2, let y2, let stops):
            set(cairo_pattern_create_linear(x1, y1, x2, y2), stops)
        case .radial(let x, let y, let radius, let stops):
            set(cairo_pattern_create_radial(x, y, 0, x, y, radius), stops)
        }
    }

    private func set(_ pattern: OpaquePointer?, _ stops: [Paint.Stop]) {
        for stop in stops {
            let rgb = stop.colour.rgb
            cairo_pattern_add_color_stop_rgba(pattern, stop.offset, rgb.red, rgb.green, rgb.blue, stop.alpha)
        }
        cairo_set_source(context, pattern)
        cairo_pattern_destroy(pattern)
    }

    // MARK: Layers

    /// Draws on a smaller canvas and lays it over this one enlarged: soft light, shadows and mist for a few
    /// milliseconds where full-size gradients would take tens. A failure to get memory leaves the layer out.
    /// - Parameters:
    ///   - share: the smaller canvas's size, such as 1/8.
    ///   - blur: in units.
    package func soft(_ share: Double = 0.125, blur: Double = 0, alpha: Double = 1, _ body: (Canvas) -> Void) {
        guard let layer = try? Canvas(standingFor: self, at: share) else { return }
        body(layer)
        if blur > 0 { layer.blur(radius: blur) }
        lay(layer, alpha: alpha)
    }

    /// Lays a canvas of the same units over this one.
    package func lay(_ layer: Canvas, alpha: Double = 1) {
        // Without the padding the enlarged rim mixes with the transparent outside.
        setSource(layer, extend: CAIRO_EXTEND_PAD)
        if alpha < 1 { cairo_paint_with_alpha(context, alpha) } else { cairo_paint(context) }
    }

    package func setSource(_ layer: Canvas, extend: cairo_extend_t) {
        setSource(
            layer.surface, x: 0, y: 0, scaleX: width / Double(layer.size.width),
            scaleY: height / Double(layer.size.height), extend: extend)
    }

    /// Reads and changes the surface's own bytes: blue, green, red, and alpha or nothing; colours times alpha.
    package func withPixels<T>(_ body: (UnsafeMutablePointer<UInt8>, _ bytesPerRow: Int) -> T) -> T? {
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { return nil }
        defer { cairo_surface_mark_dirty(surface) }
        return body(data, Int(cairo_image_surface_get_stride(surface)))
    }
}
