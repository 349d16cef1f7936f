/// A decoded picture: rows from the top, four bytes a pixel (red, green, blue, alpha), colours not multiplied by alpha.
public struct Raster: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// `width * height * 4` bytes.
    public private(set) var pixels: [UInt8]

    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// - Throws: `ImagingError.unsupported` when the byte count does not fit the size.
    public init(width: Int, height: Int, pixels: [UInt8]) throws(ImagingError) {
        guard width > 0, height > 0, width <= Self.maximumSide, height <= Self.maximumSide,
            pixels.count == width * height * 4
        else {
            throw .unsupported("\(pixels.count) bytes cannot be the pixels of a \(width)×\(height) picture")
        }
        self.init(unchecked: PixelSize(width: width, height: height), pixels: pixels)
    }

    /// A picture of one colour. Sides are brought into 1…65535.
    public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) {
        let size = PixelSize(
            width: min(max(width, 1), Self.maximumSide), height: min(max(height, 1), Self.maximumSide))
        let count = size.width * size.height * 4
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in stride(from: 0, to: count, by: 4) {
                buffer[index] = red
                buffer[index + 1] = green
                buffer[index + 2] = blue
                buffer[index + 3] = alpha
            }
            initialized = count
        }
        self.init(unchecked: size, pixels: pixels)
    }

    /// For callers in this package that have made exactly as many bytes as the size needs.
    package init(unchecked size: PixelSize, pixels: [UInt8]) {
        width = size.width
        height = size.height
        self.pixels = pixels
    }

    /// What JPEG can hold; keeps every product of sides far from overflow.
    static let maximumSide = 65_535

    /// The four bytes of one pixel; nil outside the picture.
    public subscript(x: Int, y: Int) -> SIMD4<UInt8>? {
        guard x >= 0, y >= 0, x < width, y < height else { return nil }
        let index = (y * width + x) * 4
        return SIMD4(pixels[index], pixels[index + 1], pixels[index + 2], pixels[index + 3])
    }

    /// Whether no pixel is transparent.
    public var isOpaque: Bool {
        pixels.withUnsafeBufferPointer { buffer in
            for index in stride(from: 3, to: buffer.count, by: 4) where buffer[index] != 255 { return false }
            return true
        }
    }

    /// In-place work on the bytes, for code that has checked its bounds.
    package mutating func withUnsafeMutablePixels<T>(_ body: (UnsafeMutableBufferPointer<UInt8>) throws -> T) rethrows
        -> T
    {
        try pixels.withUnsafeMutableBufferPointer { try body($0) }
    }

    /// The part of the picture inside the rectangle; what lies outside the picture is cut off.
    /// - Throws: `ImagingError.unsupported` when nothing is left.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws(ImagingError) -> Raster {
        let left = max(0, x)
        let top = max(0, y)
        let right = min(self.width, x.addingReportingOverflow(max(0, width)).partialValue)
        let bottom = min(self.height, y.addingReportingOverflow(max(0, height)).partialValue)
        guard right > left, bottom > top else {
            throw .unsupported("the rectangle to cut out lies outside the \(self.width)×\(self.height) picture")
        }
        var cut: [UInt8] = []
        cut.reserveCapacity((right - left) * (bottom - top) * 4)
        for row in top..<bottom {
            let start = (row * self.width + left) * 4
            cut.append(contentsOf: pixels[start..<start + (right - left) * 4])
        }
        return Raster(unchecked: PixelSize(width: right - left, height: bottom - top), pixels: cut)
    }
}

extension Raster: CustomStringConvertible {
    /// The size; a list of all pixels helps nobody.
    public var description: String { "Raster(\(width)×\(height))" }
}
