/// What a picture looks like as a mask: white is repainted, black is kept (contract §3).
public struct MaskReading: Sendable, Hashable {
    /// In pixels, as stored.
    public let size: PixelSize
    /// Turned by its EXIF data.
    public let isTurned: Bool
    /// Some pixel can be seen through.
    public let isTransparent: Bool
    /// Some pixel is nearer to white than to black.
    public let hasWhite: Bool
    /// Some pixel is nearer to black than to white.
    public let hasBlack: Bool

    /// - Throws: `ImagingError` when the bytes are no picture.
    public init(_ bytes: [UInt8]) throws(ImagingError) {
        let raster = try Raster(decoding: bytes)
        size = raster.size
        isTurned = Self.isTurned(bytes)
        var (transparent, white, black) = (false, false, false)
        raster.pixels.withUnsafeBufferPointer { pixels in
            for index in stride(from: 0, to: pixels.count, by: 4) {
                if pixels[index + 3] < 250 { transparent = true }
                let sum = Int(pixels[index]) + Int(pixels[index + 1]) + Int(pixels[index + 2])
                if sum >= 384 { white = true } else { black = true }
            }
        }
        (isTransparent, hasWhite, hasBlack) = (transparent, white, black)
    }

    /// Whether a picture is stored lying, and its EXIF data says how to turn it.
    public static func isTurned(_ bytes: [UInt8]) -> Bool {
        guard let exif = (try? EmbeddedData(reading: bytes))?.exif else { return false }
        return ExifReader(exif).orientation != 1
    }
}
