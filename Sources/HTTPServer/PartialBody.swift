/// A body that is read piece by piece. Only its connection's thread touches it.
protocol PiecewiseBody: AnyObject {
    /// How many bytes it gave; 0: the connection rests until there are some; else one of `MHD_CONTENT_READER_…`.
    func read(from position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int
}

/// A body as C carries it.
final class PiecewiseBox {
    let body: any PiecewiseBody

    init(_ body: any PiecewiseBody) { self.body = body }
}

/// A body of which not all goes out, or not at once. Only its connection's thread touches it.
final class PartialBody: PiecewiseBody {
    struct Pace {
        unowned let server: HTTPServer
        let connection: OpaquePointer
        let bytesPerSecond: Int
    }

    /// `MHD_CONTENT_READER_END_WITH_ERROR`, a macro with a cast, which Swift does not import.
    static let end = -2

    private let bytes: [UInt8]
    private let pace: Pace?
    private let begun: Duration

    init(_ bytes: [UInt8], _ pace: Pace? = nil) {
        self.bytes = bytes
        self.pace = pace
        begun = pace?.server.now ?? .zero
    }

    /// How many bytes it gave; 0: the connection rests until there are some. Asked for more than there is, it breaks off.
    func read(from position: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard position < bytes.count else { return Self.end }
        var count = min(buffer.count, bytes.count - position)
        if let pace {
            let due = Int((pace.server.now - begun) / .seconds(1) * Double(pace.bytesPerSecond) + 1e-6)
            count = min(count, due - position)
            if count <= 0 {
                // A twentieth of a second's bytes at once, so that a fast one does not rest for each.
                let next = position + max(1, pace.bytesPerSecond / 20)
                let moment = begun + .seconds(Double(next) / Double(pace.bytesPerSecond))
                return pace.server.rest(pace.connection, until: moment) ? 0 : Self.end
            }
        }
        buffer.copyBytes(from: bytes[position..<(position + count)])
        return count
    }
}
