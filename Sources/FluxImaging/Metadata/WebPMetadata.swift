import CWebP

/// Chunks beside a WebP picture, through libwebpmux, which makes the extended header that they need.
enum WebPMetadata {
    static func embed(_ metadata: ImageMetadata, in file: [UInt8]) throws(ImagingError) -> [UInt8] {
        let xmp = try chunk("XMP ", of: file)
        let exif = try chunk("EXIF", of: file)
        return try withMux(file) { mux throws(ImagingError) in
            let previous = xmp.flatMap { XMPPacket($0).metadata }
            if exif == nil || exif == previous.map(ExifBlock.encoded) {
                try set("EXIF", to: ExifBlock.encoded(metadata), in: mux)
            }
            // A foreign packet that is written in an unusual way is the file's own and stays.
            if let packet = xmp.map({ XMPPacket($0).adding(metadata) }) ?? XMPPacket(metadata) {
                try set("XMP ", to: packet.bytes, in: mux)
            }
            var assembled = WebPData()
            defer { WebPDataClear(&assembled) }
            try check(WebPMuxAssemble(mux, &assembled))
            return [UInt8](UnsafeBufferPointer(start: assembled.bytes, count: assembled.size))
        }
    }

    /// The content of a chunk, named by its four characters; nil where the file has none.
    static func chunk(_ name: String, of file: [UInt8]) throws(ImagingError) -> [UInt8]? {
        try withMux(file) { mux throws(ImagingError) in
            var data = WebPData()
            let status = WebPMuxGetChunk(mux, name, &data)
            if status == WEBP_MUX_NOT_FOUND { return nil }
            try check(status)
            return [UInt8](UnsafeBufferPointer(start: data.bytes, count: data.size))
        }
    }

    private static func set(_ name: String, to content: [UInt8], in mux: OpaquePointer) throws(ImagingError) {
        let status = content.withUnsafeBufferPointer { buffer in
            var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
            return WebPMuxSetChunk(mux, name, &data, 1)
        }
        try check(status)
    }

    private static func withMux<T>(
        _ file: [UInt8], _ body: (OpaquePointer) throws(ImagingError) -> T
    ) throws(ImagingError) -> T {
        try file.withUnsafeBytesTyped { buffer throws(ImagingError) in
            var data = WebPData(bytes: buffer.assumingMemoryBound(to: UInt8.self).baseAddress, size: buffer.count)
            guard let mux = WebPMuxCreate(&data, 0) else {
                throw .damaged(.webp, detail: "its chunks are cut short or broken")
            }
            defer { WebPMuxDelete(mux) }
            return try body(mux)
        }
    }

    private static func check(_ status: WebPMuxError) throws(ImagingError) {
        guard status == WEBP_MUX_OK else {
            throw .damaged(.webp, detail: "its chunks cannot be rewritten (libwebpmux's error \(status.rawValue))")
        }
    }
}
