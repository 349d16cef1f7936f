import CCurl

/// What this libcurl's HTTP/2 can be trusted with.
enum Sharing {
    /// Debian 12's libcurl 7.88 and others before 8.4 get two things wrong, in a plain C program too. The end of an answer
    /// that is read while another one is served goes unnoticed, about once in four thousand answers, until something else
    /// happens: the timer that was to tell of it is dropped with one that is due, because `curl_multi_perform` compares
    /// them by the millisecond. And a request with a body of 1,300 bytes or more that the server refuses before it has read
    /// it may hang.
    private static let isFlawed: Bool = {
        guard let version = curl_version_info(CURLVERSION_FIRST) else { return true }
        return version.pointee.version_num < 0x08_04_00
    }()

    /// Of a request, in bytes. Later versions as well make an error of an early refusal when the body is longer than the
    /// 64 KB that a server lets a connection begin with.
    private static let longestBody = isFlawed ? 1000 : 48 << 10

    static func allows(_ body: HTTPRequest.Body) -> Bool {
        switch body {
        case .none: true
        case .bytes(let bytes): bytes.count <= longestBody
        case .multipartFile: false
        }
    }

    /// How long a loop may wait for its connections while shared ones are in use: then it looks what it has overlooked.
    /// Milliseconds.
    static let longestWait: Int32 = isFlawed ? 50 : CurlLoop.longestWait
}
