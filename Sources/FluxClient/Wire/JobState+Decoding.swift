extension JobState {
    /// Reads a job, alone or as an entry of a list (contract §4), tolerantly: it may be paid. `.service` when it cannot be
    /// read.
    /// - Parameters:
    ///   - json: the answer, or the entry.
    ///   - address: of the answer, which relative addresses of pictures are resolved against; nil: those are not read.
    ///   - asked: the id of the job that was asked for; an answer without one is about that.
    public init(_ json: JSONValue, at address: String? = nil, askedAs asked: String? = nil) throws(FluxError) {
        guard json.objectValue != nil, let id = json["id"]?.stringValue ?? json["jobId"]?.stringValue ?? asked else {
            throw FluxError.unreadable("a job without an id", json)
        }
        let isExpired = json["expired"]?.boolValue ?? false
        let result = json["result"] ?? .null
        let pictures = Self.pictures(in: result, at: address)
        let word = json["status"]?.stringValue ?? ""
        let known = JobStatus(rawValue: word.uppercased())
        let status = known ?? Self.status(of: json, hasPictures: pictures != nil)
        let urls = status == .completed ? pictures : []
        self.init(
            id: id, status: status, model: json["model"]?.stringValue ?? "",
            progress: json["progress"]?.numberValue.flatMap { Int(exactly: $0.rounded()) }.map { min(max($0, 0), 100) },
            imageURLs: urls ?? [], error: Self.reason(json["error"]),
            creditCost: json["creditCost"]?.numberValue.flatMap { Int(exactly: $0.rounded(.up)) }.flatMap(
                Credits.plausible),
            createdAt: json["createdAt"]?.stringValue.flatMap(Timestamp.milliseconds(iso8601:)),
            completedAt: json["completedAt"]?.stringValue.flatMap(Timestamp.milliseconds(iso8601:)),
            isExpired: isExpired, input: json["input"].flatMap { $0.isNull ? nil : $0 })
        if urls == nil, !isExpired { unreadableResult = result.encodedString.shortened(to: FluxError.longestAnswer) }
        if known == nil { unknownStatus = word.shortened(to: 60) }
        webhookFailed = json["webhookStatus"]?.stringValue?.lowercased() == "failed"
    }

    /// Of a job whose status is a word that nobody knows, or none: it is under way, unless it says when it ended.
    private static func status(of json: JSONValue, hasPictures: Bool) -> JobStatus {
        guard let end = json["completedAt"], !end.isNull else { return .processing }
        return hasPictures ? .completed : reason(json["error"]) != nil ? .failed : .processing
    }

    /// The URLs in a `result`: a URL, an object of one, a list of either, or an object that holds one of these under a
    /// usual name. Nil when there is none, or when one of several cannot be read.
    private static func pictures(in result: JSONValue, at address: String?) -> [String]? {
        switch result {
        case .string(let text):
            return ImageURL.read(text, in: address).map { [$0] }
        case .array(let entries):
            var urls: [String] = []
            for entry in entries {
                // A list in a list would be a shape that nobody has seen.
                guard entry.arrayValue == nil, let found = pictures(in: entry, at: address) else { return nil }
                urls += found
            }
            return urls.isEmpty ? nil : urls
        case .object(let members):
            for name in ["images", "image", "url", "output"] {
                guard let member = members[name], !member.isNull else { continue }
                if let urls = pictures(in: member, at: address) { return urls }
            }
            return nil
        default:
            return nil
        }
    }

    private static func reason(_ error: JSONValue?) -> String? {
        switch error {
        case nil, .null: nil
        case .string(let text): text
        case .some(let other): other["message"]?.stringValue ?? other.encodedString.shortened(to: 300)
        }
    }
}

extension FluxError {
    /// An answer that cannot be read, shown as it came.
    static func unreadable(_ what: String, _ raw: JSONValue) -> FluxError {
        FluxError(.service, "\(what): \(raw.encodedString.shortened(to: 300))")
    }
}
