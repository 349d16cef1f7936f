import CCurl

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Where trusted certificates are, if the environment says so.
struct TrustSettings: Sendable {
    let file: String?
    let folder: String?

    init(environment: (String) -> String?) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        file = value("CURL_CA_BUNDLE") ?? value("SSL_CERT_FILE")
        folder = value("SSL_CERT_DIR")
    }

    /// The variable to which one's own certificate belongs: the first one counts.
    static var fileVariable: String { getenv("CURL_CA_BUNDLE") == nil ? "SSL_CERT_FILE" : "CURL_CA_BUNDLE" }

    static var fromEnvironment: TrustSettings {
        TrustSettings { name in getenv(name).map { String(cString: $0) } }
    }

    /// Whether to leave out the folder in which libcurl looks beside its file: on Debian both hold the same certificates.
    /// From a file alone libcurl reads them once, and otherwise for each connection anew, which takes 20 ms of a processor.
    var leavesFolderOut: Bool { folder == nil && Self.builtInFile != nil && (file == nil || file == Self.builtInFile) }

    static let builtInFile: String? = {
        guard let version = curl_version_info(CURLVERSION_SEVENTH)?.pointee,
            version.age.rawValue >= CURLVERSION_SEVENTH.rawValue
        else { return nil }
        return version.cainfo.map { String(cString: $0) }
    }()
}

extension CurlTransport {
    /// `libcurl/7.88.1 OpenSSL/3.0.17 …`
    public static var libraryVersion: String { String(cString: curl_version()) }
}
