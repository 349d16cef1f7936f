import CCurl

/// Where a URL leads, as libcurl reads it: what is checked here must be what is connected to.
struct Origin: Sendable, Hashable {
    let scheme: String
    let host: String

    /// `.invalid` unless the URL is absolute, http(s) and has a host.
    init(_ url: String) throws(FluxError) {
        guard url.isWebAddress, let parts = curl_url() else { throw Self.invalid(url) }
        defer { curl_url_cleanup(parts) }
        guard curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: parts), let host = Self.part(CURLUPART_HOST, of: parts)
        else { throw Self.invalid(url) }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
    }

    /// This machine itself.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        guard host.hasPrefix("127.") else { return false }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func invalid(_ url: String) -> FluxError {
        FluxError(.invalid, "not an http:// or https:// address: \(JSONValue.string(url).shown)")
    }
}
