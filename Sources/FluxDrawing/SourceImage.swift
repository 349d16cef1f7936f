import CPangoCairo
import FluxImaging

/// A decoded picture in the form in which Cairo draws it.
package final class SourceImage {
    package let surface: OpaquePointer
    package let size: PixelSize
    /// The size before reduction, in the units in which callers place it.
    package let originalSize: PixelSize

    /// - Parameter needed: the size at which it will be shown. A much larger picture is first reduced by a whole
    ///   factor, because Cairo's quick filter looks at four pixels only.
    package init(_ raster: Raster, needed: PixelSize? = nil) throws(ImagingError) {
        originalSize = raster.size
        var factor = 1
        if let needed {
            factor = max(1, min(raster.width / max(1, needed.width), raster.height / max(1, needed.height)))
        }
        size = PixelSize(width: max(1, raster.width / factor), height: max(1, raster.height / factor))
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(size.width), Int32(size.height)),
            cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface)
        else { throw .unsupported("no memory for a picture of \(raster.width)×\(raster.height) pixels") }
        self.surface = surface
        Self.fill(data, Int(cairo_image_surface_get_stride(surface)), size, from: raster, factor: factor)
        cairo_surface_mark_dirty(surface)
    }

    deinit { cairo_surface_destroy(surface) }

    private static func fill(
        _ data: UnsafeMutablePointer<UInt8>, _ bytesPerRow: Int, _ size: PixelSize, from raster: Raster, factor: Int
    ) {
        let samples = UInt32(factor * factor)
        raster.pixels.withUnsafeBufferPointer { source in
            for y in 0..<size.height {
                var output = data + y * bytesPerRow
                for x in 0..<size.width {
                    var (red, green, blue, alpha): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
                    for row in 0..<factor {
                        var index = ((y * factor + row) * raster.width + x * factor) * 4
                        for _ in 0..<factor {
                            let weight = UInt32(source[index + 3])
                            red += UInt32(source[index]) * weight
                            green += UInt32(source[index + 1]) * weight
                            blue += UInt32(source[index + 2]) * weight
                            alpha += weight
                            index += 4
                        }
                    }
                    output[0] = UInt8(blue / 255 / samples)
                    output[1] = UInt8(green / 255 / samples)
                    output[2] = UInt8(red / 255 / samples)
                    output[3] = UInt8(alpha / samples)
                    output += 4
                }
            }
        }
    }
}

extension Canvas {
    /// Makes the image the source of the next drawing, its corner at a place and its pixels of a size, both in units.
    package func setSource(
        _ image: SourceImage, x: Double, y: Double, pixel: Double, extend: cairo_extend_t = CAIRO_EXTEND_PAD
    ) {
        let across = pixel * Double(image.originalSize.width) / Double(image.size.width)
        let down = pixel * Double(image.originalSize.height) / Double(image.size.height)
        setSource(image.surface, x: x, y: y, scaleX: across, scaleY: down, extend: extend)
    }

    /// - Parameters: `scaleX`, `scaleY`: units of one pixel of the surface.
    package func setSource(
        _ surface: OpaquePointer, x: Double, y: Double, scaleX: Double, scaleY: Double, extend: cairo_extend_t
    ) {
        let pattern = Self.pattern(surface, x: x, y: y, scaleX: scaleX, scaleY: scaleY, extend: extend)
        cairo_set_source(context, pattern)
        cairo_pattern_destroy(pattern)
    }

    /// A pattern's matrix leads from units to the surface's pixels. It is not part of what `cairo_restore` undoes.
    package static func pattern(
        _ surface: OpaquePointer, x: Double, y: Double, scaleX: Double, scaleY: Double, extend: cairo_extend_t
    ) -> OpaquePointer? {
        let pattern = cairo_pattern_create_for_surface(surface)
        var matrix = cairo_matrix_t(
            xx: 1 / scaleX, yx: 0, xy: 0, yy: 1 / scaleY, x0: -x / scaleX, y0: -y / scaleY)
        cairo_pattern_set_matrix(pattern, &matrix)
        cairo_pattern_set_extend(pattern, extend)
        cairo_pattern_set_filter(pattern, CAIRO_FILTER_BILINEAR)
        return pattern
    }

    /// The picture as a raster, for work on single pixels.
    package func raster() -> Raster {
        let count = size.width * size.height * 4
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            withPixels { data, bytesPerRow in
                for y in 0..<size.height {
                    var source = data + y * bytesPerRow
                    var index = y * size.width * 4
                    for _ in 0..<size.width {
                        buffer[index] = source[2]
                        buffer[index + 1] = source[1]
                        buffer[index + 2] = source[0]
                        buffer[index + 3] = 255
                        source += 4
                        index += 4
                    }
                }
                initialized = count
            }
            if initialized == 0 {
                buffer.initialize(repeating: 0)
                initialized = count
            }
        }
        return Raster(unchecked: size, pixels: pixels)
    }
}
