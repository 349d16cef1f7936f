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

    deinit { EVP_MD_CTX_free(context) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// 64 hexadecimal digits. Ends the hash: nothing is added afterwards.
    mutating func digits() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
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
