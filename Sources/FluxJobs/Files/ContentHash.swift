import CCrypto
import FluxClient

/// SHA-256 of bytes that come piece by piece.
struct ContentHash: ~Copyable {
    private let context: OpaquePointer

    /// Looked up once: libcrypto searches its providers for it otherwise, each time. It is never changed.
    private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil) ?? EVP_sha256()

    init() {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        self.context = context
        EVP_DigestInit_ex(context, Self.algorithm, nil)
    }

    /// Forgets what was added, and begins anew.
    mutating func begin() {
        EVP_DigestInit_ex(context, Self.algorithm, nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// 64 hexadecimal digits. Ends the hash: `begin` comes before anything else is added.
    mutating func digits() -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
            EVP_DigestFinal_ex(context, digest.baseAddress, nil)
            return digest.hexadecimal
        }
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
        String(unsafeUninitializedCapacity: count * 2) { text in
            var end = 0
            for byte in self {
                text[end] = digit(byte >> 4)
                text[end + 1] = digit(byte & 15)
                end += 2
            }
            return end
        }
    }
}

private func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) }
