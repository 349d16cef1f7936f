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
        let block: ArraySlice<UInt8>? =
            switch ImageFormat.detect(file) {
            case .jpg: Self.blockOfJPEG(file)
            case .png: Self.blockOfPNG(file)
            case .webp: Self.blockOfWebP(file)
            case .gif, nil: nil
            }
        self = block.flatMap(Self.read) ?? .upright
    }

    /// Whether width and height change places.
    public var swapsSides: Bool { rawValue > 4 }

    /// The size that people see of a picture that is stored with another.
    public func seen(_ stored: PixelSize) -> PixelSize {
        swapsSides ? PixelSize(width: stored.height, height: stored.width) : stored
    }

    // MARK: Where the block lies

    /// In the APP1 segment that begins so, before the pixels.
    private static func blockOfJPEG(_ file: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 2
        while position + 4 <= file.count, file[position] == 0xFF {
            let marker = file[position + 1]
            if marker == 0xFF {
                position += 1
                continue
            }
            guard marker != 0xDA, marker != 0xD9 else { return nil }
            let length = Int(file[position + 2]) << 8 | Int(file[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= file.count else { return nil }
            if marker == 0xE1, let block = withoutName(file[position + 4..<end], isNeeded: true) { return block }
            position = end
        }
        return nil
    }

    /// In the chunk `eXIf`, which may stand behind the pixels.
    private static func blockOfPNG(_ file: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 8
        while position + 12 <= file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let data = position + 8
            guard length <= file.count - data - 4 else { return nil }
            if file[position + 4..<data].elementsEqual("eXIf".utf8) { return file[data..<data + length] }
            position = data + length + 4
        }
        return nil
    }

    /// In the chunk `EXIF` of the extended format.
    private static func blockOfWebP(_ file: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 12
        while position + 8 <= file.count {
            let length = file[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            let data = position + 8
            guard length <= file.count - data else { return nil }
            if file[position..<position + 4].elementsEqual("EXIF".utf8) {
                return withoutName(file[data..<data + length], isNeeded: false)
            }
            position = data + length + length % 2
        }
        return nil
    }

    /// JPEG has a name before the block, and some programs write it into WebP too.
    private static func withoutName(_ bytes: ArraySlice<UInt8>, isNeeded: Bool) -> ArraySlice<UInt8>? {
        if bytes.starts(with: Array("Exif\0\0".utf8)) { return bytes.dropFirst(6) }
        return isNeeded ? nil : bytes
    }

    // MARK: What it says

    /// The tag in the first directory of a TIFF block.
    private static func read(_ block: ArraySlice<UInt8>) -> ExifOrientation? {
        let isBigEndian = block.starts(with: "MM".utf8)
        guard isBigEndian || block.starts(with: "II".utf8) else { return nil }
        func number(at offset: Int, bytes: Int) -> Int? {
            guard offset >= 0, offset <= block.count - bytes else { return nil }
            let start = block.startIndex + offset
            let digits = block[start..<start + bytes]
            return (isBigEndian ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
            let count = number(at: directory, bytes: 2)
        else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard let tag = number(at: entry, bytes: 2) else { return nil }
            guard tag == 0x0112 else { continue }
            let isShort = number(at: entry + 2, bytes: 2) == 3
            return isShort ? number(at: entry + 8, bytes: 2).flatMap(ExifOrientation.init(rawValue:)) : nil
        }
        return nil
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
