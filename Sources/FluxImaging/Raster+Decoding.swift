extension Raster {
    /// 100 megapixels: four hundred million bytes decoded, far above what the service makes.
    public static let defaultMaximumPixels = 100_000_000

    /// Decodes a PNG, JPEG or WebP file or a GIF; of one that moves the first frame.
    ///
    /// Pixels come as stored: an EXIF orientation, a colour profile and a gamma are not applied. Sixteen-bit samples
    /// become eight bits.
    /// - Throws: `ImagingError`; a file that is cut short is damaged, never half a picture.
    public init(decoding bytes: [UInt8], maximumPixels: Int = Raster.defaultMaximumPixels) throws(ImagingError) {
        let size = try Self.checkedHeader(of: bytes, maximumPixels).size
        try self.init(decoding: bytes, as: size)
    }

    /// Decodes a picture and reduces it to lie inside `box`; a smaller one stays as it is. Much faster than decoding a
    /// large JPEG whole, and sharp.
    /// - Throws: `ImagingError`, as the other.
    public init(
        decoding bytes: [UInt8], reducedTo box: PixelSize, maximumPixels: Int = Raster.defaultMaximumPixels
    ) throws(ImagingError) {
        let header = try Self.checkedHeader(of: bytes, maximumPixels)
        let target = header.size.fitted(within: box)
        let size = header.format == .jpg ? JPEGCodec.reduced(header.size, for: target) : header.size
        let whole = try Raster(decoding: bytes, as: size)
        let factor = min(whole.width / target.width, whole.height / target.height)
        self = whole.reduced(by: factor).resized(to: target)
    }

    /// The header of a file that is not too large to be decoded.
    /// - Throws: as `ImageHeader`, and `.tooLarge`.
    public static func checkedHeader(
        of bytes: [UInt8], _ maximumPixels: Int = Raster.defaultMaximumPixels
    ) throws(ImagingError) -> ImageHeader {
        let header = try ImageHeader(parsing: bytes)
        guard header.width <= Self.maximumSide, header.height <= Self.maximumSide,
            header.width * header.height <= maximumPixels
        else {
            throw .tooLarge(width: header.width, height: header.height, maximumPixels: maximumPixels)
        }
        return header
    }

    private init(decoding bytes: [UInt8], as size: PixelSize) throws(ImagingError) {
        guard let format = ImageFormat.detect(bytes) else { throw .unknownFormat }
        switch format {
        case .jpg: self.init(unchecked: size, pixels: try JPEGCodec.decode(bytes, size: size))
        case .png: self.init(unchecked: size, pixels: try PNGCodec.decode(bytes, size: size))
        case .webp: self.init(unchecked: size, pixels: try WebPCodec.decode(bytes, size: size))
        case .gif: self.init(unchecked: size, pixels: try GIFCodec.decode(bytes, size: size))
        }
    }
}
