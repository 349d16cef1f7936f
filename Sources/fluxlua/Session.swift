import CommandLineKit
import FluxClient
import FluxJobs
import FluxModule
import FluxSimulator
import Synchronization

/// The service that a run uses, opened when the first picture is requested: the real one with a key, the local one
/// without; and the ledger of its requests.
final class Session: Sendable {
    private struct State {
        var simulator: Simulator?
        var ledger: Ledger?
        var store: PictureStore?
        /// Of a plan.
        var temporaryFolder: String?
        var script: ScriptName
        var receiver: WebhookReceiver?
    }

    let host: HostEnvironment
    let options: RunOptions
    let progress: ProgressReporter?
    /// Of `--detach`.
    private let handover: Handover?
    private let takesWebhooks: Bool
    private let faults: [Fault]
    /// Nil where there is none; what is wrong with the file that it should be in.
    private let key: Result<ServiceKey?, FluxError>
    private let state: Mutex<State>

    /// - Parameter takesWebhooks: false: jobs are looked after here, whatever FLUX_WEBHOOK says; for commands that have no
    ///   `--listen` for webhooks.
    init(
        host: HostEnvironment, options: RunOptions, progress: ProgressReporter? = nil, handover: Handover? = nil,
        takesWebhooks: Bool = true
    ) throws(UsageError) {
        self.takesWebhooks = takesWebhooks
        self.host = host
        self.progress = progress
        self.handover = handover
        self.options = options
        faults = try Fault.all(parsing: options.faults)
        do throws(FluxError) {
            key = .success(try host.serviceKey())
        } catch {
            key = .failure(error)
        }
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

    /// The local service inside this process, because it was asked for or nothing says which other.
    var usesLocalService: Bool {
        if options.simulates { return true }
        guard case .success(nil) = key else { return false }
        return host.value(of: .baseURL) == nil
    }

    /// Whom the ledger's requests are asked of, and who pays there.
    var account: LedgerAccount {
        if usesLocalService { return .local }
        return LedgerAccount(
            baseURL: host.serviceURL, key: (try? key.get())?.text ?? Self.localKey)
    }

    /// Where the account's pictures are kept. Stand-in pictures stay apart from those that were paid.
    func pictureFolder() throws(FluxError) -> String {
        try dataFolder() + (usesLocalService ? "/local-pictures" : "/pictures")
    }

    func openEngine(_ settings: FluxSettings) throws(FluxError) -> JobEngine {
        var service = ServiceConfiguration(retries: settings.retries)
        var configuration = EngineConfiguration()
        configuration.dayBudget = try dayBudget()
        let connections = try OpenFileLimit.fit(&configuration, servesItself: usesLocalService)
        _ = try cacheLimit()
        let folder = try pictureFolder()
        let ledger: Ledger
        if usesLocalService, handover != nil {
            throw FluxError(
                .invalid, "--detach needs a service that goes on: the local one ends with the script",
                hint: "set APIFRAME_API_KEY, or run without --detach")
        }
        if usesLocalService {
            service.apiKey = Self.localKey
            ledger = try openLedger(account, store: folder)
            service.baseURL = try startSimulator()
            configuration.expectedDuration = EngineConfiguration.local.expectedDuration
            let why = options.simulates ? "--simulate" : "no APIFRAME_API_KEY"
            host.say("\(why): using the local service, which draws stand-in pictures; nothing is paid")
        } else {
            guard faults.isEmpty else {
                throw FluxError(.invalid, "--fault is for the local service only", hint: "add --simulate")
            }
            if let baseURL = try baseURL() { service.baseURL = baseURL }
            service.allowInsecureHTTP = host.value(of: .insecureHTTP) == "1"
            service.apiKey = try key.get()?.text ?? Self.localKey
            service.redaction = host.redaction
            ledger = try openLedger(account, store: folder)
        }
        keep(ledger)
        let store = PictureStore(
            root: folder,
            shared: usesLocalService
                ? nil
                : host.sharedPictures.map { [host] in
                    SharedPictures(root: $0) { host.say($0) }
                })
        try store.prepare()
        store.beginMeasuring()
        state.withLock { $0.store = store }
        configuration = settings.engineConfiguration(configuration)
        let receiver = try receiveWebhooks(&configuration, apiKey: service.apiKey ?? Self.localKey)
        let client = FluxClient(service, transport: CurlTransport(maximumConnectionsPerHost: connections))
        let engine = JobEngine(
            client: client, configuration: configuration, store: store, ledger: ledger, handover: handover,
            onStart: { [progress, isPaid = !usesLocalService] in progress?.add($0, isPaid: isPaid) },
            notice: { [host] in host.say($0) })
        receiver?.deliver(to: engine)
        return engine
    }

    /// `FLUX_BASE_URL`, which must be right before anything is written down for it.
    private func baseURL() throws(FluxError) -> String? {
        guard let url = host.value(of: .baseURL) else { return nil }
        guard ["https://", "http://"].contains(where: { url.lowercased().hasPrefix($0) }) else {
            throw FluxError(
                .invalid, "FLUX_BASE_URL must begin with https:// or http:// (got '\(url.withoutUser)')")
        }
        return url
    }

    /// `FLUX_BUDGET_DAY`
    private func dayBudget() throws(FluxError) -> Int? {
        guard let text = host.value(of: .dayBudget) else { return nil }
        guard let credits = Int(text), credits >= 0 else {
            throw FluxError(.invalid, "FLUX_BUDGET_DAY must be a whole number of credits (got '\(text)')")
        }
        return credits
    }

    /// Opens `--listen`, and settles which URL leads there.
    private func receiveWebhooks(
        _ configuration: inout EngineConfiguration, apiKey: String
    ) throws(FluxError) -> WebhookReceiver? {
        guard takesWebhooks else {
            configuration.webhookURL = nil
            return nil
        }
        let publicURL = configuration.webhookURL ?? host.value(of: .webhook)
        // Settings have the environment's value unless a script has set another.
        let setting = publicURL == host.value(of: .webhook) ? "FLUX_WEBHOOK" : "'webhook' of flux.config"
        if let publicURL, !publicURL.isWebAddress {
            throw FluxError(
                .invalid, "\(setting) must be a URL that begins with https:// or http:// (got '\(publicURL)')")
        }
        guard let listenAddress = options.listenAddress else {
            if let publicURL {
                throw FluxError(
                    .invalid, "\(setting) is set, but nothing listens for webhooks",
                    hint: "run fluxlua with --listen HOST:PORT, and let \(publicURL) lead there")
            }
            return nil
        }
        guard publicURL != nil || usesLocalService else {
            throw FluxError(
                .invalid, "--listen needs the public URL that leads to it",
                hint: "set FLUX_WEBHOOK, or flux.config { webhook = \"https://…\" }")
        }
        let receiver = try WebhookReceiver(listenAddress, apiKey: apiKey) { [host] in host.say($0) }
        configuration.webhookURL = publicURL ?? receiver.localURL
        state.withLock { $0.receiver = receiver }
        return receiver
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
    func dataFolder() throws(FluxError) -> String { try host.dataFolder() }

    /// To be closed in the end.
    func keep(_ ledger: Ledger) { state.withLock { $0.ledger = ledger } }

    /// To be removed in the end.
    func keep(temporaryFolder: String) { state.withLock { $0.temporaryFolder = temporaryFolder } }

    /// Ends what was opened.
    /// - Parameter status: of the program; only 0 means that the run need not be taken up.
    func close(status: Int32) {
        let (simulator, receiver, ledger, store, temporaryFolder) = state.withLock { state in
            defer {
                (state.simulator, state.receiver, state.ledger) = (nil, nil, nil)
                (state.store, state.temporaryFolder) = (nil, nil)
            }
            return (state.simulator, state.receiver, state.ledger, state.store, state.temporaryFolder)
        }
        defer { if let temporaryFolder { remove(temporaryFolder: temporaryFolder) } }
        receiver?.stop()
        simulator?.stop()
        do throws(FluxError) {
            let isInterrupted = status > ExitStatus.interrupted(by: 0)
            // Who runs the script again takes up what others were handed.
            let isFinished = status == ExitStatus.success && (handover?.counts.handedOver ?? 0) == 0
            try ledger?.close(isFinished ? .clean : isInterrupted ? .interrupted : .failed)
            if let store { trim(store) }
        } catch {
            host.say(
                "\(error.message); run the script again when that is fixed: nothing is paid twice within 24 hours")
        }
    }
}
