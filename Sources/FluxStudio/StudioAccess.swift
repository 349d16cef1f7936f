import CSodium
import FluxClient
import HTTPServer
import Synchronization

/// Who may use the studio: the browser that opened its address first, or who knows the password. A page from elsewhere that
/// sends its visitor's browser here is refused.
package final class StudioAccess: Sendable {
    /// What becomes of a request before it is answered.
    enum Verdict {
        case allowed
        /// The address was opened: the browser gets a cookie, and goes on to the page.
        case welcome(cookie: String)
        case refused(Response)
    }

    private let token: String
    private let password: String?
    /// As in the header `Host`.
    private let hosts: Set<String>
    private let cookieName: String
    private let session: String
    private let isTokenUsed = Mutex(false)

    /// - Parameters:
    ///   - hosts: the names under which it is reached, each with its port.
    ///   - password: lets in whoever knows it; nil: the address alone does, once.
    package init(hosts: Set<String>, port: UInt16, password: String? = nil) {
        self.hosts = hosts
        self.password = password
        cookieName = "fluxlua-studio-\(port)"
        token = Self.random()
        session = Self.random()
    }

    /// What the address carries.
    package var query: String { "?token=\(token)" }

    func verdict(on request: Request) -> Verdict {
        guard let host = request.header("Host"), hosts.contains(host.lowercased()) else {
            return .refused(.text(403, "This is not the studio's address."))
        }
        if request.method != "GET", request.header("Origin") != "http://\(host)" {
            return .refused(.text(403, "Only the studio's own page may ask for this."))
        }
        if hasCookie(request) || hasPassword(request) { return .allowed }
        if let given = request.queryValue("token"), request.path == "/", Self.isSame(given, token), takeToken() {
            return .welcome(cookie: "\(cookieName)=\(session); HttpOnly; SameSite=Strict; Path=/")
        }
        guard password == nil else {
            return .refused(
                .text(401, "The studio needs its password.").adding(
                    "WWW-Authenticate", "Basic realm=\"fluxlua studio\""))
        }
        return .refused(
            .text(
                403,
                "Open the address that 'fluxlua studio' printed. It lets in one browser: start the studio again for "
                    + "another."))
    }

    /// The address lets in one browser: who finds it later, in a history or a log, is not let in by it.
    private func takeToken() -> Bool {
        isTokenUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }

    private func hasCookie(_ request: Request) -> Bool {
        (request.header("Cookie") ?? "").split(separator: ";").contains { part in
            let pair = part.trimmed.split(separator: "=", maxSplits: 1)
            return pair.count == 2 && pair[0] == cookieName && Self.isSame(String(pair[1]), session)
        }
    }

    private func hasPassword(_ request: Request) -> Bool {
        guard let password, let given = request.header("Authorization"), given.hasPrefix("Basic "),
            let text = Self.decoded(base64: String(given.dropFirst(6))), let colon = text.firstIndex(of: ":")
        else { return false }
        return Self.isSame(String(text[text.index(after: colon)...]), password)
    }

    /// 32 hexadecimal digits.
    private static func random() -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        randombytes_buf(&bytes, bytes.count)
        return bytes.hexadecimal
    }

    /// In a time that tells nothing of where they differ.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        return one.count == other.count && sodium_memcmp(one, other, one.count) == 0
    }

    private static func decoded(base64 text: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: text.utf8.count)
        var count = 0
        let status = sodium_base642bin(
            &bytes, bytes.count, text, text.utf8.count, nil, &count, nil, sodium_base64_VARIANT_ORIGINAL)
        return status == 0 ? String(validating: bytes.prefix(count), as: UTF8.self) : nil
    }
}
