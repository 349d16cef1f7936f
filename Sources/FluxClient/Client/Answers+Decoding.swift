extension JobAccepted {
    init(_ json: JSONValue) throws(FluxError) {
        guard let id = json["jobId"]?.stringValue ?? json["id"]?.stringValue, !id.isEmpty else {
            throw FluxError.unreadable("the service accepted a job without telling its id", json)
        }
        // The job exists and is paid: a status that nobody knows must not hide its id.
        let status = json["status"]?.stringValue.flatMap { JobStatus(rawValue: $0.uppercased()) }
        self.init(jobID: id, status: status ?? .queued)
    }
}

extension JobPage {
    /// - Parameter address: of the answer, which relative addresses in it are resolved against.
    init(_ json: JSONValue, at address: String? = nil) throws(FluxError) {
        guard let entries = json["jobs"]?.arrayValue else {
            throw FluxError.unreadable("a list of jobs without 'jobs'", json)
        }
        let cursor = json["nextCursor"]?.stringValue
        self.init(jobs: [], nextCursor: cursor, hasMore: json["hasMore"]?.boolValue ?? (cursor != nil))
        jobs.reserveCapacity(entries.count)
        for entry in entries {
            do throws(FluxError) {
                jobs.append(try JobState(entry, at: address))
            } catch {
                unreadable.append(Unreadable(jobID: entry["id"]?.stringValue, error: error))
            }
        }
    }
}

extension Upload {
    /// - Parameter address: of the answer.
    init(_ json: JSONValue, at address: String? = nil) throws(FluxError) {
        guard let url = json["url"]?.stringValue.flatMap({ ImageURL.read($0, in: address) }) else {
            throw FluxError.unreadable("an upload without a URL", json)
        }
        self.init(
            id: json["id"]?.stringValue ?? "", url: url, contentType: json["contentType"]?.stringValue,
            byteSize: json["byteSize"]?.integerValue,
            expiresAt: json["expiresAt"]?.stringValue.flatMap(Timestamp.milliseconds(iso8601:)))
    }
}

extension ModelListing {
    /// The contract does not fix the shape: a list, or an object of one, of entries with an id.
    static func list(_ json: JSONValue) throws(FluxError) -> [ModelListing] {
        guard let entries = json.arrayValue ?? json["models"]?.arrayValue ?? json["data"]?.arrayValue else {
            throw FluxError.unreadable("a catalogue without 'models'", json)
        }
        return entries.compactMap { entry in
            guard let id = entry.text("id", "model", "slug") else { return nil }
            let least = entry.whole("costMin", "creditCost", "credits", "cost").flatMap(Credits.plausible)
            let most = entry.whole("costMax", "creditCost", "credits", "cost").flatMap(Credits.plausible)
            let costs = [least, most].compactMap(\.self).sorted()
            return ModelListing(
                id: id, title: entry.text("label", "title", "name", "displayName"),
                credits: costs.first.flatMap { first in costs.last.map { first...$0 } },
                parametersKey: entry.text("parametersKey", "paramsKey"), raw: entry)
        }
    }
}

extension Account {
    init(_ json: JSONValue) throws(FluxError) {
        guard json.objectValue != nil else { throw FluxError.unreadable("an account of unknown shape", json) }
        let team = json["team"] ?? json
        let key = json["apiKey"] ?? json["key"] ?? json
        self.init(
            user: json["user"]?.text("name", "email") ?? json.text("name", "email"),
            credits: team.whole("credits") ?? json.whole("credits"),
            plan: team.text("plan") ?? team["plan"]?.text("name", "id") ?? json.text("plan"),
            keyPrefix: key.text("prefix"), raw: json)
    }
}

extension JSONValue {
    /// The first of these members that is a text.
    fileprivate func text(_ names: String...) -> String? {
        names.lazy.compactMap { self[$0]?.stringValue }.first
    }

    /// The first of these members that is a number, parts of a credit rounded up.
    fileprivate func whole(_ names: String...) -> Int? {
        names.lazy.compactMap { self[$0]?.numberValue.flatMap { Int(exactly: $0.rounded(.up)) } }.first
    }
}
