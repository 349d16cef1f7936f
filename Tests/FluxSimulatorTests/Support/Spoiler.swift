import FluxClient

@testable import FluxSimulator

/// Makes a wrong body of a right one: another value somewhere, or other bytes. The same ones for the same seed.
struct Spoiler {
    private var random: RandomSource

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    mutating func spoil(_ body: JSONValue) -> [UInt8] {
        var bytes = spoiled(body, depth: 0).encoded()
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1: insert(Self.texts.randomElement(using: &random) ?? [], into: &bytes)
        case 2:
            for _ in 0..<Int.random(in: 1...4, using: &random) { insert([random.nextByte()], into: &bytes) }
        case 3:
            // A path that leads to a value of the right type, with bytes that are none.
            for _ in 0..<4 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.nextByte()
            }
        default: break
        }
        return bytes
    }

    /// With one value changed, at any depth.
    private mutating func spoiled(_ value: JSONValue, depth: Int) -> JSONValue {
        let goesDeeper = depth == 0 || Int.random(in: 0..<3, using: &random) > 0
        switch value {
        case .object(var members) where goesDeeper && !members.isEmpty:
            guard let key = members.keys.sorted().randomElement(using: &random) else { return value }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: members[key] = nil
            case 1: members[key + "x"] = other()
            default: members[key] = members[key].map { spoiled($0, depth: depth + 1) }
            }
            return .object(members)
        case .array(var elements) where goesDeeper && !elements.isEmpty:
            let index = Int.random(in: 0..<elements.count, using: &random)
            elements[index] = spoiled(elements[index], depth: depth + 1)
            return .array(elements)
        default: return other()
        }
    }

    private mutating func other() -> JSONValue {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: .integer(Int64.random(in: -3...60, using: &random))
        case 4: .number([1e308, -1e308, 2.3e-308, 0.1, -0.0, 9.3e18, 1e19].randomElement(using: &random) ?? 0)
        case 5: .string("")
        case 6: .string(String(repeating: "🦊", count: Int.random(in: 1...2100, using: &random)))
        case 7: .string("\u{0}\u{202E}\u{FFFD}\u{1F468}\u{200D}\u{1F469}")
        case 8: .array([])
        case 9: .array(Array(repeating: .string("https://example.com/x.png"), count: 40))
        case 10: .object([:])
        case 11: nested(Int.random(in: 1...200, using: &random))
        case 12: .string("http://" + String(repeating: "a", count: 5000))
        default: .string(Self.words.randomElement(using: &random) ?? "")
        }
    }

    private func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce(.null) { inner, level in level.isMultiple(of: 2) ? .array([inner]) : .object(["a": inner]) }
    }

    private static let words = ["16:0", "0:0", ":", "1MP", "data:image/png;base64,%%%", "[sim", "[sim x]"]

    /// What JSON writers do not write.
    private static let texts: [[UInt8]] = [
        Array(#""\ud800""#.utf8), Array(#"\udc00\ud800"#.utf8), [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF, 0xFE], [0],
        [0xF0, 0x9F], Array("NaN".utf8), Array("1e999".utf8), Array("-".utf8),
        Array(String(repeating: "[", count: 3000).utf8),
        Array("99999999999999999999999999".utf8), Array("//".utf8), [0xEF, 0xBB, 0xBF],
    ]

    private mutating func insert(_ bytes: [UInt8], into body: inout [UInt8]) {
        body.insert(contentsOf: bytes, at: Int.random(in: 0...body.count, using: &random))
    }
}

extension RandomSource {
    fileprivate mutating func nextByte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}
