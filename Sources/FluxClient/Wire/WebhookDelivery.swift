/// What the service told of one job by itself (contract §8), its signature checked.
public struct WebhookDelivery: Sendable, Hashable {
    public var jobID: String
    /// What it tells of the job; nil where it could not be read: the job is then worth a look.
    public var state: JobState?

    /// - Parameters:
    ///   - body: as it came, byte for byte.
    ///   - signature: the header `WebhookSignature.header`.
    ///   - apiKey: what the service signs with.
    /// - Throws: `.auth` when somebody else has written it, `.invalid` when it tells of no job.
    public init(body: [UInt8], signature: String?, apiKey: String) throws(FluxError) {
        guard let signature, WebhookSignature.isValid(signature, for: body, apiKey: apiKey) else {
            throw FluxError(.auth, "the webhook is not signed by the service")
        }
        let json = (try? JSONValue(reading: body)).map { Redaction([apiKey]).cleaned($0) }
        guard let json, let jobID = json["jobId"]?.stringValue else {
            throw FluxError(.invalid, "the webhook names no job")
        }
        self.jobID = jobID
        state = (try? JobState(json)).flatMap { $0.unreadableResult == nil && $0.unknownStatus == nil ? $0 : nil }
    }
}
