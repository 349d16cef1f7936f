/// What a picture's file says about itself before any pixel is decoded.
public struct ImageHeader: Sendable, Hashable {
    public let format: ImageFormat
    /// In pixels, as stored: an EXIF orientation is not applied.
    public let width: Int
    public let height: Int

    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// Reads the header only, so a file may be given whole or by a beginning that contains it.
    /// - Throws: `ImagingError.unknownFormat`, or `.damaged` when the header is cut short or senseless.
    public init(parsing bytes: [UInt8]) throws(ImagingError) {
        guard let format = ImageFormat.detect(bytes) else { throw .unknownFormat }
        let size =
            switch format {
            case .jpg: try JPEGCodec.size(of: bytes)
            case .png: try PNGCodec.size(of: bytes)
            case .webp: try WebPCodec.size(of: bytes)
            case .gif: try Self.sizeOfGIF(bytes)
            }
        guard size.width > 0, size.height > 0 else { throw .damaged(format, detail: "it has no pixels") }
        self.format = format
        self.width = size.width
        self.height = size.height
    }

    /// GIF needs no library for this: the logical screen follows the signature, two little-endian 16-bit numbers.
    private static func sizeOfGIF(_ bytes: [UInt8]) throws(ImagingError) -> PixelSize {
        guard bytes.count >= 10 else { throw .damaged(.gif, detail: "it ends inside its header") }
        return PixelSize(
            width: Int(bytes[6]) | Int(bytes[7]) << 8,
            height: Int(bytes[8]) | Int(bytes[9]) << 8)
    }
}
