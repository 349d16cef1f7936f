/// Goes through bytes that may be anything, and never beyond their end.
struct ByteReader {
    enum Order { case big, little }

    private var rest: ArraySlice<UInt8>
    private let order: Order

    init(_ bytes: ArraySlice<UInt8>, order: Order) {
        rest = bytes
        self.order = order
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Nil, as below, where there are fewer.
    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func uint8() -> UInt8? { rest.popFirst() }

    mutating func uint16() -> UInt16? { number(2).map(UInt16.init) }

    mutating func uint32() -> UInt32? { number(4) }

    private mutating func number(_ count: Int) -> UInt32? {
        guard let bytes = bytes(count) else { return nil }
        return switch order {
        case .big: bytes.reduce(0) { $0 << 8 | UInt32($1) }
        case .little: bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
