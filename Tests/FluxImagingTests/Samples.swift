import FluxImaging

/// Pictures that tests make for themselves.
enum Samples {
    /// Smooth colours with an edge in it, so that every codec has something to do.
    static func picture(width: Int = 48, height: Int = 32, transparent: Bool = false) throws -> Raster {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let edge = x > width / 2 ? 60 : 0
                pixels.append(UInt8(x * 180 / width + edge))
                pixels.append(UInt8(y * 200 / height))
                pixels.append(UInt8((x + y) * 200 / (width + height)))
                pixels.append(transparent ? UInt8(255 - x * 255 / width) : 255)
            }
        }
        return try Raster(width: width, height: height, pixels: pixels)
    }

    static let written: [ImageFormat] = [.jpg, .png, .webp]

    /// A GIF of 3×2 pixels, header and nothing else of interest.
    static let gif: [UInt8] = Array("GIF89a".utf8) + [3, 0, 2, 0, 0, 0, 0, 0x3B]

    /// Mean absolute difference of the colour bytes.
    static func difference(_ a: Raster, _ b: Raster) -> Double {
        guard a.size == b.size else { return .infinity }
        let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(a.pixels.count)
    }
}
