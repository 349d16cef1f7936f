import CGif

/// The first frame of GIF files through giflib.
enum GIFCodec {
    static func decode(_ bytes: [UInt8], size: PixelSize) throws(ImagingError) -> [UInt8] {
        try bytes.withUnsafeBytesTyped { buffer throws(ImagingError) in
            var input = Input(bytes: buffer)
            let result = withUnsafeMutablePointer(to: &input) { decode($0, size) }
            return try result.get()
        }
    }

    private struct Input {
        let bytes: UnsafeRawBufferPointer
        var position = 0
    }

    private static func decode(
        _ input: UnsafeMutablePointer<Input>, _ size: PixelSize
    ) -> Result<[UInt8], ImagingError> {
        var code: Int32 = 0
        let read: InputFunc = { file, target, count in
            guard let input = file?.pointee.UserData?.assumingMemoryBound(to: Input.self), let target else { return 0 }
            let count = min(Int(count), input.pointee.bytes.count - input.pointee.position)
            let part = input.pointee.bytes[input.pointee.position...].prefix(count)
            UnsafeMutableRawBufferPointer(start: target, count: count).copyBytes(from: part)
            input.pointee.position += count
            return Int32(count)
        }
        guard let file = DGifOpen(input, read, &code) else { return .failure(damage(code)) }
        defer { DGifCloseFile(file, &code) }
        do throws(ImagingError) {
            let transparent = try findFrame(file)
            return .success(try frame(of: file, size, transparent: transparent))
        } catch {
            return .failure(error)
        }
    }

    /// Reads up to the first frame; the index of its transparent colour, or -1.
    private static func findFrame(_ file: UnsafeMutablePointer<GifFileType>) throws(ImagingError) -> Int {
        var transparent = -1
        var record = UNDEFINED_RECORD_TYPE
        while true {
            try check(DGifGetRecordType(file, &record), file)
            switch record {
            case IMAGE_DESC_RECORD_TYPE:
                try check(DGifGetImageDesc(file), file)
                return transparent
            case EXTENSION_RECORD_TYPE:
                var kind: Int32 = 0
                var block: UnsafeMutablePointer<GifByteType>?
                try check(DGifGetExtension(file, &kind, &block), file)
                while let piece = block {
                    var control = GraphicsControlBlock()
                    // The first byte is the length of what follows.
                    if kind == GRAPHICS_EXT_FUNC_CODE,
                        DGifExtensionToGCB(Int(piece[0]), piece + 1, &control) == GIF_OK
                    {
                        transparent = Int(control.TransparentColor)
                    }
                    try check(DGifGetExtensionNext(file, &block), file)
                }
            case TERMINATE_RECORD_TYPE: throw .damaged(.gif, detail: "it has no picture")
            default: throw .damaged(.gif, detail: "an unknown record")
            }
        }
    }

    /// The frame on its screen, which is transparent where the frame does not reach.
    private static func frame(
        of file: UnsafeMutablePointer<GifFileType>, _ size: PixelSize, transparent: Int
    ) throws(ImagingError) -> [UInt8] {
        let place = file.pointee.Image
        guard let map = place.ColorMap ?? file.pointee.SColorMap, let colours = map.pointee.Colors else {
            throw .damaged(.gif, detail: "it has no colours")
        }
        let (left, top, width, height) = (Int(place.Left), Int(place.Top), Int(place.Width), Int(place.Height))
        var line = [GifPixelType](repeating: 0, count: max(1, width))
        var pixels = [UInt8](repeating: 0, count: size.width * size.height * 4)
        for row in rows(height, isInterlaced: place.Interlace) {
            try check(DGifGetLine(file, &line, Int32(width)), file)
            guard top + row < size.height else { continue }
            for column in 0..<max(0, min(width, size.width - left)) {
                let index = Int(line[column])
                guard index != transparent, index < map.pointee.ColorCount else { continue }
                let colour = colours[index]
                let start = ((top + row) * size.width + left + column) * 4
                pixels[start] = colour.Red
                pixels[start + 1] = colour.Green
                pixels[start + 2] = colour.Blue
                pixels[start + 3] = 255
            }
        }
        return pixels
    }

    /// The order in which a frame's rows are stored.
    private static func rows(_ height: Int, isInterlaced: Bool) -> [Int] {
        guard isInterlaced else { return Array(0..<height) }
        return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { first, step in
            Array(stride(from: first, to: height, by: step))
        }
    }

    private static func check(_ status: Int32, _ file: UnsafeMutablePointer<GifFileType>) throws(ImagingError) {
        guard status == GIF_OK else { throw damage(file.pointee.Error) }
    }

    private static func damage(_ code: Int32) -> ImagingError {
        .damaged(.gif, detail: GifErrorString(code).map { String(cString: $0) } ?? "giflib's error \(code)")
    }
}
