import CSpng

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// PNG files through libspng.
enum PNGCodec {
    static func size(of bytes: [UInt8]) throws(ImagingError) -> PixelSize {
        try withDecoder(bytes) { decoder throws(ImagingError) in
            var header = spng_ihdr()
            try check(spng_get_ihdr(decoder, &header))
            return PixelSize(width: Int(header.width), height: Int(header.height))
        }
    }

    static func decode(_ bytes: [UInt8], size: PixelSize) throws(ImagingError) -> [UInt8] {
        try withDecoder(bytes) { decoder throws(ImagingError) in
            let count = size.width * size.height * 4
            var status: Int32 = 0
            let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                var needed = 0
                status = spng_decoded_image_size(decoder, Int32(SPNG_FMT_RGBA8.rawValue), &needed)
                guard status == 0, needed == count else { return }
                status = spng_decode_image(
                    decoder, buffer.baseAddress, count, Int32(SPNG_FMT_RGBA8.rawValue),
                    Int32(SPNG_DECODE_TRNS.rawValue))
                initialized = status == 0 ? count : 0
            }
            try check(status)
            // What follows the pixels is read too: a file that ends before its last chunk was not received whole.
            try check(spng_decode_chunks(decoder))
            guard pixels.count == count else { throw .damaged(.png, detail: "its size is not what its header says") }
            return pixels
        }
    }

    /// Opaque pictures are written with three bytes a pixel.
    static func encode(_ view: PixelView) throws(ImagingError) -> [UInt8] {
        let hasAlpha = view.layout == .rgba && !isOpaque(view)
        let type = hasAlpha ? SPNG_COLOR_TYPE_TRUECOLOR_ALPHA : SPNG_COLOR_TYPE_TRUECOLOR
        return try encode(PixelSize(width: view.width, height: view.height), type) {
            encodeRows(of: view, keepingAlpha: hasAlpha, $0)
        }
    }

    static func encode(_ picture: GreyPicture) throws(ImagingError) -> [UInt8] {
        try encode(picture.size, SPNG_COLOR_TYPE_GRAYSCALE) { encoder in
            picture.pixels.withUnsafeBufferPointer { pixels in
                for y in 0..<picture.size.height {
                    let row = pixels.baseAddress.map { $0 + y * picture.size.width }
                    let status = spng_encode_row(encoder, row, picture.size.width)
                    if status == SPNG_EOI.rawValue { return 0 }
                    if status != 0 { return status }
                }
                return Int32(SPNG_EOF.rawValue)
            }
        }
    }

    /// - Parameter rows: hands all rows to the encoder, and gives its status.
    private static func encode(
        _ size: PixelSize, _ type: spng_color_type, _ rows: (OpaquePointer) -> Int32
    ) throws(ImagingError) -> [UInt8] {
        guard let encoder = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
            throw .encodingFailed(.png, detail: "out of memory")
        }
        defer { spng_ctx_free(encoder) }
        var header = spng_ihdr()
        header.width = UInt32(size.width)
        header.height = UInt32(size.height)
        header.bit_depth = 8
        header.color_type = UInt8(type.rawValue)
        // Level 2 with the two cheap filters: a third of the default's time for a tenth more bytes.
        spng_set_option(encoder, SPNG_ENCODE_TO_BUFFER, 1)
        spng_set_option(encoder, SPNG_IMG_COMPRESSION_LEVEL, 2)
        spng_set_option(
            encoder, SPNG_FILTER_CHOICE, Int32(SPNG_FILTER_CHOICE_SUB.rawValue | SPNG_FILTER_CHOICE_UP.rawValue))
        var status = spng_set_ihdr(encoder, &header)
        if status == 0 {
            let flags = SPNG_ENCODE_PROGRESSIVE.rawValue | SPNG_ENCODE_FINALIZE.rawValue
            status = spng_encode_image(encoder, nil, 0, Int32(SPNG_FMT_PNG.rawValue), Int32(flags))
        }
        if status == 0 { status = rows(encoder) }
        var length = 0
        guard status == 0, let file = spng_get_png_buffer(encoder, &length, &status) else {
            throw .encodingFailed(.png, detail: String(cString: spng_strerror(status)))
        }
        defer { free(file) }
        return [UInt8](UnsafeRawBufferPointer(start: file, count: length))
    }

    private static func isOpaque(_ view: PixelView) -> Bool {
        for y in 0..<view.height {
            let row = view.bytes[y * view.bytesPerRow..<y * view.bytesPerRow + view.width * 4]
            for index in stride(from: row.startIndex + 3, to: row.endIndex, by: 4) where row[index] != 255 {
                return false
            }
        }
        return true
    }

    /// Row by row: a second copy of a large picture would be as large.
    private static func encodeRows(of view: PixelView, keepingAlpha: Bool, _ encoder: OpaquePointer) -> Int32 {
        let channels = keepingAlpha ? 4 : 3
        let (red, blue) = view.layout == .bgrx ? (2, 0) : (0, 2)
        let count = view.width * channels
        guard let base = view.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return -1 }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { row in
            for y in 0..<view.height {
                var pixel = base + y * view.bytesPerRow
                var index = 0
                for _ in 0..<view.width {
                    row[index] = pixel[red]
                    row[index + 1] = pixel[1]
                    row[index + 2] = pixel[blue]
                    if keepingAlpha { row[index + 3] = pixel[3] }
                    index += channels
                    pixel += 4
                }
                let status = spng_encode_row(encoder, row.baseAddress, count)
                // The last row is told as the end of the picture.
                if status == SPNG_EOI.rawValue { return 0 }
                if status != 0 { return status }
            }
            return Int32(SPNG_EOF.rawValue)
        }
    }

    private static func withDecoder<T>(
        _ bytes: [UInt8], _ body: (OpaquePointer) throws(ImagingError) -> T
    ) throws(ImagingError) -> T {
        guard let decoder = spng_ctx_new(0) else { throw .damaged(.png, detail: "out of memory") }
        defer { spng_ctx_free(decoder) }
        // Text and profiles are not wanted here; a broken one must not cost the picture, nor a huge one memory.
        spng_set_crc_action(decoder, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_DISCARD.rawValue))
        spng_set_chunk_limits(decoder, 64 << 20, 64 << 20)
        return try bytes.withUnsafeBytesTyped { buffer throws(ImagingError) in
            try check(spng_set_png_buffer(decoder, buffer.baseAddress, buffer.count))
            return try body(decoder)
        }
    }

    private static func check(_ status: Int32) throws(ImagingError) {
        guard status == 0 else { throw .damaged(.png, detail: String(cString: spng_strerror(status))) }
    }
}
