import CZlib

/// Unpacks what zlib has packed, up to a limit: a few bytes may stand for gigabytes.
enum Inflation {
    /// - Parameter room: how much may still be unpacked; what was, is taken off it, whatever came of it.
    /// - Returns: nil for what is broken, cut, or takes more room than there is.
    static func unpacked(_ bytes: ArraySlice<UInt8>, room: inout Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        return bytes.withUnsafeBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            var output: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 14)
            while true {
                let (status, count) = piece.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    return (status, buffer.count - Int(stream.avail_out))
                }
                room -= count
                guard status == Z_OK || status == Z_STREAM_END, room >= 0 else { return nil }
                output += piece.prefix(count)
                if status == Z_STREAM_END { return output }
                // Nothing more comes of what is there.
                if count == 0, stream.avail_in == 0 { return nil }
            }
        }
    }
}
