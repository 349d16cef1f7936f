extension JobState {
    /// Reads a job, alone or as an entry of a list (contract §4). `.service` when it cannot be read.
    public init(_ json: JSONValue) throws(FluxError) {
        guard let id = json["id"]?.stringValue ?? json["jobId"]?.stringValue else {
            throw FluxError.unreadable("a job without an id", json)
        }
        guard let word = json["status"]?.stringValue, let status = JobStatus(rawValue: word.uppercased()) else {
            throw FluxError.unreadable("job \(id) with an unknown status", json["status"] ?? .null)
        }
        let isExpired = json["expired"]?.boolValue ?? false
        let result = json["result"] ?? .null
        let urls = status == .completed ? Self.pictures(in: result) : []
        self.init(
            id: id, status: status, model: json["model"]?.stringValue ?? "",
            progress: json["progress"]?.numberValue.flatMap { Int(exactly: $0.rounded()) }.map { min(max($0, 0), 100) },
            imageURLs: urls ?? [], error: Self.reason(json["error"]),
            creditCost: json["creditCost"]?.numberValue.flatMap { Int(exactly: $0.rounded(.up)) }.flatMap(
                Credits.plausible),
            createdAt: json["createdAt"]?.stringValue.flatMap(Timestamp.milliseconds(iso8601:)),
            completedAt: json["completedAt"]?.stringValue.flatMap(Timestamp.milliseconds(iso8601:)),
            isExpired: isExpired, input: json["input"].flatMap { $0.isNull ? nil : $0 })
        if urls == nil, !isExpired { unreadableResult = result.encodedString.shortened(to: 300) }
    }

    /// The URLs in a `result`: a URL, an object of one, a list of either, or an object that holds one of these under a
    /// usual name. Nil when there is none, or when one of several cannot be read.
    private static func pictures(in result: JSONValue) -> [String]? {
        switch result {
        case .string(let url):
            return url.isWebAddress ? [url] : nil
        case .array(let entries):
            var urls: [String] = []
            for entry in entries {
                // A list in a list would be a shape that nobody has seen.
                guard entry.arrayValue == nil, let found = pictures(in: entry) else { return nil }
                urls += found
            }
            return urls.isEmpty ? nil : urls
        case .object(let members):
            for name in ["images", "image", "url", "output"] {
                if let member = members[name], !member.isNull, let urls = pictures(in: member) { return urls }
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
