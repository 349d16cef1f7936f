extension Raster {
    /// The picture as a file. The same picture, format and quality give the same bytes.
    ///
    /// - Parameters:
    ///   - format: JPEG has no transparency: the picture is laid on white. GIF is not written.
    ///   - quality: 0…100 (contract §3, `output_quality`), brought into that range; PNG ignores it.
    /// - Throws: `ImagingError`.
    public func encoded(as format: ImageFormat, quality: Int = 90) throws(ImagingError) -> [UInt8] {
        let source = format == .jpg && !isOpaque ? flattened() : self
        return try source.pixels.withUnsafeBytesTyped { bytes throws(ImagingError) in
            let view = PixelView(
                bytes: bytes, width: source.width, height: source.height, bytesPerRow: source.width * 4, layout: .rgba)
            return try view.encoded(as: format, quality: quality)
        }
    }

    private func flattened() -> Raster {
        var result = self
        result.withUnsafeMutablePixels { buffer in
            for index in stride(from: 0, to: buffer.count, by: 4) {
                let alpha = Int(buffer[index + 3])
                for channel in index..<index + 3 {
                    buffer[channel] = UInt8((Int(buffer[channel]) * alpha + 255 * (255 - alpha) + 127) / 255)
                }
                buffer[index + 3] = 255
            }
        }
        return result
    }
}

/// Pixels in memory that somebody else owns, such as a drawing surface, on their way into a file without a copy.
package struct PixelView {
    /// Order of the four bytes of a pixel.
    package enum Layout {
        /// Colours not multiplied by alpha.
        case rgba
        /// The fourth byte says nothing: an opaque picture.
        case bgrx
    }

    package var bytes: UnsafeRawBufferPointer
    package var width: Int
    package var height: Int
    package var bytesPerRow: Int
    package var layout: Layout

    package init(bytes: UnsafeRawBufferPointer, width: Int, height: Int, bytesPerRow: Int, layout: Layout) {
        self.bytes = bytes
        self.width = width
        self.height = height
        self.bytesPerRow = bytesPerRow
        self.layout = layout
    }

    package func encoded(as format: ImageFormat, quality: Int) throws(ImagingError) -> [UInt8] {
        guard width > 0, height > 0, bytesPerRow >= width * 4, bytes.count >= bytesPerRow * (height - 1) + width * 4
        else {
            throw .encodingFailed(format, detail: "the picture's memory does not fit its size")
        }
        let quality = min(max(quality, 0), 100)
        switch format {
        case .jpg: return try JPEGCodec.encode(self, quality: quality)
        case .png: return try PNGCodec.encode(self)
        case .webp: return try WebPCodec.encode(self, quality: quality)
        case .gif: throw .unsupported("GIF pictures cannot be written; use PNG, JPEG or WebP")
        }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that lets a typed error through.
    func withUnsafeBytesTyped<T>(_ body: (UnsafeRawBufferPointer) throws(ImagingError) -> T) throws(ImagingError) -> T {
        let result: Result<T, ImagingError> = withUnsafeBytes { bytes in
            do throws(ImagingError) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
