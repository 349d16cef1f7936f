import FluxClient
import FluxImaging
import TestSupport
import Testing

@testable import FluxSimulator
@testable import HTTPServer

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A running simulator with a clock that stands still, and a client before it.
final class Bench: Sendable {
    static let key = "afk_test_0123456789"
    static let beginning = Date(timeIntervalSince1970: 1_773_568_800)  // 2026-03-15T10:00:00Z

    let clock = ManualClock()
    let simulator: Simulator
    let transport = CurlTransport()
    let client: FluxClient
    let port: UInt16

    init(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(seed: 1),
        foreign: (any HTTPTransport)? = nil, beginning: Date = Bench.beginning
    ) throws {
        simulator = Simulator(configuration, clock: clock, now: { beginning }, transport: foreign)
        port = try simulator.start()
        client = FluxClient(
            ServiceConfiguration(baseURL: simulator.baseURL, apiKey: Bench.key, retries: 0), transport: transport)
    }

    deinit {
        transport.shutDown()
        simulator.stop()
    }

    /// Lets all jobs that were accepted so far, and have room, come to their end.
    func finishJobs() { clock.advance(by: .seconds(10)) }

    // MARK: Calls by hand

    struct Reply {
        let response: HTTPResponse
        var status: Int { response.status }
        var json: JSONValue { (try? JSONValue(parsing: response.body)) ?? .null }
        var keys: Set<String> { Set((json.objectValue ?? [:]).keys) }
    }

    static let usualHeaders = [
        (name: "X-API-Key", value: key), (name: "User-Agent", value: "tests/1"),
        (name: "Content-Type", value: "application/json"),
    ]

    func get(_ path: String, headers: [(name: String, value: String)] = Bench.usualHeaders) async throws -> Reply {
        Reply(response: try await transport.send(HTTPRequest(.get, simulator.baseURL + path, headers: headers)))
    }

    func post(
        _ path: String, _ body: [UInt8], headers: [(name: String, value: String)] = Bench.usualHeaders
    ) async throws -> Reply {
        let request = HTTPRequest(.post, simulator.baseURL + path, headers: headers, body: .bytes(body))
        return Reply(response: try await transport.send(request))
    }

    func post(
        _ path: String, _ body: JSONValue, headers: [(name: String, value: String)] = Bench.usualHeaders
    ) async throws -> Reply {
        try await post(path, body.encoded(), headers: headers)
    }

    func generate(_ body: JSONValue = Bench.fox, idempotencyKey: String? = nil) async throws -> Reply {
        let extra = idempotencyKey.map { [(name: "Idempotency-Key", value: $0)] } ?? []
        return try await post("/v2/images/generate", body, headers: Bench.usualHeaders + extra)
    }

    /// Small, because the painter of a debug build takes its time.
    static let fox: JSONValue = [
        "model": "flux-2-pro", "prompt": "a fox", "fluxParams": ["seed": 7, "width": 256, "height": 256],
    ]

    /// The id of a new job.
    func accepted(_ body: JSONValue = Bench.fox) async throws -> String {
        try #require(try await generate(body).json["jobId"]?.stringValue)
    }

    /// Asks until the job has ended. For jobs that must read pictures first, and so end a moment after the clock says.
    func ended(_ id: String) async throws -> JobState {
        while true {
            let job = try await client.job(id)
            if job.status.isFinal { return job }
            await Task.yield()
        }
    }

    func request(_ prompt: String = "a fox", model: String = "flux-2-pro", _ parameters: [String: JSONValue] = [:])
        -> ImageRequest
    {
        ImageRequest(
            call: Catalogue.flux[model]?.call ?? .generate, model: model, prompt: prompt, parameters: parameters)
    }

    /// The bytes of a picture at a URL.
    func bytes(_ url: String) async throws -> HTTPResponse {
        try await transport.send(HTTPRequest(.get, url, headers: [("User-Agent", "tests/1")]))
    }
}

extension ServiceClock {
    /// For servers that do nothing by the clock.
    static var still: ServiceClock { ServiceClock(clock: ManualClock(), beginning: Bench.beginning) }
}

/// A small picture of one colour.
func picture(_ format: ImageFormat = .png, width: Int = 48, height: Int = 32, red: UInt8 = 200) throws -> [UInt8] {
    try Raster(width: width, height: height, red: red, green: 30, blue: 60).encoded(as: format)
}

/// A folder that is gone when the test is over.
final class Scratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "flux-sim-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}

extension [UInt8] {
    var base64: String { Data(self).base64EncodedString() }
}

func read(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file))) }
