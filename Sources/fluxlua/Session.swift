import FluxClient
import FluxJobs
import FluxModule
import FluxSimulator
import Synchronization

/// The service that a run uses, opened when the first picture is asked for: the real one with a key, the local one
/// without; and the ledger of what it is asked.
final class Session: Sendable {
    private struct State {
        var simulator: Simulator?
        var ledger: Ledger?
        var script: ScriptName
    }

    let world: World
    let options: RunOptions
    private let faults: [Fault]
    private let state: Mutex<State>

    init(world: World, options: RunOptions) throws(UsageError) {
        self.world = world
        self.options = options
        faults = try Fault.all(parsing: options.faults)
        let steps = options.steps.map { "\($0)" }.joined(separator: "\n")
        state = Mutex(State(script: .source("-e", Array(steps.utf8), arguments: [])))
    }

    /// What is run, as soon as that is known: before that it is what `-e` says.
    var script: ScriptName {
        get { state.withLock(\.script) }
        set { state.withLock { $0.script = newValue } }
    }

    /// The script's view of a key for the local service, which accepts any of the right form.
    private static let localKey = "afk_local"

    func openEngine(_ settings: FluxSettings) throws(FluxError) -> JobEngine {
        var service = ServiceConfiguration(retries: settings.retries)
        service.apiKey = world.environment("APIFRAME_API_KEY").flatMap { $0.isEmpty ? nil : $0 }
        let baseURL = world.environment("FLUX_BASE_URL").flatMap { $0.isEmpty ? nil : $0 }
        let isLocal = options.simulates || (service.apiKey == nil && baseURL == nil)
        var configuration = EngineConfiguration()
        let folder: String
        let ledger: Ledger
        if isLocal {
            service.apiKey = Self.localKey
            // Stand-in pictures stay apart from those that were paid.
            folder = try dataFolder() + "/local-pictures"
            ledger = try openLedger(.local, store: folder)
            service.baseURL = try startSimulator()
            configuration = .local
            let why = options.simulates ? "as asked" : "no APIFRAME_API_KEY"
            world.say("\(why): using the local service, which draws stand-in pictures; nothing is paid")
        } else {
            guard faults.isEmpty else {
                throw FluxError(.invalid, "--fault is for the local service only", hint: "add --simulate")
            }
            if let baseURL { service.baseURL = baseURL }
            let key = service.apiKey ?? Self.localKey
            service.apiKey = key
            folder = try dataFolder() + "/pictures"
            ledger = try openLedger(LedgerAccount(baseURL: service.baseURL, key: key), store: folder)
        }
        state.withLock { $0.ledger = ledger }
        let client = FluxClient(service, transport: CurlTransport())
        return JobEngine(
            client: client, configuration: settings.engineConfiguration(configuration),
            store: PictureStore(root: folder), ledger: ledger, notice: { [world] in world.say($0) })
    }

    private func startSimulator() throws(FluxError) -> String {
        // A second try to open the engine finds the service of the first.
        if let simulator = state.withLock(\.simulator) { return simulator.baseURL }
        let simulator = Simulator(SimulatorConfiguration(faults: faults), transport: CurlTransport())
        do throws(SimulatorError) {
            try simulator.start()
        } catch {
            throw FluxError(.io, "the local service did not start: \(error)")
        }
        state.withLock { $0.simulator = simulator }
        return simulator.baseURL
    }

    /// Where the ledger is, and where pictures are kept until the script saves them, and after.
    func dataFolder() throws(FluxError) -> String {
        if let folder = world.environment("XDG_DATA_HOME"), folder.hasPrefix("/") { return folder + "/fluxlua" }
        guard let home = world.environment("HOME"), !home.isEmpty else {
            throw FluxError(.io, "no folder for pictures: neither XDG_DATA_HOME nor HOME is set")
        }
        return home + "/.local/share/fluxlua"
    }

    /// Ends what was opened.
    /// - Parameter status: of the program; only 0 means that the run need not be taken up.
    func close(status: Int32) {
        let (simulator, ledger) = state.withLock { state in
            defer { (state.simulator, state.ledger) = (nil, nil) }
            return (state.simulator, state.ledger)
        }
        simulator?.stop()
        do throws(FluxError) {
            let isInterrupted = status > ExitStatus.interrupted(by: 0)
            try ledger?.close(status == ExitStatus.success ? .clean : isInterrupted ? .interrupted : .failed)
        } catch {
            world.say(
                "\(error.message); run the script again when that is mended: nothing is paid twice within 24 hours")
        }
    }
}
