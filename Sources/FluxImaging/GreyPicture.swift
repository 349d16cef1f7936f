/// An opaque picture in shades of grey, one byte a pixel, such as a mask.
public struct GreyPicture: Sendable, Hashable {
    public let size: PixelSize
    /// Rows from the top; 0 black … 255 white. `width * height` of them.
    public private(set) var pixels: [UInt8]

    /// - Throws: `ImagingError.unsupported` when the byte count does not fit the size.
    public init(size: PixelSize, pixels: [UInt8]) throws(ImagingError) {
        guard (1...Raster.maximumSide).contains(size.width), (1...Raster.maximumSide).contains(size.height),
            pixels.count == size.width * size.height
        else {
            throw .unsupported("\(pixels.count) bytes cannot be the pixels of a \(size.width)×\(size.height) picture")
        }
        self.size = size
        self.pixels = pixels
    }

    /// White where a picture is transparent, grey where partly so.
    public init(transparencyOf raster: Raster) {
        size = raster.size
        let source = raster.pixels
        pixels = [UInt8](unsafeUninitializedCapacity: source.count / 4) { buffer, initialized in
            for index in 0..<source.count / 4 { buffer[index] = 255 - source[index * 4 + 3] }
            initialized = source.count / 4
        }
    }

    /// Black becomes white.
    public mutating func invert() {
        pixels.withUnsafeMutableBufferPointer { buffer in
            for index in buffer.indices { buffer[index] = 255 - buffer[index] }
        }
    }

    /// In-place work on the bytes, for code that has checked its bounds.
    package mutating func withUnsafeMutablePixels<T>(_ body: (UnsafeMutableBufferPointer<UInt8>) throws -> T) rethrows
        -> T
    {
        try pixels.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// The picture as a PNG file with one channel. The same picture gives the same bytes.
    public func encodedAsPNG() throws(ImagingError) -> [UInt8] { try PNGCodec.encode(self) }
}
