import FluxClient
import FluxImaging
import Foundation
import Synchronization

/// The service's side of the wire, in memory: its jobs do what a test tells them, and nothing by themselves.
final class FakeService: HTTPTransport {
    struct Job: Sendable {
        var number: Int
        var body: JSONValue
        var status = "QUEUED"
        var progress: Int64?
        var error: String?
        var pictures = 1
        var createdAt = "2026-03-15T10:00:00.000Z"
        var isExpired = false

        var id: String { "a\(String(10_000_000 + number).dropFirst())-0000-4000-8000-000000000000" }
    }

    struct State: Sendable {
        var jobs: [Job] = []
        /// Method and path of everything that was asked, downloads too.
        var requests: [String] = []
        /// Of the list calls.
        var queries: [String] = []
        /// The answers of `GET /v2/models` and `GET /v2/me`.
        var models = FakeService.answer(200, ["models": []])
        var account = FakeService.answer(200, [:])
        /// Every submission is answered with this in place of an acceptance.
        var refusal: HTTPResponse?
        /// Every call fails with this, as if nobody were there.
        var outage: FluxError?
        var holdsSubmissions = false
    }

    private let storage = Mutex(State())

    var state: State { storage.withLock { $0 } }

    func change(_ body: (inout State) -> Void) { storage.withLock { body(&$0) } }

    /// What becomes of a job, counted from 1.
    func tell(_ number: Int, status: String, progress: Int64? = nil, error: String? = nil) {
        change { state in
            state.jobs[number - 1].status = status
            state.jobs[number - 1].progress = progress
            state.jobs[number - 1].error = error
        }
    }

    static func answer(_ status: Int, _ json: JSONValue, headers: [(name: String, value: String)] = []) -> HTTPResponse
    {
        HTTPResponse(status: status, headers: HTTPHeaders(headers), body: json.encoded())
    }

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        let path = note(request)
        if let outage = state.outage { throw outage }
        switch path {
        case "/v2/models": return state.models
        case "/v2/me": return state.account
        case "/v2/uploads": return Self.answer(201, ["id": "u", "url": "https://uploads.example/file.png"])
        case "/v2/jobs":
            return jobs(URLComponents(string: request.url)?.query ?? "")
        case _ where path.hasPrefix("/v2/jobs/"):
            guard let job = state.jobs.first(where: { path.hasSuffix($0.id) }) else {
                return Self.answer(404, ["error": "unknown"])
            }
            var members = entry(job).objectValue ?? [:]
            members["input"] = job.body
            return Self.answer(200, .object(members))
        default: return await submit(request)
        }
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        let name = note(request)
        // Each URL has a picture of its own.
        let shade = UInt8(truncatingIfNeeded: name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        let picture = try? Raster(width: 6, height: 4, red: shade, green: 0, blue: 0).encoded(as: .png)
        guard let picture, FileManager.default.createFile(atPath: path, contents: Data(picture)) else {
            throw FluxError(.io, "cannot write \(path)")
        }
        return HTTPResponse(status: 200, byteCount: Int64(picture.count))
    }

    /// Filters and pages as the service does; its cursors are numbers of jobs.
    private func jobs(_ query: String) -> HTTPResponse {
        change { $0.queries.append(query) }
        var options: [String: String] = [:]
        for item in URLComponents(string: "?" + query)?.queryItems ?? [] { options[item.name] = item.value }
        let before = options["cursor"].flatMap { Int($0) } ?? .max
        let fitting = state.jobs.reversed().filter { job in
            job.number < before && (options["status"] ?? job.status) == job.status
                && (options["model"].map { .string($0) } ?? job.body["model"]) == job.body["model"]
        }
        let page = fitting.prefix(options["limit"].flatMap { Int($0) } ?? 20)
        let hasMore = page.count < fitting.count
        return Self.answer(
            200,
            [
                "jobs": .array(page.map(entry)), "hasMore": .bool(hasMore),
                "nextCursor": hasMore ? page.last.map { .string(String($0.number)) } ?? .null : .null,
            ])
    }

    private func note(_ request: HTTPRequest) -> String {
        let path = URLComponents(string: request.url)?.path ?? ""
        change { $0.requests.append("\(request.method.rawValue) \(path)") }
        return path
    }

    private func submit(_ request: HTTPRequest) async -> HTTPResponse {
        while state.holdsSubmissions { await Task.yield() }
        guard case .bytes(let bytes) = request.body, let body = try? JSONValue(parsing: bytes) else {
            return Self.answer(400, ["error": "no body"])
        }
        return storage.withLock { state in
            if let refusal = state.refusal { return refusal }
            let job = Job(number: state.jobs.count + 1, body: body)
            state.jobs.append(job)
            return Self.answer(202, ["jobId": .string(job.id), "status": "QUEUED"])
        }
    }

    private func entry(_ job: Job) -> JSONValue {
        let urls = (1...job.pictures).map { JSONValue.string("https://cdn.example/\(job.number)-\($0).png") }
        let isOver = ["COMPLETED", "FAILED", "CANCELLED"].contains(job.status)
        return [
            "id": .string(job.id), "model": job.body["model"] ?? .null, "status": .string(job.status),
            "progress": job.progress.map { .integer($0) } ?? .null, "error": job.error.map { .string($0) } ?? .null,
            "result": job.status == "COMPLETED" ? ["images": .array(urls)] : .null,
            "creditCost": isOver ? 10 : .null, "createdAt": .string(job.createdAt), "expired": .bool(job.isExpired),
            "completedAt": isOver ? "2026-03-15T10:00:32.500Z" : .null,
        ]
    }
}
