#if canImport(Glibc)
    import Glibc
#endif

/// Text in the codes that files of pictures use, and in those that programs use instead of them.
enum TextDecoding {
    /// UTF-8 where it is that; Latin-1 otherwise, as PNG and EXIF say.
    static func utf8OrLatin(_ bytes: ArraySlice<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
        return String(text)
    }

    static func utf16(_ bytes: ArraySlice<UInt8>, order: ByteReader.Order) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var reader = ByteReader(bytes, order: order)
        while let unit = reader.uint16() { units.append(unit) }
        while units.last == 0 { units.removeLast() }
        return String(decoding: units, as: UTF16.self)
    }

    /// What EXIF calls UNICODE: UTF-16 in the byte order of the block. Many programs write it high byte first whatever
    /// the block says, some write UTF-8; so the text itself is asked.
    static func unicode(_ bytes: ArraySlice<UInt8>, order: ByteReader.Order) -> String {
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), order: .big) }
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), order: .little) }
        // The blank alone makes a zero in UTF-16, and a text without one blank is rare.
        if !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) { return text }
        // Basic Latin has its zeros in the high bytes.
        var zeros = (even: 0, odd: 0)
        for (offset, byte) in bytes.enumerated() where byte == 0 {
            if offset % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        if zeros.even == zeros.odd { return utf16(bytes, order: order) }
        return utf16(bytes, order: zeros.even > zeros.odd ? .big : .little)
    }

    /// JIS, with the escape sequences of ISO 2022.
    static func japanese(_ bytes: ArraySlice<UInt8>) -> String {
        #if canImport(Glibc)
            if let text = converted(Array(bytes), from: "ISO-2022-JP") { return text }
        #endif
        return utf8OrLatin(bytes)
    }

    #if canImport(Glibc)
        private static func converted(_ bytes: [UInt8], from code: String) -> String? {
            let converter = iconv_open("UTF-8", code)
            // It gives -1 where the system does not know the code.
            guard Int(bitPattern: converter) != -1, let converter else { return nil }
            defer { iconv_close(converter) }
            // Two bytes become three, and one becomes one.
            let capacity = bytes.count * 2 + 16
            var input = bytes.map { CChar(bitPattern: $0) }
            var isConverted = false
            let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                input.withUnsafeMutableBufferPointer { input in
                    buffer.withMemoryRebound(to: CChar.self) { output in
                        var (from, to) = (input.baseAddress, output.baseAddress)
                        var (left, room) = (input.count, output.count)
                        isConverted = iconv(converter, &from, &left, &to, &room) != -1
                        count = output.count - room
                    }
                }
            }
            return isConverted ? String(decoding: output, as: UTF8.self) : nil
        }
    #endif
}
