/// Numbers that look random and are a function of what was ordered: xoshiro256** seeded through SplitMix64.
struct PictureRandom {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(_ seed: UInt64) {
        var value = seed
        func next() -> UInt64 {
            value &+= 0x9E37_79B9_7F4A_7C15
            var mixed = value
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        state = (next(), next(), next(), next())
    }

    init(_ order: PictureSpecification) {
        self.init(Self.hash("\(order.model)\0\(order.seed)\0\(order.prompt)"))
    }

    /// FNV-1a: stable between runs and machines, unlike `Hasher`.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 { (value << by) | (value >> (64 - by)) }

    /// 0 ≤ value < 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    /// 0 ≤ value < count; 0 when there is nothing to choose from.
    mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// −1 or 1.
    mutating func sign() -> Double { chance(0.5) ? 1 : -1 }
}
