/// A file that is made of parts of another one and of new bytes between them, so that most of it can be copied without being
/// looked at.
public struct ComposedFile: Sendable, Hashable {
    public enum Part: Sendable, Hashable {
        case bytes([UInt8])
        /// Of the other file, as it stands there.
        case copied(Range<Int>)
    }

    public private(set) var parts: [Part] = []
    public private(set) var byteCount = 0

    public init() {}

    /// New bytes only.
    public init(_ bytes: [UInt8]) { append(bytes) }

    public mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        byteCount += bytes.count
        if case .bytes(let last)? = parts.last {
            parts[parts.count - 1] = .bytes(last + bytes)
        } else {
            parts.append(.bytes(bytes))
        }
    }

    public mutating func append(copying range: Range<Int>) {
        guard !range.isEmpty else { return }
        byteCount += range.count
        if case .copied(let last)? = parts.last, last.upperBound == range.lowerBound {
            parts[parts.count - 1] = .copied(last.lowerBound..<range.upperBound)
        } else {
            parts.append(.copied(range))
        }
    }

    /// The whole file.
    /// - Parameter source: the other one.
    public func bytes(of source: [UInt8]) -> [UInt8] {
        var file: [UInt8] = []
        file.reserveCapacity(byteCount)
        for part in parts {
            switch part {
            case .bytes(let bytes): file += bytes
            case .copied(let range): file += source[range]
            }
        }
        return file
    }
}
