extension Raster {
    /// Reduced by a whole factor: each pixel is the plain mean of those that it stands for. In a fraction of the time of a
    /// resize, which may follow. What is left over at the right and lower edge is dropped.
    /// - Parameter wanted: at most 64 of it is done, so that no sum can overflow.
    func reduced(by wanted: Int) -> Raster {
        let factor = min(wanted, 64)
        guard factor > 1, width >= factor, height >= factor else { return self }
        let size = PixelSize(width: width / factor, height: height / factor)
        let opaque = isOpaque
        let count = size.width * size.height * 4
        let samples = UInt32(factor * factor)
        let reduced = pixels.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
                var place = 0
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        var (red, green, blue, alpha): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
                        for row in 0..<factor {
                            var index = ((y * factor + row) * width + x * factor) * 4
                            for _ in 0..<factor {
                                // Transparent pixels lend no colour to others.
                                let weight = opaque ? 1 : UInt32(source[index + 3])
                                red += UInt32(source[index]) * weight
                                green += UInt32(source[index + 1]) * weight
                                blue += UInt32(source[index + 2]) * weight
                                alpha += weight
                                index += 4
                            }
                        }
                        let divisor = max(1, alpha)
                        output[place] = UInt8((red + divisor / 2) / divisor)
                        output[place + 1] = UInt8((green + divisor / 2) / divisor)
                        output[place + 2] = UInt8((blue + divisor / 2) / divisor)
                        output[place + 3] = opaque ? 255 : UInt8((alpha + samples / 2) / samples)
                        place += 4
                    }
                }
                initialized = count
            }
        }
        return Raster(unchecked: size, pixels: reduced)
    }
}
