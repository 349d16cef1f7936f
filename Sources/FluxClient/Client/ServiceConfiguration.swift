/// Where the service is and how it is talked to.
public struct ServiceConfiguration: Sendable {
    /// A path below it, as behind a proxy, stays in front of the calls' own (contract §1).
    public var baseURL: String
    /// Nil: calls that need a key will be refused by the service.
    public var apiKey: String?
    /// What nothing that is told of an answer may hold, beside the key.
    public var redaction = Redaction()
    /// The service's CDN refuses clients without one (contract §1).
    public var userAgent: String
    /// Lets the key go over plain `http` to other machines. Loopback needs no permission.
    public var allowInsecureHTTP: Bool
    /// How often one call is tried again after its first attempt.
    public var retries: Int
    /// Of calls that carry JSON.
    public var timeouts: HTTPTimeouts
    /// Of uploads and downloads: as long as bytes flow they may go on for long.
    public var transferTimeouts: HTTPTimeouts
    /// Longest answer of a JSON call.
    public var maximumAnswerBytes: Int64
    /// Longest picture.
    public var maximumDownloadBytes: Int64

    public init(
        baseURL: String = "https://api.apiframe.ai", apiKey: String? = nil,
        userAgent: String = "fluxlua/\(ServiceConfiguration.version)",
        allowInsecureHTTP: Bool = false, retries: Int = 4, timeouts: HTTPTimeouts = HTTPTimeouts(),
        transferTimeouts: HTTPTimeouts = HTTPTimeouts(overall: .seconds(900)),
        maximumAnswerBytes: Int64 = 16 << 20, maximumDownloadBytes: Int64 = 256 << 20
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.userAgent = userAgent
        self.allowInsecureHTTP = allowInsecureHTTP
        self.retries = retries
        self.timeouts = timeouts
        self.transferTimeouts = transferTimeouts
        self.maximumAnswerBytes = maximumAnswerBytes
        self.maximumDownloadBytes = maximumDownloadBytes
    }
}
