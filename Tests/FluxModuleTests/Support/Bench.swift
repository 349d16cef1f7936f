import FluxClient
import FluxJobs
import FluxModule
import LuaRuntime
import Synchronization
import TestSupport

/// The `flux` table in a Lua runtime of its own, over a service and a clock that do what the test says.
final class Bench: Sendable {
    let clock = ManualClock()
    let service = FakeService()
    let folder: TemporaryFolder
    let lua: LuaRuntime
    let module: FluxModule
    private let said: Notices

    /// An hour after the service's jobs were made, in seconds since 1970.
    static let now: Int64 = 1_773_568_800 + 3600

    /// What the module told the user.
    private final class Notices: Sendable {
        let lines = Mutex<[String]>([])
    }

    init(drawSeed: @escaping @Sendable () -> Int64 = { 99 }) async throws {
        let folder = try TemporaryFolder()
        let said = Notices()
        let (service, clock) = (service, clock)
        self.folder = folder
        self.said = said
        module = FluxModule(
            clock: clock, drawSeed: drawSeed, now: { Self.now },
            notice: { line in said.lines.withLock { $0.append(line) } },
            openEngine: { settings in
                let client = FluxClient(
                    ServiceConfiguration(apiKey: "afk_test", retries: settings.retries), transport: service,
                    clock: clock)
                return JobEngine(
                    client: client, configuration: settings.engineConfiguration(),
                    store: PictureStore(root: folder.path + "/store"), clock: clock)
            })
        lua = try LuaRuntime()
        try await module.install(in: lua)
    }

    var notices: [String] { said.lines.withLock { $0 } }

    /// Runs a chunk named `ask.lua` that waits for nothing.
    @discardableResult
    func run(_ source: String) async throws -> [LuaValue] { try await lua.run(source, name: "@ask.lua") }

    /// Runs a chunk that waits, letting time pass as long as it does.
    func runToEnd(_ source: String) async throws -> [LuaValue] {
        let box = Box()
        let task = Task { [lua] in
            do {
                let values = try await lua.run(source, name: "@ask.lua")
                box.set(.success(values))
            } catch {
                box.set(.failure(error))
            }
        }
        await clock.run { box.isSet }
        await task.value
        return try box.get()
    }

    private final class Box: Sendable {
        private let result = Mutex<Result<[LuaValue], any Error>?>(nil)

        var isSet: Bool { result.withLock { $0 != nil } }
        func set(_ value: Result<[LuaValue], any Error>) { result.withLock { $0 = value } }
        func get() throws -> [LuaValue] { try result.withLock { $0 }?.get() ?? [] }
    }

    /// What an expression that raises says, without the traceback.
    func complaint(of call: String) async throws -> String {
        let values = try await run("local ok, err = pcall(function() \(call) end) return not ok and tostring(err)")
        return values.first?.string ?? "it did not raise"
    }

    /// The bodies that the service accepted.
    var sent: [JSONValue] { service.state.jobs.map(\.body) }
}
