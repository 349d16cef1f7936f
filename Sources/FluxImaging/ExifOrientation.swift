/// How a picture is to be turned or mirrored before people look at it, as cameras write it into EXIF (tag 0x0112).
public enum ExifOrientation: Int, Sendable, Hashable {
    case upright = 1
    case mirrored = 2
    case upsideDown = 3
    case flipped = 4
    case mirroredOnLeftSide = 5
    /// Stored so that its top is at the left: a quarter turn to the right puts it upright.
    case onLeftSide = 6
    case mirroredOnRightSide = 7
    case onRightSide = 8

    /// What a PNG, JPEG or WebP file says; upright when it says nothing, or nothing that makes sense.
    public init(of file: [UInt8]) {
        let exif = (try? EmbeddedData(reading: file))?.exif
        self = exif.flatMap { ExifOrientation(rawValue: ExifReader($0).orientation) } ?? .upright
    }

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue > 4 }

    /// The size that people see of a picture that is stored with another.
    public func seen(_ stored: PixelSize) -> PixelSize {
        swapsSides ? PixelSize(width: stored.height, height: stored.width) : stored
    }
}

extension Raster {
    /// A picture as people see it, from one as it is stored.
    public func turned(by orientation: ExifOrientation) -> Raster {
        guard orientation != .upright else { return self }
        let seen = orientation.seen(size)
        var result = [UInt8](repeating: 0, count: pixels.count)
        // The way in the stored picture of a step to the right and of a step down, and where the first pixel is.
        let (right, down, first) = orientation.steps(in: size)
        pixels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { output in
                var target = 0
                for y in 0..<seen.height {
                    var index = (first + y * down) * 4
                    for _ in 0..<seen.width {
                        for channel in 0..<4 { output[target + channel] = source[index + channel] }
                        index += right * 4
                        target += 4
                    }
                }
            }
        }
        return Raster(unchecked: seen, pixels: result)
    }
}

extension ExifOrientation {
    /// In pixels of the stored rows, one after the other.
    fileprivate func steps(in stored: PixelSize) -> (right: Int, down: Int, first: Int) {
        let (width, last) = (stored.width, stored.width * stored.height - 1)
        return switch self {
        case .upright: (1, width, 0)
        case .mirrored: (-1, width, width - 1)
        case .upsideDown: (-1, -width, last)
        case .flipped: (1, -width, last - width + 1)
        case .mirroredOnLeftSide: (width, 1, 0)
        case .onLeftSide: (-width, 1, last - width + 1)
        case .mirroredOnRightSide: (-width, -1, last)
        case .onRightSide: (width, -1, width - 1)
        }
    }
}
