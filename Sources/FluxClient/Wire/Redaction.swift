#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Takes secrets out of whatever is shown, written down or stored: a service or a proxy that repeats a request's headers
/// in its error text would put the key there.
///
/// The two doors that texts pass are the client, for all that a service says, and the program's output.
public struct Redaction: Sendable, Hashable {
    /// What stands in a secret's place.
    public static let mark = "(secret)"

    /// Less would be found in texts that are none of it.
    private static let shortestSecret = 6

    /// The longest first: one may be a part of another.
    private let secrets: [[UInt8]]

    /// - Parameter secrets: as they are; escaped for a URL they are found as well.
    public init(_ secrets: [String] = []) {
        var forms: Set<[UInt8]> = []
        for secret in secrets where secret.utf8.count >= Self.shortestSecret {
            forms.insert(Array(secret.utf8))
            forms.insert(Array(secret.percentEncoded.utf8))
        }
        self.secrets = forms.sorted { $0.count > $1.count }
    }

    /// What an environment tells that nobody else may know: the key, and the passwords of addresses.
    /// - Parameter more: words that may be, or hold, further addresses, such as a program's arguments.
    public init(environment: (String) -> String?, addresses more: [String] = []) {
        let addresses =
            ["FLUX_BASE_URL", "FLUX_LEDGER"]
            + ["https_proxy", "http_proxy", "all_proxy"].flatMap { [$0, $0.uppercased()] }
        let passwords = (addresses.compactMap(environment) + more).flatMap(Self.passwords(in:))
        self.init([environment("APIFRAME_API_KEY"), environment("PGPASSWORD")].compactMap(\.self) + passwords)
    }

    /// What stands between `user:` and `@host`: as it is, as it is meant, and as it is sent (RFC 7617).
    static func passwords(in address: String) -> [String] {
        guard let start = address.firstRange(of: "://")?.upperBound else { return [] }
        // A database's may also stand behind the question mark.
        var named: [String] = []
        if let query = address[start...].firstIndex(of: "?") {
            for part in address[query...].dropFirst().split(separator: "&") where part.hasPrefix("password=") {
                let word = part.dropFirst("password=".count)
                named += [String(word), String(decoding: word.utf8.percentDecoded, as: UTF8.self)]
            }
        }
        return named + userPasswords(in: address, from: start)
    }

    private static func userPasswords(in address: String, from start: String.Index) -> [String] {
        let authority = address[start...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return [] }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return [] }
        let meant = parts.map { $0.utf8.percentDecoded }
        return [
            String(parts[1]), String(decoding: meant[1], as: UTF8.self),
            (meant[0] + [UInt8(ascii: ":")] + meant[1]).base64,
        ]
    }

    /// This one's secrets and more.
    public func with(_ more: [String]) -> Redaction {
        Redaction(secrets.map { String(decoding: $0, as: UTF8.self) } + more)
    }

    // MARK: Cleaning

    public func cleaned(_ text: String) -> String {
        var text = text
        let isTouched = text.withUTF8 { holdsSecret(UnsafeRawBufferPointer($0)) }
        return isTouched ? String(decoding: cleaned(Array(text.utf8)), as: UTF8.self) : text
    }

    public func cleaned(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets {
            var clean: [UInt8] = []
            var rest = 0
            while let found = bytes.withUnsafeBytes({ Self.range(of: secret, in: $0, from: rest) }) {
                clean += bytes[rest..<found.lowerBound]
                clean += Self.mark.utf8
                rest = found.upperBound
            }
            if rest > 0 { bytes = clean + bytes[rest...] }
        }
        return bytes
    }

    public func cleaned(_ value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty, holdsSecret(value) else { return value }
        return switch value {
        case .string(let text): .string(cleaned(text))
        case .array(let elements): .array(elements.map { cleaned($0) })
        case .object(let members):
            .object(
                Dictionary(members.map { (cleaned($0.key), cleaned($0.value)) }, uniquingKeysWith: { _, last in last }))
        default: value
        }
    }

    func cleaned(_ error: FluxError) -> FluxError {
        guard !secrets.isEmpty else { return error }
        var error = error
        error.message = cleaned(error.message)
        error.hint = error.hint.map { cleaned($0) }
        error.requestID = error.requestID.map { cleaned($0) }
        error.answer = error.answer.map { cleaned($0) }
        error.details = Dictionary(
            error.details.map { (cleaned($0.key), $0.value.map { cleaned($0) }) }, uniquingKeysWith: { $0 + $1 })
        return error
    }

    func cleaned(_ answer: HTTPResponse) -> HTTPResponse {
        guard !secrets.isEmpty else { return answer }
        var answer = answer
        answer.body = cleaned(answer.body)
        answer.headers = answer.headers.cleaned(by: self)
        return answer
    }

    // MARK: Finding

    private func holdsSecret(_ bytes: UnsafeRawBufferPointer) -> Bool {
        secrets.contains { Self.range(of: $0, in: bytes) != nil }
    }

    private func holdsSecret(_ value: JSONValue) -> Bool {
        switch value {
        case .string(var text): text.withUTF8 { holdsSecret(UnsafeRawBufferPointer($0)) }
        case .array(let elements): elements.contains { holdsSecret($0) }
        case .object(let members): members.contains { holdsSecret(.string($0.key)) || holdsSecret($0.value) }
        default: false
        }
    }

    private static func range(
        of secret: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int = 0
    ) -> Range<Int>? {
        var offset = start
        guard let start = bytes.baseAddress, let first = secret.first else { return nil }
        while bytes.count - offset >= secret.count {
            guard let found = memchr(start + offset, Int32(first), bytes.count - offset - secret.count + 1) else {
                return nil
            }
            offset = UnsafeRawPointer(found) - start
            if memcmp(start + offset, secret, secret.count) == 0 { return offset..<offset + secret.count }
            offset += 1
        }
        return nil
    }
}

extension String {
    /// A URL without `user:password@`.
    package var withoutUser: String {
        guard let start = firstRange(of: "://")?.upperBound else { return self }
        let authority = self[start...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return self }
        return String(self[..<start] + self[index(after: at)...])
    }
}
