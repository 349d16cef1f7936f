import CPangoCairo
import FluxImaging

/// Draws masks: white where a picture is repainted, black where it is kept.
package enum MaskPainter {
    package enum Shape: Sendable {
        /// Pixels from the upper left corner.
        case rect(x: Double, y: Double, width: Double, height: Double)
        case ellipse(x: Double, y: Double, rx: Double, ry: Double)
        case polygon([(x: Double, y: Double)])

        fileprivate var path: Path {
            switch self {
            case .rect(let x, let y, let width, let height): .rect(x, y, width, height)
            case .ellipse(let x, let y, let rx, let ry): .ellipse(x, y, rx, ry)
            case .polygon(let points): .polygon(points.map { ($0.x, $0.y) })
            }
        }
    }

    /// - Parameters:
    ///   - feather: pixels over which white fades into black, half of them on each side of an edge.
    ///   - isInverted: white outside of the shapes.
    /// - Throws: `ImagingError` without memory.
    package static func mask(
        _ shapes: [Shape], size: PixelSize, feather: Double = 0, isInverted: Bool = false
    ) throws(ImagingError) -> Raster {
        let canvas = try Canvas(size, opaque: true)
        cairo_identity_matrix(canvas.context)
        canvas.flood(.flat(.black))
        for shape in shapes { canvas.fill(shape.path, .white) }
        // Three box blurs of a third each reach as far as the feather says.
        if feather > 0 { canvas.blur(radius: feather / 2 / canvas.scale) }
        let raster = canvas.raster()
        return isInverted ? inverted(raster) : raster
    }

    /// White where a picture is transparent, grey where it is partly so.
    package static func mask(
        ofTransparent picture: Raster, feather: Double = 0, isInverted: Bool = false
    ) throws(ImagingError) -> Raster {
        var raster = picture
        raster.withUnsafeMutablePixels { pixels in
            for index in stride(from: 0, to: pixels.count, by: 4) {
                let level = 255 - pixels[index + 3]
                for channel in 0..<3 { pixels[index + channel] = level }
                pixels[index + 3] = 255
            }
        }
        if feather > 0 {
            let canvas = try Canvas(raster.size, opaque: true)
            canvas.place(raster, x: 0, y: 0)
            canvas.blur(radius: feather / 2 / canvas.scale)
            raster = canvas.raster()
        }
        return isInverted ? inverted(raster) : raster
    }

    private static func inverted(_ raster: Raster) -> Raster {
        var raster = raster
        raster.withUnsafeMutablePixels { pixels in
            for index in stride(from: 0, to: pixels.count, by: 4) {
                for channel in 0..<3 { pixels[index + channel] = 255 - pixels[index + channel] }
            }
        }
        return raster
    }
}
