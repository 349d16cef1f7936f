extension FluxClient {
    /// Whether a text has the form of a job's id: a UUID, `8-4-4-4-12` hexadecimal digits (contract §1).
    public static func isJobID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && parts.joined().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
    }

    /// One job: `GET /v2/jobs/{id}` (contract §4). `.invalid` with status 404 when the service knows no such job.
    public func job(_ id: String) async throws(FluxError) -> JobState {
        do throws(FluxError) {
            var request = try request(.get, "/v2/jobs/\(id.percentEncoded)")
            // Its pictures may be in it.
            request.maximumBytes = max(configuration.maximumAnswerBytes, configuration.maximumDownloadBytes)
            return try await call(request) { [request] json throws(FluxError) in
                try JobState(json, at: request.url, askedAs: id)
            }
        } catch {
            guard error.status == 404 else { throw error }
            var error = error
            error.message = "the service knows no job \(id)"
            error.hint = "it may belong to another API key"
            throw error
        }
    }

    /// What a job was asked with, as the service tells it: the body of its submission, or nil where it does not tell.
    public func input(ofJob id: String) async throws(FluxError) -> JSONValue? {
        let input = try await call(try request(.get, "/v2/jobs/\(id.percentEncoded)")) { $0["input"] }
        return input?.objectValue.flatMap { $0.isEmpty ? nil : .object($0) }
    }

    /// A page of jobs, newest first: `GET /v2/jobs` (contract §4). One call tells the state of up to 100 jobs.
    ///
    /// - Parameters:
    ///   - status: only jobs in this one; nil: all.
    ///   - model: only jobs of this one, by its exact name; nil: all.
    ///   - limit: 1–100, brought within.
    ///   - cursor: `nextCursor` of the page before.
    public func jobs(
        status: JobStatus? = nil, model: String? = nil, limit: Int = 20, cursor: String? = nil
    ) async throws(FluxError) -> JobPage {
        var query = "limit=\(min(max(limit, 1), 100))"
        if let status { query += "&status=\(status.rawValue)" }
        if let model { query += "&model=\(model.percentEncoded)" }
        if let cursor { query += "&cursor=\(cursor.percentEncoded)" }
        let request = try request(.get, "/v2/jobs?\(query)")
        return try await call(request) { json throws(FluxError) in try JobPage(json, at: request.url) }
    }
}
