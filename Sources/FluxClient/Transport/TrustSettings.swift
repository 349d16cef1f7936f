import CCurl

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// Where trusted certificates are, as far as that is not where libcurl looks by itself.
struct TrustSettings: Sendable {
    let file: String?
    let folder: String?

    init(environment: (String) -> String?) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let named = (file: value("CURL_CA_BUNDLE") ?? value("SSL_CERT_FILE"), folder: value("SSL_CERT_DIR"))
        file = named.file == Self.builtIn.file ? nil : named.file
        folder = named.folder == Self.builtIn.folder ? nil : named.folder
    }

    static var fromEnvironment: TrustSettings {
        TrustSettings { name in getenv(name).map { String(cString: $0) } }
    }

    /// Whether to leave libcurl's folder out, because its file has the same certificates, as on Debian. From a file alone
    /// libcurl reads them once, and otherwise for each connection anew, which takes 20 ms of a processor.
    var isOneFile: Bool { file == nil && folder == nil && Self.builtIn.file != nil }

    static let builtIn: (file: String?, folder: String?) = {
        guard let version = curl_version_info(CURLVERSION_SEVENTH)?.pointee,
            version.age.rawValue >= CURLVERSION_SEVENTH.rawValue
        else {
            return (nil, nil)
        }
        return (version.cainfo.map { String(cString: $0) }, version.capath.map { String(cString: $0) })
    }()
}
