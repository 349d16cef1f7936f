import FluxClient
import FluxJobs
import FluxStandardLibrary
import LuaRuntime
import Synchronization

/// The `flux` table of a Lua runtime: arguments in, results out. What it asks for is done by an engine that is opened
/// when the first script asks for a picture, not before.
public final class FluxModule: Sendable {
    /// Opens the engine, with the settings of that moment.
    public typealias OpenEngine = @Sendable (FluxSettings) throws(FluxError) -> JobEngine

    let catalogue: Catalogue
    let notice: @Sendable (String) -> Void
    let drawSeed: @Sendable () -> Int64
    let timers: LuaTimers
    let saver = PictureSaver()
    private let openEngine: OpenEngine

    private struct State {
        var settings: FluxSettings
        var engine: JobEngine?
        /// Jobs that the script has not seen the end of.
        var unseen: [Int: JobObject] = [:]
        var warned: Set<String> = []
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - notice: gets each warning once, a line without its end.
    ///   - drawSeed: the seed of a request that names none.
    public init(
        settings: FluxSettings = FluxSettings(), catalogue: Catalogue = .flux,
        clock: any Clock<Duration> = ContinuousClock(),
        drawSeed: @escaping @Sendable () -> Int64 = { Int64.random(in: 1...0x7fff_ffff) },
        notice: @escaping @Sendable (String) -> Void, openEngine: @escaping OpenEngine
    ) {
        self.catalogue = catalogue
        self.notice = notice
        self.drawSeed = drawSeed
        timers = LuaTimers(clock: clock)
        self.openEngine = openEngine
        state = Mutex(State(settings: settings))
    }

    /// Sets the global `flux`, and what `require "flux"` answers.
    public func install(in lua: LuaRuntime) async throws(LuaError) {
        try await defineJobs(in: lua)
        try await defineTasks(in: lua)
        try await lua.register("flux.generate") { call throws(LuaError) in try self.ask(.generate, call) }
        try await lua.register("flux.edit") { call throws(LuaError) in try self.ask(.edit, call) }
        try await lua.register("flux.await") { call throws(LuaError) in try self.await(call, name: "flux.await") }
        try await lua.register("flux.completed") { call throws(LuaError) in try self.completed(call) }
        try await lua.register("flux.save") { call throws(LuaError) in try self.save(call, name: "flux.save") }
        try await lua.register("flux.config") { call throws(LuaError) in try self.configure(call) }
        for source in StandardLibrary.sources {
            _ = try await lua.call(lua.load(source.bytes, name: "=[\(source.name).lua]"))
        }
        try await lua.provide("flux")
    }

    // MARK: The engine

    var settings: FluxSettings { state.withLock(\.settings) }

    func engine() throws(FluxError) -> JobEngine {
        let result: Result<JobEngine, FluxError> = state.withLock { state in
            if let engine = state.engine { return .success(engine) }
            do throws(FluxError) {
                let engine = try openEngine(state.settings)
                state.engine = engine
                return .success(engine)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func change(_ settings: FluxSettings) {
        state.withLock { state in
            state.settings = settings
            if let engine = state.engine { engine.update(settings.engineConfiguration(engine.configuration)) }
        }
    }

    /// The engine, if a script has asked for a picture.
    public var openedEngine: JobEngine? { state.withLock(\.engine) }

    // MARK: Jobs that nobody looked at

    func remember(_ job: JobObject) { state.withLock { $0.unseen[job.job.number] = job } }

    /// The script has seen how the job ended.
    func see(_ job: JobObject) { state.withLock { _ = $0.unseen.removeValue(forKey: job.job.number) } }

    /// Jobs that ended without success and whose end the script never looked at, in the order in which they were asked.
    public var unseenFailures: [Job] {
        state.withLock { $0.unseen.values.map(\.job) }
            .filter { $0.snapshot.isSettled && !$0.snapshot.isSuccess }
            .sorted { $0.number < $1.number }
    }

    // MARK: Asking

    func ask(_ submit: SubmitCall, _ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "flux.\(submit.rawValue)"
        let reader = RequestReader(module: self, call: submit)
        let place = call.place
        var reading = try reader.read(try call[1], origin: place.isEmpty ? nil : place)
        for warning in reading.warnings {
            let line = (place.isEmpty ? "" : "\(place): ") + "warning: \(name): \(warning)"
            if state.withLock({ $0.warned.insert(warning).inserted }) { notice(line) }
        }
        let engine: JobEngine
        do throws(FluxError) {
            engine = try self.engine()
        } catch {
            throw LuaError(error, in: name)
        }
        reading.request.lane = call.taskNumber
        let object = JobObject(engine.start(reading.request))
        remember(object)
        return .value(.object(object))
    }
}
