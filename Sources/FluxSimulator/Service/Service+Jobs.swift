import FluxClient
import HTTPServer
import Synchronization

/// `GET /v2/jobs/{id}` and `GET /v2/jobs` (contract §4).
extension Service {
    func job(_ id: String, _ request: Request) -> Response {
        guard id.isUUID else { return .invalid(["id": ["Invalid uuid"]]) }
        let (job, now) = withBooks { ($0.jobs[id.lowercased()], $0.clock) }
        guard let job else { return .error(404, "Job not found") }
        var members = members(of: job, at: now, base: base(for: request))
        members["input"] = (try? JSONValue(parsing: job.body)) ?? .null
        return .json(200, .object(members))
    }

    func jobs(_ request: Request) -> Response {
        var details: [String: [String]] = [:]
        var status: JobStatus?
        if let word = request.queryValue("status") {
            status = JobStatus(rawValue: word)
            if status == nil {
                let known = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
                details["status"] = ["Invalid status '\(word)', expected one of \(known)"]
            }
        }
        var limit = 20
        if let word = request.queryValue("limit") {
            limit = Int(word) ?? 0
            if !(1...100).contains(limit) { details["limit"] = ["Expected a whole number from 1 to 100"] }
        }
        guard details.isEmpty else { return .invalid(details) }

        let (model, cursor) = (request.queryValue("model"), request.queryValue("cursor"))
        let (page, now) = withBooks { [limit, status] stateMachine in
            let page = stateMachine.page(from: cursor, limit: limit) { job in
                (status.map { $0 == job.status } ?? true) && (model.map { $0 == job.model } ?? true)
            }
            return (page, stateMachine.clock)
        }
        guard let page else { return .invalid(["cursor": ["Invalid cursor"]]) }
        let base = base(for: request)
        return .json(
            200,
            [
                "jobs": .array(page.jobs.map { .object(members(of: $0, at: now, base: base)) }),
                "nextCursor": page.hasMore
                    ? page.jobs.last.map { .string(ServiceStateMachine.cursor(after: $0)) } ?? .null : .null,
                "hasMore": .bool(page.hasMore),
            ])
    }

    /// What lists, single jobs and webhooks tell alike.
    func members(of job: JobRecord, at now: Duration, base: String) -> [String: JSONValue] {
        let status = job.status
        return [
            "id": .string(job.id),
            "status": .string(status.rawValue),
            "model": .string(job.model),
            "progress": job.progress(at: now).map { .integer(Int64($0)) } ?? .null,
            "result": status == .completed ? job.result(base: base) : .null,
            "error": status == .failed ? job.failure.map(JSONValue.string) ?? .null : .null,
            // A failed job's credits were given back.
            "creditCost": status == .failed ? .null : .integer(Int64(job.cost)),
            "webhookStatus": job.webhook?.status.map { .string($0.rawValue) } ?? .null,
            "createdAt": .string(time.timestamp(job.createdAt)),
            "completedAt": status.isFinal ? job.finishedAt.map { .string(time.timestamp($0)) } ?? .null : .null,
            "expired": .bool(job.isExpired(at: now)),
        ]
    }
}

extension JobRecord {
    /// What a completed job gives, for clients that reach the service at `base`: in the usual shape, or in the one that a
    /// fault gave it (contract §4: it has no fixed type).
    func result(base: String) -> JSONValue {
        let urls = (0..<pictureCount).map { JSONValue.string("\(base)/cdn/\(pictureName($0))") }
        switch trouble.shape {
        case nil: return ["images": .array(urls)]
        case .url: return urls.first ?? .null
        case .list: return .array(urls)
        case .object: return ["url": urls.first ?? .null, "urls": .array(urls)]
        case .nested: return ["images": .array(urls.map { ["url": $0, "content_type": "image/*"] })]
        case .unknown: return ["output": ["ready": true, "parts": [1, 2, 3]]]
        case .null: return .null
        }
    }
}
