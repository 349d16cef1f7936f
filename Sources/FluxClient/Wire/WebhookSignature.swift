import CSodium

/// The signature of a webhook's body (contract §8): HMAC-SHA256 over the raw body, its key the 32 bytes of the SHA-256
/// of the API key.
public enum WebhookSignature {
    /// The header that carries it.
    public static let header = "X-Webhook-Signature"

    /// As the service writes it: `sha256=` and 64 hexadecimal digits.
    public static func sign(_ body: [UInt8], apiKey: String) -> String { sign(body, secret: secret(ofKey: apiKey)) }

    /// The same for who keeps only what signs.
    /// - Parameters:
    ///   - body: as it goes out, byte for byte.
    ///   - secret: see `secret(ofKey:)`.
    public static func sign(_ body: [UInt8], secret: [UInt8]) -> String { "sha256=" + hexadecimal(code(body, secret)) }

    /// What signs: the 32 bytes of the key's SHA-256.
    public static func secret(ofKey apiKey: String) -> [UInt8] {
        let key = Array(apiKey.utf8)
        var secret = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&secret, key, UInt64(key.count))
        return secret
    }

    /// Whether a header's value signs this body; the bare digits are accepted too. Takes the same time wherever the
    /// difference is, so that nobody can find a signature digit by digit.
    public static func isValid(_ signature: String, for body: [UInt8], apiKey: String) -> Bool {
        let digits = signature.hasPrefix("sha256=") ? signature.dropFirst(7) : signature[...]
        let given = Array(digits.lowercased().utf8)
        let right = Array(hexadecimal(code(body, secret(ofKey: apiKey))).utf8)
        return given.count == right.count && sodium_memcmp(given, right, right.count) == 0
    }

    private static func code(_ body: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        crypto_auth_hmacsha256_init(&state, secret, secret.count)
        crypto_auth_hmacsha256_update(&state, body, UInt64(body.count))
        var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        crypto_auth_hmacsha256_final(&state, &code)
        return code
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        var digits = [CChar](repeating: 0, count: bytes.count * 2 + 1)
        sodium_bin2hex(&digits, digits.count, bytes, bytes.count)
        return String(decoding: digits.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
