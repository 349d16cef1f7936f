import FluxClient
import Foundation

/// `fluxlua serve` on a free port, as a process of its own.
struct ServedService {
    static let key = "afk_of_the_tests"

    let program: Program
    let baseURL: String
    private let running: RunningProgram

    /// Starts one for `body`, and interrupts it afterwards.
    static func run<Value>(
        _ options: [String] = ["--job-time", "0"], _ body: (ServedService) async throws -> Value
    ) async throws -> Value {
        let program = try Program()
        defer { program.remove() }
        let running = try program.start(["serve", "--port", "0"] + options)
        guard let line = await running.line(), let url = line.split(separator: " ").first(where: { $0.contains("://") })
        else { throw Silent(error: try await running.result().error) }
        let service = ServedService(program: program, baseURL: String(url), running: running)
        do {
            let value = try await body(service)
            _ = try await service.end()
            return value
        } catch {
            _ = try await service.end()
            throw error
        }
    }

    /// It ended instead of telling where it listens.
    struct Silent: Error { var error: String }

    /// Interrupts it; what it printed after its first line.
    @discardableResult
    func end() async throws -> Program.Result {
        running.signal(SIGINT)
        return try await running.result()
    }

    /// A program that uses this service, looking at its jobs at once.
    func client(key: String = Self.key) throws -> Program {
        var program = try Program()
        program.environment["FLUX_BASE_URL"] = baseURL
        program.environment["APIFRAME_API_KEY"] = key
        return program
    }

    /// How often each call was made.
    func requests() async throws -> [String: Int64] {
        let log = try await Web.get(baseURL + "/_sim/log").json
        return log["requests"]?.objectValue?.compactMapValues(\.integerValue).filter { $0.key != "GET /_sim/log" }
            ?? [:]
    }
}
