import FluxClient
import Foundation
import TestSupport
import Testing

/// A folder of its own for one test, removed at its end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "fluxclient-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    var contents: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func bytes(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: file(name)).map(Array.init) }

    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }
}

extension FluxClient {
    /// A client of a scripted server that waits for nothing.
    init(
        _ server: ScriptedServer, retries: Int = 4, clock: RecordingClock = RecordingClock(),
        transport: any HTTPTransport = CurlTransport(), configure: (inout ServiceConfiguration) -> Void = { _ in }
    ) {
        var configuration = ServiceConfiguration(baseURL: server.url, apiKey: "afk_test", retries: retries)
        configure(&configuration)
        self.init(
            configuration, transport: transport, clock: clock, now: { Date(timeIntervalSince1970: 1_000_000) },
            random: { 0.5 })
    }
}

/// The error that a call throws; a failure of the test when it throws none.
func fluxError(
    _ body: () async throws(FluxError) -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) async -> FluxError? {
    do throws(FluxError) {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

let jobID = "b2c3d4e5-0000-4000-8000-000000000001"
