import CWebP

/// WebP files through libwebp; of those that move the first frame.
enum WebPCodec {
    static func size(of bytes: [UInt8]) throws(ImagingError) -> PixelSize {
        let features = try features(of: bytes)
        return PixelSize(width: Int(features.width), height: Int(features.height))
    }

    static func decode(_ bytes: [UInt8], size: PixelSize) throws(ImagingError) -> [UInt8] {
        if try features(of: bytes).has_animation != 0 { return try decodeFirstFrame(bytes, size) }
        return try decodeStill(bytes, size)
    }

    /// The frame on its canvas, which is transparent where the frame does not reach.
    private static func decodeFirstFrame(_ bytes: [UInt8], _ size: PixelSize) throws(ImagingError) -> [UInt8] {
        let frame = try firstFrame(of: bytes)
        let frameSize = try Self.size(of: frame.bytes)
        guard frame.left >= 0, frame.top >= 0, frame.left + frameSize.width <= size.width,
            frame.top + frameSize.height <= size.height
        else { throw .damaged(.webp, detail: "its first frame does not lie in the picture") }
        let pixels = try decodeStill(frame.bytes, frameSize)
        if frameSize == size { return pixels }
        var canvas = [UInt8](repeating: 0, count: size.width * size.height * 4)
        for row in 0..<frameSize.height {
            let start = ((frame.top + row) * size.width + frame.left) * 4
            canvas.replaceSubrange(
                start..<start + frameSize.width * 4,
                with: pixels[row * frameSize.width * 4..<(row + 1) * frameSize.width * 4])
        }
        return canvas
    }

    private static func firstFrame(of bytes: [UInt8]) throws(ImagingError) -> (bytes: [UInt8], left: Int, top: Int) {
        let found: (bytes: [UInt8], left: Int, top: Int)? = bytes.withUnsafeBufferPointer { buffer in
            var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
            guard let mux = WebPMuxCreate(&data, 0) else { return nil }
            defer { WebPMuxDelete(mux) }
            var info = WebPMuxFrameInfo()
            guard WebPMuxGetFrame(mux, 1, &info) == WEBP_MUX_OK else { return nil }
            defer { WebPDataClear(&info.bitstream) }
            let frame = [UInt8](UnsafeBufferPointer(start: info.bitstream.bytes, count: info.bitstream.size))
            return (frame, Int(info.x_offset), Int(info.y_offset))
        }
        guard let found else { throw .damaged(.webp, detail: "its picture data is cut short or broken") }
        return found
    }

    private static func decodeStill(_ bytes: [UInt8], _ size: PixelSize) throws(ImagingError) -> [UInt8] {
        let count = size.width * size.height * 4
        var succeeded = false
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            succeeded =
                WebPDecodeRGBAInto(bytes, bytes.count, buffer.baseAddress, count, Int32(size.width * 4)) != nil
            initialized = succeeded ? count : 0
        }
        guard succeeded else { throw .damaged(.webp, detail: "its picture data is cut short or broken") }
        return pixels
    }

    static func encode(_ view: PixelView, quality: Int) throws(ImagingError) -> [UInt8] {
        let maximumSide = Int(WEBP_MAX_DIMENSION)
        guard view.width <= maximumSide, view.height <= maximumSide else {
            throw .encodingFailed(.webp, detail: "a side is longer than \(maximumSide) pixels")
        }
        var configuration = WebPConfig()
        var picture = WebPPicture()
        guard WebPConfigInit(&configuration) != 0, WebPPictureInit(&picture) != 0 else {
            throw .encodingFailed(.webp, detail: "the installed libwebp is of another version")
        }
        configuration.quality = Float(quality)
        // Method 2 of 0…6: half the time of the default for a few percent more bytes.
        configuration.method = 2
        picture.width = Int32(view.width)
        picture.height = Int32(view.height)
        defer { WebPPictureFree(&picture) }
        let pixels = view.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let imported =
            switch view.layout {
            case .rgba: WebPPictureImportRGBA(&picture, pixels, Int32(view.bytesPerRow))
            case .bgrx: WebPPictureImportBGRX(&picture, pixels, Int32(view.bytesPerRow))
            }
        guard imported != 0 else { throw .encodingFailed(.webp, detail: "out of memory") }
        var writer = WebPMemoryWriter()
        WebPMemoryWriterInit(&writer)
        defer { WebPMemoryWriterClear(&writer) }
        let succeeded = withUnsafeMutablePointer(to: &writer) { writer in
            picture.writer = WebPMemoryWrite
            picture.custom_ptr = UnsafeMutableRawPointer(writer)
            return WebPEncode(&configuration, &picture) != 0
        }
        guard succeeded, let file = writer.mem else {
            throw .encodingFailed(.webp, detail: "libwebp's error \(picture.error_code.rawValue)")
        }
        return [UInt8](UnsafeBufferPointer(start: file, count: writer.size))
    }

    private static func features(of bytes: [UInt8]) throws(ImagingError) -> WebPBitstreamFeatures {
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(bytes, bytes.count, &features) == VP8_STATUS_OK else {
            throw .damaged(.webp, detail: "its header is cut short or broken")
        }
        return features
    }
}
