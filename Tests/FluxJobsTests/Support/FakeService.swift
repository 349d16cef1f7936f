import FluxClient
import Foundation
import Synchronization
import TestSupport

/// The service's side of the wire, in memory: what its jobs do is told by a script, and its time is the test's clock,
/// shown three days ahead of ours.
final class FakeService: HTTPTransport {
    /// What becomes of a job.
    struct Plan: Sendable {
        var duration: Duration = .seconds(10)
        var failure: String?
        var pictures = 1
        var isExpired = false
        /// Lists do not show it.
        var isUnlisted = false
        /// The status of the answer to its submission, where it is no acceptance.
        var refusal: Int?
        var acceptedAs = "QUEUED"
        /// The shape of the result is one that nobody knows.
        var resultIsOdd = false
        /// The service does not tell what the job was asked with.
        var hidesInput = false
    }

    struct Job: Sendable {
        var id: String
        var number: Int
        var body: JSONValue
        var plan: Plan
        var createdAt: Duration
    }

    struct State: Sendable {
        var jobs: [Job] = []
        var keys: [String] = []
        var replays = 0
        var singleLooks: [String] = []
        var lookTimes: [Duration] = []
        var lists = 0
        var uploads = 0
        var priceQuestions = 0
        var submissions = 0
        var downloads: [String: Int] = [:]
        var mostOpen = 0
    }

    private let clock: ManualClock
    private let plan: @Sendable (_ prompt: String) -> Plan
    /// Answers in the service's place when it gives something; throwing breaks the connection.
    private let intercept: @Sendable (HTTPRequest, State) throws(FluxError) -> HTTPResponse?
    /// The bytes of a picture; nil: gone.
    private let picture: @Sendable (_ url: String, _ attempt: Int) throws(FluxError) -> [UInt8]?
    /// Holds a call up before it is answered.
    private let delay: @Sendable (HTTPRequest) async -> Void
    private let storage = Mutex(State())

    init(
        _ clock: ManualClock, plan: @escaping @Sendable (String) -> Plan = { _ in Plan() },
        intercept: @escaping @Sendable (HTTPRequest, State) throws(FluxError) -> HTTPResponse? = { _, _ in nil },
        picture: @escaping @Sendable (String, Int) throws(FluxError) -> [UInt8]? = { url, _ in
            SamplePictures.gif(mark: url.hashValue)
        },
        delay: @escaping @Sendable (HTTPRequest) async -> Void = { _ in }
    ) {
        self.delay = delay
        self.clock = clock
        self.plan = plan
        self.intercept = intercept
        self.picture = picture
    }

    var state: State { storage.withLock { $0 } }

    /// It knows nothing any more of what it has made.
    func forgetJobs() {
        storage.withLock { state in
            state.jobs = []
            state.keys = []
        }
    }

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        let url = URLComponents(string: request.url)!
        let query = Dictionary(
            uniqueKeysWithValues: (url.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        storage.withLock { state in
            if url.path.hasPrefix("/v2/jobs") { state.lookTimes.append(clock.elapsed) }
            if url.path == "/v2/jobs" { state.lists += 1 }
            if url.path.hasPrefix("/v2/jobs/") { state.singleLooks.append(String(url.path.dropFirst(9))) }
            if url.path == "/v2/uploads" { state.uploads += 1 }
            if url.path == "/v2/models" { state.priceQuestions += 1 }
            if url.path.hasSuffix("/generate") { state.submissions += 1 }
        }
        await delay(request)
        if let answer = try intercept(request, state) { return answer }
        switch url.path {
        case "/v2/uploads": return Self.answer(201, ["id": "u", "url": .string("https://up/\(state.uploads)")])
        case "/v2/jobs": return list(query)
        case "/v2/models": return Self.answer(200, ["models": [["id": "flux-2-pro", "creditCost": 10]]])
        case let path where path.hasPrefix("/v2/jobs/"): return look(String(path.dropFirst(9)))
        default: return submit(request)
        }
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        let attempt = storage.withLock { state in
            state.downloads[request.url, default: 0] += 1
            return state.downloads[request.url] ?? 0
        }
        guard let bytes = try picture(request.url, attempt) else { return Self.answer(404, ["error": "gone"]) }
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw FluxError(.io, "cannot write \(path)")
        }
        return HTTPResponse(status: 200, byteCount: Int64(bytes.count))
    }

    static func answer(_ status: Int, _ json: JSONValue) -> HTTPResponse {
        HTTPResponse(status: status, body: json.encoded())
    }

    // MARK: The calls

    private func submit(_ request: HTTPRequest) -> HTTPResponse {
        guard case .bytes(let bytes) = request.body, let body = try? JSONValue(parsing: bytes) else {
            return Self.answer(400, ["error": "no body"])
        }
        let plan = plan(body["prompt"]?.stringValue ?? "")
        if let refusal = plan.refusal { return Self.answer(refusal, ["error": "refused by plan"]) }
        let now = clock.elapsed
        return storage.withLock { state in
            let key = request.header("Idempotency-Key")
            if let key, let place = state.keys.lastIndex(of: key), state.jobs[place].createdAt + .seconds(86400) > now {
                guard state.jobs[place].body == body else { return Self.answer(409, ["error": "another body"]) }
                state.replays += 1
                return Self.answer(202, ["jobId": .string(state.jobs[place].id), "status": "PROCESSING"])
            }
            let number = state.jobs.count + 1
            let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - "\(number)".count) + "\(number)"
            state.jobs.append(Job(id: id, number: number, body: body, plan: plan, createdAt: now))
            state.keys.append(key ?? "")
            state.mostOpen = max(state.mostOpen, state.jobs.count { $0.createdAt + $0.plan.duration > now })
            return Self.answer(202, ["jobId": .string(id), "status": .string(plan.acceptedAs)])
        }
    }

    private func look(_ id: String) -> HTTPResponse {
        guard let job = state.jobs.first(where: { $0.id == id }) else { return Self.answer(404, ["error": "unknown"]) }
        guard case .object(var members) = entry(job) else { return Self.answer(500, nil) }
        members["input"] = job.plan.hidesInput ? .object([:]) : job.body
        return Self.answer(200, .object(members))
    }

    private func list(_ query: [String: String]) -> HTTPResponse {
        let all = state.jobs.reversed().filter { !$0.plan.isUnlisted }
        let start = query["cursor"].flatMap { Int($0) } ?? 0
        let page = all.dropFirst(start).prefix(query["limit"].flatMap { Int($0) } ?? 20)
        let end = start + page.count
        return Self.answer(
            200,
            [
                "jobs": .array(page.map(entry)), "hasMore": .bool(end < all.count),
                "nextCursor": end < all.count ? .string("\(end)") : .null,
            ])
    }

    private func entry(_ job: Job) -> JSONValue {
        let isOver = clock.elapsed >= job.createdAt + job.plan.duration
        let isFailed = isOver && job.plan.failure != nil
        let urls = (1...job.plan.pictures).map { JSONValue.string("https://cdn/\(job.number)-\($0).jpg") }
        return [
            "id": .string(job.id), "model": job.body["model"] ?? .null, "creditCost": 10,
            "status": isFailed ? "FAILED" : isOver ? "COMPLETED" : "PROCESSING", "progress": isOver ? 100 : 40,
            "error": isFailed ? job.plan.failure.map(JSONValue.string) ?? .null : .null,
            "result": job.plan.resultIsOdd
                ? ["odd": true] : isOver && !isFailed && !job.plan.isExpired ? ["images": .array(urls)] : .null,
            "createdAt": .string(Self.time(job.createdAt)), "expired": .bool(job.plan.isExpired),
            "completedAt": isOver ? .string(Self.time(job.createdAt + job.plan.duration)) : .null,
        ]
    }

    private static func time(_ moment: Duration) -> String {
        let seconds = Double(moment.components.seconds) + Double(moment.components.attoseconds) / 1e18
        return (started + 3 * 86400 + seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static let started = Date()
}
