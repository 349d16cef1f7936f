import CCurl

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// One of libcurl's easy handles, with what has to live as long as its transfer. Used again for later exchanges; only
/// the loop's thread touches it.
final class CurlEasy {
    let handle: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var form: OpaquePointer?

    init?() {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(handle)
        releaseLists()
        errorBuffer.deallocate()
    }

    /// What libcurl says of a failure, beyond its code.
    var errorText: String { String(cString: errorBuffer) }

    /// HTTP status of the answer that is coming in; 0 before.
    var status: Int {
        var status = 0
        fluxlua_easy_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// Whether it had, or shares, a connection to the server and could send its request.
    var hadConnection: Bool {
        var time = 0
        fluxlua_easy_get_size(handle, CURLINFO_PRETRANSFER_TIME_T, &time)
        return time > 0
    }

    /// Ready for another exchange. Connections, sessions and names stay: they belong to the multi handle.
    func reset() {
        curl_easy_reset(handle)
        releaseLists()
        errorBuffer[0] = 0
    }

    private func releaseLists() {
        curl_slist_free_all(headers)
        headers = nil
        curl_mime_free(form)
        form = nil
    }

    // MARK: Preparing

    /// Sets everything for an exchange, which has to outlive the transfer. What libcurl refuses comes back as its code.
    func prepare(_ exchange: CurlExchange, _ trust: TrustSettings) -> CURLcode {
        let request = exchange.request
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        var failure = CURLE_OK
        func check(_ code: CURLcode) {
            if failure == CURLE_OK { failure = code }
        }
        func set(_ option: CURLoption, _ value: Int) { check(fluxlua_easy_set_long(handle, option, value)) }
        func set(_ option: CURLoption, _ value: String) { check(fluxlua_easy_set_string(handle, option, value)) }

        let origin: Origin
        do throws(FluxError) { origin = try Origin(request.url) } catch { return CURLE_URL_MALFORMAT }
        let isSecure = origin.scheme == "https"

        set(CURLOPT_URL, request.url)
        set(CURLOPT_NOSIGNAL, 1)
        // A cancelled exchange does not wait for the system's resolver, which may take half a minute to give up.
        set(CURLOPT_QUICK_EXIT, 1)
        check(fluxlua_easy_set_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, exchange.mayShareConnection ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        // Rather wait for the first connection, to share it, than open one more. Without HTTP/2 that would be in vain.
        set(CURLOPT_PIPEWAIT, exchange.mayShareConnection ? 1 : 0)
        // Lists of jobs shrink well; pictures do not, and their length must stay known.
        if exchange.file == nil {
            set(CURLOPT_ACCEPT_ENCODING, "")
        } else {
            // The usual 16 KB would mean twenty reads for a picture; with more, what many transfers hold at once is
            // not found in the processor's caches any more.
            set(CURLOPT_BUFFERSIZE, 64 << 10)
        }
        // An empty proxy overrules the environment's: the key must not pass one on its way to this machine.
        if origin.isLoopback { set(CURLOPT_PROXY, "") }
        if isSecure {
            if let file = trust.file { set(CURLOPT_CAINFO, file) }
            if let folder = trust.folder { set(CURLOPT_CAPATH, folder) }
            if trust.leavesFolderOut { check(fluxlua_easy_set_pointer(handle, CURLOPT_CAPATH, nil)) }
        }

        // A redirect takes all headers along, so a request with a key gets none.
        if request.redirectLimit > 0, request.header(HTTPRequest.keyHeader) == nil {
            set(CURLOPT_FOLLOWLOCATION, 1)
            set(CURLOPT_MAXREDIRS, request.redirectLimit)
            set(CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
        }

        set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.wholeMilliseconds)
        set(CURLOPT_TIMEOUT_MS, request.timeouts.overall.wholeMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, max(1, (request.timeouts.silence.wholeMilliseconds + 999) / 1000))
        check(fluxlua_easy_set_size(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(request.maximumBytes)))

        prepareHeaders(request)
        check(fluxlua_easy_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
        check(prepareBody(request))

        check(fluxlua_easy_set_callback(handle, CURLOPT_HEADERFUNCTION, receiveHeader))
        check(fluxlua_easy_set_pointer(handle, CURLOPT_HEADERDATA, context))
        check(fluxlua_easy_set_callback(handle, CURLOPT_WRITEFUNCTION, receiveBody))
        check(fluxlua_easy_set_pointer(handle, CURLOPT_WRITEDATA, context))
        return failure
    }

    private func prepareHeaders(_ request: HTTPRequest) {
        for (name, value) in request.headers {
            // A line break in a value would smuggle in further headers.
            var line: [CChar] = []
            line.reserveCapacity(name.utf8.count + value.utf8.count + 3)
            for text in [name, ": ", value] {
                for byte in text.utf8 where byte >= 0x20 && byte != 0x7F { line.append(CChar(bitPattern: byte)) }
            }
            line.append(0)
            if let longer = curl_slist_append(headers, line) { headers = longer }
        }
        // Without this libcurl waits up to a second before it sends a larger body.
        if request.body != .none, let longer = curl_slist_append(headers, "Expect:") { headers = longer }
    }

    private func prepareBody(_ request: HTTPRequest) -> CURLcode {
        switch request.body {
        case .none:
            guard request.method == .post else { return CURLE_OK }
            return prepareBytes([])
        case .bytes(let bytes):
            return prepareBytes(bytes)
        case .multipartFile(let path, let fieldName, let fileName, let contentType):
            guard let form = curl_mime_init(handle), let part = curl_mime_addpart(form) else {
                return CURLE_OUT_OF_MEMORY
            }
            self.form = form
            curl_mime_name(part, fieldName)
            curl_mime_type(part, contentType)
            let code = curl_mime_filedata(part, path)
            guard code == CURLE_OK else { return code }
            curl_mime_filename(part, fileName)
            return fluxlua_easy_set_pointer(handle, CURLOPT_MIMEPOST, UnsafeMutableRawPointer(form))
        }
    }

    private func prepareBytes(_ bytes: [UInt8]) -> CURLcode {
        let code = fluxlua_easy_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        guard code == CURLE_OK else { return code }
        return bytes.withUnsafeBytes { buffer in
            // A null pointer would make libcurl read the body from standard input.
            guard let start = buffer.baseAddress, !buffer.isEmpty else {
                return fluxlua_easy_set_string(handle, CURLOPT_COPYPOSTFIELDS, "")
            }
            return fluxlua_easy_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
        }
    }
}

extension Duration {
    /// At least 1, so that no timeout becomes libcurl's 0, which means none.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1000)
        guard !whole.overflow, whole.partialValue < Int64(Int32.max) else { return Int(Int32.max) }
        return max(1, Int(whole.partialValue + attoseconds / 1_000_000_000_000_000))
    }
}

// The context of both callbacks is the exchange, unretained: the loop holds it until libcurl has let go of the handle.

private let receiveHeader: fluxlua_data_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let receiveBody: fluxlua_data_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}
