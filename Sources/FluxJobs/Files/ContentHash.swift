import CSodium
import FluxClient

/// SHA-256 of bytes that come piece by piece.
struct ContentHash {
    private var state = crypto_hash_sha256_state()

    init() {
        crypto_hash_sha256_init(&state)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        crypto_hash_sha256_update(&state, base, UInt64(bytes.count))
    }

    /// 64 hexadecimal digits. Ends the hash: nothing is added afterwards.
    mutating func digits() -> String {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256_final(&state, &digest)
        return digest.hexadecimal
    }

    /// The hash of a file's content, and which file that was.
    static func ofFile(_ path: String) throws(FluxError) -> (digits: String, identity: Files.Identity) {
        var hash = ContentHash()
        let identity = try Files.stream(path) { hash.add($0) }
        return (hash.digits(), identity)
    }
}

extension Collection<UInt8> {
    /// Two lower-case digits for each byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
