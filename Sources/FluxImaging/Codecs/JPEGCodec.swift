import CTurboJPEG

/// JPEG files through TurboJPEG.
enum JPEGCodec {
    static func size(of bytes: [UInt8]) throws(ImagingError) -> PixelSize {
        try withDecoder(bytes) { decoder, buffer throws(ImagingError) in
            try header(decoder, buffer).size
        }
    }

    /// - Parameter size: as the header says, or as `reduced(_:for:)` gives.
    static func decode(_ bytes: [UInt8], size: PixelSize) throws(ImagingError) -> [UInt8] {
        try withDecoder(bytes) { decoder, buffer throws(ImagingError) in
            let header = try header(decoder, buffer)
            let count = size.width * size.height * 4
            var status: Int32 = 0
            // TurboJPEG turns every colour space into RGB but the two of printing.
            let isPrint = header.colorspace == TJCS_CMYK || header.colorspace == TJCS_YCCK
            var pixels = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
                status = tjDecompress2(
                    decoder, buffer.baseAddress, UInt(buffer.count), output.baseAddress, Int32(size.width),
                    Int32(size.width * 4), Int32(size.height), Int32((isPrint ? TJPF_CMYK : TJPF_RGBA).rawValue), 0)
                initialized = count
            }
            if status != 0 { try rejectUnlessHarmless(decoder) }
            if isPrint { Self.convertFromInvertedCMYK(&pixels) }
            return pixels
        }
    }

    /// The smallest of the sizes at which the decoder can give a picture itself (halves, quarters and eighths, in less
    /// time than the whole) that is no smaller than another.
    static func reduced(_ size: PixelSize, for needed: PixelSize) -> PixelSize {
        for divisor in [8, 4, 2] {
            let reduced = PixelSize(
                width: (size.width + divisor - 1) / divisor, height: (size.height + divisor - 1) / divisor)
            if reduced.width >= needed.width, reduced.height >= needed.height { return reduced }
        }
        return size
    }

    static func encode(_ view: PixelView, quality: Int) throws(ImagingError) -> [UInt8] {
        guard view.width <= 65_535, view.height <= 65_535 else {
            throw .encodingFailed(.jpg, detail: "a side is longer than 65535 pixels")
        }
        guard let encoder = tjInitCompress() else { throw .encodingFailed(.jpg, detail: "out of memory") }
        defer { tjDestroy(encoder) }
        var file: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(file) }
        // Full colour resolution where quality is asked for: it keeps coloured edges and small type clean.
        let subsampling = quality >= 90 ? TJSAMP_444 : TJSAMP_420
        let status = tjCompress2(
            encoder, view.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(view.width),
            Int32(view.bytesPerRow), Int32(view.height), Int32((view.layout == .rgba ? TJPF_RGBA : TJPF_BGRX).rawValue),
            &file, &length, Int32(subsampling.rawValue), Int32(max(1, quality)), 0)
        guard status == 0, let file else {
            throw .encodingFailed(.jpg, detail: String(cString: tjGetErrorStr2(encoder)))
        }
        return [UInt8](UnsafeBufferPointer(start: file, count: Int(length)))
    }

    private static func withDecoder<T>(
        _ bytes: [UInt8],
        _ body: (tjhandle, UnsafeBufferPointer<UInt8>) throws(ImagingError) -> T
    ) throws(ImagingError) -> T {
        guard let decoder = tjInitDecompress() else { throw .damaged(.jpg, detail: "out of memory") }
        defer { tjDestroy(decoder) }
        return try bytes.withUnsafeBytesTyped { buffer throws(ImagingError) in
            try body(decoder, buffer.assumingMemoryBound(to: UInt8.self))
        }
    }

    private static func header(
        _ decoder: tjhandle, _ buffer: UnsafeBufferPointer<UInt8>
    ) throws(ImagingError) -> (size: PixelSize, colorspace: TJCS) {
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colorspace: Int32 = 0
        let status = tjDecompressHeader3(
            decoder, buffer.baseAddress, UInt(buffer.count), &width, &height, &subsampling, &colorspace)
        if status != 0 { try rejectUnlessHarmless(decoder) }
        return (PixelSize(width: Int(width), height: Int(height)), TJCS(rawValue: .init(colorspace)))
    }

    /// The decoder fills what it lacks with grey and only warns. Of its warnings one leaves the picture whole:
    /// stray bytes between two markers, which cameras and servers do write.
    private static func rejectUnlessHarmless(_ decoder: tjhandle) throws(ImagingError) {
        let detail = String(cString: tjGetErrorStr2(decoder))
        let isWarning = tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
        guard isWarning, detail.contains("extraneous bytes before marker") else {
            throw .damaged(.jpg, detail: detail)
        }
    }

    /// Adobe's files, in practice all there are, store ink upside down: 255 is none.
    private static func convertFromInvertedCMYK(_ pixels: inout [UInt8]) {
        for index in stride(from: 0, to: pixels.count, by: 4) {
            let black = Int(pixels[index + 3])
            for channel in index..<index + 3 {
                pixels[channel] = UInt8((Int(pixels[channel]) * black + 127) / 255)
            }
            pixels[index + 3] = 255
        }
    }
}
