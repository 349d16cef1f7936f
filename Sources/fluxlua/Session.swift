import FluxClient
import FluxJobs
import FluxModule
import FluxSimulator
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The service that a run uses, opened when the first picture is asked for: the real one with a key, the local one
/// without.
final class Session: Sendable {
    private struct State {
        var simulator: Simulator?
        var temporaryFolder: String?
    }

    private let world: World
    private let simulates: Bool
    private let faults: [Fault]
    private let state = Mutex(State())

    init(world: World, options: RunOptions) throws(UsageError) {
        self.world = world
        simulates = options.simulates
        faults = try Fault.all(parsing: options.faults)
    }

    /// The script's view of a key for the local service, which accepts any of the right form.
    private static let localKey = "afk_local"

    func openEngine(_ settings: FluxSettings) throws(FluxError) -> JobEngine {
        var service = ServiceConfiguration(retries: settings.retries)
        service.apiKey = world.environment("APIFRAME_API_KEY").flatMap { $0.isEmpty ? nil : $0 }
        let baseURL = world.environment("FLUX_BASE_URL").flatMap { $0.isEmpty ? nil : $0 }
        let isLocal = simulates || (service.apiKey == nil && baseURL == nil)
        var configuration = EngineConfiguration()
        let folder: String
        if isLocal {
            service.apiKey = Self.localKey
            folder = try temporaryFolder()
            service.baseURL = try startSimulator()
            configuration = .local
            let why = simulates ? "as asked" : "no APIFRAME_API_KEY"
            world.say("\(why): using the local service, which draws stand-in pictures; nothing is paid")
        } else {
            guard faults.isEmpty else {
                throw FluxError(.invalid, "--fault is for the local service only", hint: "add --simulate")
            }
            if let baseURL { service.baseURL = baseURL }
            if service.apiKey == nil { service.apiKey = Self.localKey }
            folder = try dataFolder() + "/pictures"
        }
        let client = FluxClient(service, transport: CurlTransport())
        return JobEngine(
            client: client, configuration: settings.engineConfiguration(configuration),
            store: PictureStore(root: folder), notice: { [world] in world.say($0) })
    }

    private func startSimulator() throws(FluxError) -> String {
        let simulator = Simulator(SimulatorConfiguration(faults: faults), transport: CurlTransport())
        do throws(SimulatorError) {
            try simulator.start()
        } catch {
            throw FluxError(.io, "the local service did not start: \(error)")
        }
        state.withLock { $0.simulator = simulator }
        return simulator.baseURL
    }

    /// Stand-in pictures that are not saved go when the program ends.
    private func temporaryFolder() throws(FluxError) -> String {
        if let folder = state.withLock(\.temporaryFolder) { return folder }
        let parent = world.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/fluxlua-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FluxError(.io, "no temporary folder in \(parent): \(String(cString: strerror(errno)))")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        state.withLock { $0.temporaryFolder = path }
        return path
    }

    /// Where paid pictures are kept until the script saves them, and after.
    private func dataFolder() throws(FluxError) -> String {
        if let folder = world.environment("XDG_DATA_HOME"), folder.hasPrefix("/") { return folder + "/fluxlua" }
        guard let home = world.environment("HOME"), !home.isEmpty else {
            throw FluxError(.io, "no folder for pictures: neither XDG_DATA_HOME nor HOME is set")
        }
        return home + "/.local/share/fluxlua"
    }

    func close() {
        let state = state.withLock { state in
            defer { state = State() }
            return state
        }
        state.simulator?.stop()
        guard let folder = state.temporaryFolder else { return }
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            world.say("the temporary folder \(folder) stays: \(error)")
        }
    }
}
