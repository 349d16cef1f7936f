import FluxClient
import FluxImaging
import FluxSimulator
import StandIns
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Answers instead of the service while a plan is made, without any network: each job is complete at once, with blank
/// pictures of the requested size and format.
final class PlanTransport: HTTPTransport {
    /// A host that cannot exist (RFC 2606).
    static let baseURL = "https://plan.invalid"

    private struct State {
        var jobs: [String: JSONValue] = [:]
        var lastJob = 0
        var pictures: [String: Blank] = [:]
        var uploads = 0
        /// Blank pictures of one size and format are the same.
        var files: [Blank: [UInt8]] = [:]

        @discardableResult
        mutating func complete(_ id: String, model: String, _ blank: Blank, count: Int) -> JSONValue {
            let urls = (1...count).map { "\(PlanTransport.baseURL)/\(id)/\($0).\(blank.format.fileExtension)" }
            for url in urls { pictures[url] = blank }
            let job: JSONValue = [
                "id": .string(id), "status": "COMPLETED", "model": .string(model), "progress": 100,
                "result": ["images": .array(urls.map(JSONValue.string))],
                // Scripts count with it. What jobs will cost is told at the end.
                "creditCost": 0,
            ]
            jobs[id] = job
            return job
        }
    }

    struct Blank: Hashable {
        var width: Int
        var height: Int
        var format: ImageFormat
    }

    private let state = Mutex(State())

    func send(_ request: HTTPRequest) async throws(FluxError) -> HTTPResponse {
        let path = request.url.dropFirst(Self.baseURL.count).prefix { $0 != "?" }
        switch (request.method, path) {
        case (.post, _) where SubmitCall.allCases.contains { $0.path == path }:
            return Self.answer(202, try accept(request))
        case (.post, "/v2/uploads"):
            let number = state.withLock { state in
                state.uploads += 1
                return state.uploads
            }
            return Self.answer(
                201, ["id": .string("upload-\(number)"), "url": .string("\(Self.baseURL)/upload/\(number)")])
        case (.get, "/v2/jobs"):
            // Newest first, as the service does it: the ids count up.
            let jobs = state.withLock { $0.jobs.sorted { $0.key > $1.key }.map(\.value) }
            return Self.answer(200, ["jobs": .array(jobs), "nextCursor": nil, "hasMore": false])
        case (.get, _) where path.hasPrefix("/v2/jobs/"):
            // Of an earlier run: it is at the service, and paid there. Nobody is asked how it stands.
            return Self.answer(200, job(String(path.dropFirst("/v2/jobs/".count))))
        default:
            throw Self.notAsked
        }
    }

    func download(_ request: HTTPRequest, to path: String) async throws(FluxError) -> HTTPResponse {
        let (blank, known) = state.withLock { state in
            let blank = state.pictures[request.url]
            return (blank, blank.flatMap { state.files[$0] })
        }
        guard let blank else { throw Self.notAsked }
        let bytes: [UInt8]
        do {
            bytes = try known ?? Self.file(blank)
            try Data(bytes).write(to: URL(filePath: path))
        } catch {
            throw FluxError(.io, "cannot write \(path): \(error)")
        }
        state.withLock { $0.files[blank] = bytes }
        return HTTPResponse(status: 200, byteCount: Int64(bytes.count))
    }

    private static let notAsked = FluxError(.network, "not requested: a plan sends nothing")

    private static func answer(_ status: Int, _ json: JSONValue) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPHeaders([("Content-Type", "application/json")]), body: json.encoded())
    }

    /// Takes a job in, which is complete from then on.
    private func accept(_ request: HTTPRequest) throws(FluxError) -> JSONValue {
        guard case .bytes(let body) = request.body, let members = (try? JSONValue(parsing: body))?.objectValue else {
            throw FluxError(.invalid, "a request without a JSON body", status: 400)
        }
        let model = members["model"]?.stringValue ?? ""
        let parameters = members.values.compactMap(\.objectValue).first ?? [:]
        let blank = Self.blank(model: model, parameters)
        let count = min(Model.pictureCount(parameters), 16)
        let id: String = state.withLock { state in
            state.lastJob += 1
            let digits = String(state.lastJob)
            let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
            state.complete(id, model: model, blank, count: count)
            return id
        }
        return ["jobId": .string(id), "status": "COMPLETED"]
    }

    private func job(_ id: String) -> JSONValue {
        state.withLock { state in
            state.jobs[id] ?? state.complete(id, model: "", Self.blank(model: "", [:]), count: 1)
        }
    }

    private static func blank(model: String, _ parameters: [String: JSONValue]) -> Blank {
        let size = PictureSize.pixels(
            resolution: parameters["resolution"]?.stringValue, aspectRatio: parameters["aspect_ratio"]?.stringValue,
            width: parameters["width"]?.integerValue.map { Int(clamping: $0) },
            height: parameters["height"]?.integerValue.map { Int(clamping: $0) }, matching: nil, model: model)
        let format = PictureFormat.of(
            (parameters["output_format"] ?? parameters["format"])?.stringValue,
            cutsOut: Catalogue.flux[model]?.call == .removeBackground)
        return Blank(width: size.width, height: size.height, format: format)
    }

    private static func file(_ blank: Blank) throws -> [UInt8] {
        try Raster(width: blank.width, height: blank.height, red: 224, green: 224, blue: 224)
            .encoded(as: blank.format, quality: 50)
    }
}
