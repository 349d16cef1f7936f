extension ImageFormat {
    /// Whether a file has its end, so that a transfer that was cut short without anybody noticing is noticed here. Bytes
    /// behind the end do no harm: some programs add a few.
    ///
    /// - Parameters:
    ///   - beginning: the file's first bytes, 12 or more.
    ///   - ending: its last ones; some kilobytes are enough.
    ///   - byteCount: the length of the file.
    public func isWhole(beginning: [UInt8], ending: [UInt8], byteCount: Int) -> Bool {
        switch self {
        case .jpg: return ending.has([0xFF, 0xD9])
        case .png: return ending.has(Array("IEND".utf8))
        case .gif: return ending.last { $0 != 0 } == UInt8(ascii: ";")
        case .webp:
            guard beginning.count >= 8 else { return false }
            let length = beginning[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            return byteCount >= length + 8
        }
    }
}

extension [UInt8] {
    /// Whether these bytes occur, looked for from the end, where they should be.
    fileprivate func has(_ mark: [UInt8]) -> Bool {
        guard count >= mark.count else { return false }
        return (0...(count - mark.count)).reversed().contains { self[$0] == mark[0] && self[$0...].starts(with: mark) }
    }
}
