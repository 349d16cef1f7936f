extension Raster {
    /// 100 megapixels: four hundred million bytes decoded, far above what the service makes.
    public static let defaultMaximumPixels = 100_000_000

    /// Decodes a PNG, JPEG or still WebP file, or the first frame of a GIF.
    ///
    /// Pixels come as stored: an EXIF orientation, a colour profile and a gamma are not applied. Sixteen-bit samples
    /// become eight bits.
    /// - Throws: `ImagingError`; a file that is cut short is damaged, never half a picture.
    public init(decoding bytes: [UInt8], maximumPixels: Int = Raster.defaultMaximumPixels) throws(ImagingError) {
        let header = try ImageHeader(parsing: bytes)
        guard header.width <= Self.maximumSide, header.height <= Self.maximumSide,
            header.width * header.height <= maximumPixels
        else {
            throw .tooLarge(width: header.width, height: header.height, maximumPixels: maximumPixels)
        }
        let size = PixelSize(width: header.width, height: header.height)
        switch header.format {
        case .jpg: self.init(unchecked: size, pixels: try JPEGCodec.decode(bytes, size: size))
        case .png: self.init(unchecked: size, pixels: try PNGCodec.decode(bytes, size: size))
        case .webp: self.init(unchecked: size, pixels: try WebPCodec.decode(bytes, size: size))
        case .gif: self.init(unchecked: size, pixels: try GIFCodec.decode(bytes, size: size))
        }
    }
}
