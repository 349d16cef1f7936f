import FluxImaging

extension Canvas {
    /// The picture as a file, from the surface's memory straight into it.
    /// - Throws: `ImagingError` when the format cannot be written.
    package func encoded(as format: ImageFormat, quality: Int) throws(ImagingError) -> [UInt8] {
        let result: Result<[UInt8], ImagingError>? = withPixels { data, bytesPerRow in
            let bytes = UnsafeRawBufferPointer(start: data, count: bytesPerRow * size.height)
            let view = PixelView(
                bytes: bytes, width: size.width, height: size.height, bytesPerRow: bytesPerRow, layout: .bgrx)
            do throws(ImagingError) {
                return .success(try view.encoded(as: format, quality: quality))
            } catch {
                return .failure(error)
            }
        }
        guard let result else { throw .encodingFailed(format, detail: "the surface has no memory") }
        return try result.get()
    }

    /// Lays a picture over this one, pixel by pixel, its upper left corner at a place; what does not fit is cut off.
    package func place(_ raster: Raster, x: Int, y: Int) {
        withPixels { data, bytesPerRow in
            raster.pixels.withUnsafeBufferPointer { source in
                let columns = max(0, -x)..<max(max(0, -x), min(raster.width, size.width - x))
                for row in max(0, -y)..<max(max(0, -y), min(raster.height, size.height - y)) {
                    var output = data + (y + row) * bytesPerRow + (x + columns.lowerBound) * 4
                    var index = (row * raster.width + columns.lowerBound) * 4
                    for _ in columns {
                        let alpha = Int(source[index + 3])
                        for channel in 0..<3 {
                            let below = Int(output[2 - channel])
                            output[2 - channel] = UInt8(
                                (Int(source[index + channel]) * alpha + below * (255 - alpha) + 127) / 255)
                        }
                        output += 4
                        index += 4
                    }
                }
            }
        }
    }
}
