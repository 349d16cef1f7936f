import CCurl

/// How far an exchange came.
enum ExchangePhase: Int, Comparable, CaseIterable {
    /// Nothing has begun.
    case prepared
    /// It is on its way to the server.
    case begun
    /// The server could be sent to.
    case connected

    static func < (a: ExchangePhase, b: ExchangePhase) -> Bool { a.rawValue < b.rawValue }
}

extension FluxError {
    /// What libcurl's code means, in words for somebody who does not know libcurl: the one place that reads its codes.
    ///
    /// - Parameters:
    ///   - detail: libcurl's own text, or nothing.
    ///   - phase: how far it came. `.invalid` promises that nothing was made or paid, so it is only said before.
    init(curl code: CURLcode, detail: String, request: HTTPRequest, after phase: ExchangePhase) {
        let host = (try? Origin(request.url).host) ?? request.url
        let own = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        switch code {
        case _
        where detail.hasPrefix("CONNECT ") && detail.contains("407") || detail.contains("HTTP code 407 from proxy"):
            self = .proxyWantsPassword
        case CURLE_COULDNT_CONNECT:
            self.init(.network, "could not connect to \(host): \(own)", hint: "is the service running and reachable?")
            // libcurl's text names the proxy where there is one.
            if !own.contains(host), own.hasPrefix("Failed to connect to") {
                hint = "is the proxy that HTTPS_PROXY names running?"
            }
            isUnsent = true
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.network, "could not find \(host): \(own)", hint: "check the connection to the internet")
            isUnsent = true
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY:
            self.init(.network, "could not reach the proxy: \(own)", hint: "check HTTPS_PROXY and NO_PROXY")
            isUnsent = true
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.network, "\(host) timed out: \(own)")
            isUnsent = phase < .connected
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            self.init(
                .network, "the certificate of \(host) is not trusted: \(own)",
                hint: "if you are behind a proxy, set \(TrustSettings.fileVariable) to its certificate")
            isPermanent = true
            isUnsent = true
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
            self.init(.network, "no secure connection (TLS) to \(host): \(own)")
            isUnsent = phase < .connected
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            self.init(.network, "the connection to \(host) broke off: \(own)")
        case CURLE_FILESIZE_EXCEEDED:
            self.init(.service, "the answer of \(host) is longer than the limit of \(request.maximumBytes) bytes")
        case CURLE_TOO_MANY_REDIRECTS:
            self.init(.service, "\(host) redirects more than \(request.redirectLimit) times")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            guard phase > .prepared else {
                self.init(.invalid, "not an address that can be reached: \(JSONValue.string(request.url).shown)")
                isUnsent = true
                return
            }
            self.init(.service, "\(host) redirects to an address that is not allowed: \(own)")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            self.init(.service, "the answer of \(host) cannot be read: \(own)")
        case CURLE_OUT_OF_MEMORY where phase > .prepared:
            // libcurl says so of a line of a head that is longer than its limit.
            self.init(.service, "a line in the head of the answer of \(host) is too long")
        case CURLE_OUT_OF_MEMORY:
            self.init(.io, "no memory for a request")
            isUnsent = true
        case CURLE_READ_ERROR:
            self.init(.io, "the file to upload could not be read: \(own)")
        case CURLE_WRITE_ERROR:
            self.init(.io, "the answer could not be written: \(own)")
        default:
            self.init(.network, "no answer from \(host): \(own)")
        }
    }
}

extension FluxError {
    /// Nothing has got through, and nothing will.
    static var proxyWantsPassword: FluxError {
        var error = FluxError(
            .network, "the proxy asks for a name and a password (HTTP 407)",
            hint: "put them into HTTPS_PROXY (or the variable that names the proxy): http://name:password@host:port")
        error.isPermanent = true
        error.isUnsent = true
        return error
    }
}
