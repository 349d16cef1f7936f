/// A file whose bytes are read only where they are asked for.
public struct ByteSource {
    public let byteCount: Int
    private let read: (Range<Int>) throws(ImagingError) -> [UInt8]

    /// - Parameter read: gives the bytes of a range that lies inside the file; throws `.unreadable` where it cannot.
    public init(byteCount: Int, read: @escaping (Range<Int>) throws(ImagingError) -> [UInt8]) {
        self.byteCount = byteCount
        self.read = read
    }

    public init(_ bytes: [UInt8]) {
        self.init(byteCount: bytes.count) { range in Array(bytes[range]) }
    }

    func bytes(_ range: Range<Int>) throws(ImagingError) -> [UInt8] { try read(range.clamped(to: 0..<byteCount)) }

    /// The whole file.
    func bytes() throws(ImagingError) -> [UInt8] { try read(0..<byteCount) }
}

/// A part of a file that is in memory, and moves on as a file is gone through.
struct ByteWindow {
    private let source: ByteSource
    private var start = 0
    private var held: [UInt8] = []

    /// Read at once, where less is asked for: what stands before the pixels of most pictures, and little where a file is gone
    /// through in leaps.
    private static let usualCount = 1 << 10

    init(_ source: ByteSource) { self.source = source }

    /// Sees that a range can be looked at; false where the file ends before it does.
    mutating func load(_ range: Range<Int>) throws(ImagingError) -> Bool {
        guard range.upperBound <= source.byteCount else { return false }
        if range.lowerBound >= start, range.upperBound <= start + held.count { return true }
        held = try source.bytes(range.lowerBound..<max(range.upperBound, range.lowerBound + Self.usualCount))
        start = range.lowerBound
        return held.count >= range.count
    }

    /// At a place of the file that has been loaded.
    subscript(position: Int) -> UInt8 { held[position - start] }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { held[(range.lowerBound - start)..<(range.upperBound - start)] }
}
