import FluxClient
import FluxJobs
import FluxStandardLibrary
import FluxStudio
import LuaRuntime
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The `flux` table of a Lua runtime: arguments in, results out. What it asks for is done by an engine that is opened
/// when the first script asks for a picture, not before.
public final class FluxModule: Sendable {
    /// Opens the engine, with the settings of that moment.
    public typealias OpenEngine = @Sendable (FluxSettings) throws(FluxError) -> JobEngine

    let catalogue: Catalogue
    let notice: @Sendable (String) -> Void
    let onSave: @Sendable (PictureSaver.Item, _ path: String) -> Void
    let onShow: (@Sendable ([ShownPicture]) async -> Void)?
    let drawSeed: @Sendable () -> Int64
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let timers: LuaTimers
    let restrictions: Restrictions
    /// `--fresh`: what is drawn here is drawn anew.
    let isFresh: Bool
    /// With its slash; empty: the working folder.
    let scriptFolder: String
    let saver: PictureSaver
    let examiner = PictureInspector()
    private let openEngine: OpenEngine

    private struct State {
        var settings: FluxSettings
        var engine: JobEngine?
        /// Jobs that the script has not seen the end of.
        var unseen: [Int: JobObject] = [:]
        var warned: Set<String> = []
        /// The newest job.
        var last: JobObject?
        /// Jobs that were asked for.
        var asked = 0
        /// What scripts hold of jobs, by number, so that one job is always one value.
        var objects: [Int: WeakObject] = [:]
        var sweepObjectsAt = 256
        /// The sweeps that were started.
        var sweeps: [RequestGroup] = []
        /// The galleries that this run writes, by their folders.
        var galleries: [String: GalleryFolder] = [:]
        /// The service's catalogue, once it has told it.
        var listings: [ModelListing]?
        /// What the complete `flux` table has.
        var functionNames: [String] = []
        /// What scripts read of it that is not there.
        var missingNames: Set<String> = []
    }

    private struct WeakObject {
        weak var object: JobObject?
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - notice: gets each warning once, a line without its end.
    ///   - onShow: shows pictures; nil where nobody would see them.
    ///   - onSave: told of each picture that a script saves, and where.
    ///   - drawSeed: the seed of a request that names none.
    ///   - restrictions: what the scripts may do; by default everything.
    ///   - scriptFolder: where the script is, with its slash; empty: the working folder.
    ///   - isFresh: nothing earlier is taken up: the seeds that sweeps hold are new ones too.
    ///   - now: seconds since 1970, for ages such as `since = "7d"`.
    ///   - writesFiles: false: `flux.save` writes nothing and returns the path all the same.
    public init(
        settings: FluxSettings = FluxSettings(), catalogue: Catalogue = .flux,
        clock: any Clock<Duration> = ContinuousClock(),
        drawSeed: @escaping @Sendable () -> Int64 = { Int64.random(in: 1...0x7fff_ffff) },
        restrictions: Restrictions = Restrictions(), isFresh: Bool = false,
        scriptFolder: String = "",
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
        writesFiles: Bool = true,
        notice: @escaping @Sendable (String) -> Void,
        onSave: @escaping @Sendable (PictureSaver.Item, _ path: String) -> Void = { _, _ in },
        onShow: (@Sendable ([ShownPicture]) async -> Void)? = nil,
        openEngine: @escaping OpenEngine
    ) {
        self.catalogue = catalogue
        self.notice = notice
        self.onSave = onSave
        self.onShow = onShow
        self.drawSeed = drawSeed
        self.now = now
        timers = LuaTimers(clock: clock)
        self.restrictions = restrictions
        self.isFresh = isFresh
        self.scriptFolder = scriptFolder
        saver = PictureSaver(
            writesFiles: writesFiles, mayWrite: { path throws(FluxError) in try restrictions.checkWriting(path) })
        self.openEngine = openEngine
        state = Mutex(State(settings: settings))
    }

    /// Sets the global `flux`, and what `require "flux"` answers.
    public func install(in lua: LuaRuntime) async throws(LuaError) {
        try await defineJobs(in: lua)
        try await defineTasks(in: lua)
        try await lua.register("flux.generate") { call throws(LuaError) in try self.ask(.generate, call) }
        try await lua.register("flux.edit") { call throws(LuaError) in try self.ask(.edit, call) }
        for submit in [SubmitCall.upscale, .removeBackground] {
            try await lua.register("flux.\(submit.rawValue)") { call throws(LuaError) in
                try self.askWithPicture(submit, call)
            }
        }
        try await lua.register("flux.await") { call throws(LuaError) in try self.await(call, name: "flux.await") }
        try await lua.register("flux.completed") { call throws(LuaError) in try self.completed(call) }
        try await lua.register("flux.save") { call throws(LuaError) in try self.save(call, name: "flux.save") }
        try await lua.register("flux.job") { call throws(LuaError) in try self.earlierJob(call) }
        try await lua.register("flux.jobs") { call throws(LuaError) in try self.earlierJobs(call) }
        try await lua.register("flux.models") { call throws(LuaError) in try self.models(call) }
        try await lua.register("flux.account") { call throws(LuaError) in try self.account(call) }
        try await lua.register("flux.estimate") { call throws(LuaError) in try self.estimate(call) }
        try await lua.register("flux.mask") { call throws(LuaError) in try self.mask(call) }
        try await lua.register("flux.loras") { call throws(LuaError) in try self.loras(call) }
        try await lua.register("flux.upload") { call throws(LuaError) in try self.upload(call) }
        try await defineShowing(in: lua)
        try await defineReading(in: lua)
        try await defineSheets(in: lua)
        try await defineSweeps(in: lua)
        try await defineGalleries(in: lua)
        try await defineJSON(in: lua)
        try await defineWords(in: lua)
        try await lua.register("flux.config") { call throws(LuaError) in try self.configure(call) }
        for source in StandardLibrary.sources {
            _ = try await lua.call(lua.load(source.bytes, name: "=[\(source.name).lua]"))
        }
        try await restrict(lua)
        try await noteMissingNames(in: lua)
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

    /// Opens the engine now, for a program that shows what there is before anything is asked for.
    public func open() throws(FluxError) -> JobEngine { try engine() }

    /// The engine, if a script has asked for a picture.
    public var openedEngine: JobEngine? { state.withLock(\.engine) }

    var knownListings: [ModelListing]? {
        get { state.withLock(\.listings) }
        set { state.withLock { $0.listings = newValue } }
    }

    // MARK: Names that are not there

    /// Far more than a script misspells; what makes up names without end is not followed.
    private static let mostMissingNames = 1_000

    var functionNames: [String] {
        get { state.withLock(\.functionNames) }
        set { state.withLock { $0.functionNames = newValue } }
    }

    func noteMissing(_ name: String) {
        state.withLock { state in
            if state.missingNames.count < Self.mostMissingNames { state.missingNames.insert(name) }
        }
    }

    func isMissing(_ name: String) -> Bool { state.withLock { $0.missingNames.contains(name) } }

    // MARK: What scripts hold

    /// What scripts hold of a job: the same object for as long as one of them does.
    func object(for job: Job) -> JobObject {
        state.withLock { state in
            if let object = state.objects[job.number]?.object { return object }
            let object = JobObject(job)
            state.objects[job.number] = WeakObject(object: object)
            if state.objects.count >= state.sweepObjectsAt {
                state.objects = state.objects.filter { $0.value.object != nil }
                state.sweepObjectsAt = max(256, state.objects.count * 2)
            }
            return object
        }
    }

    // MARK: Jobs that nobody looked at

    func remember(_ job: JobObject) {
        state.withLock { state in
            state.unseen[job.job.number] = job
            state.last = job
        }
    }

    /// What the script holds of the newest job; nil when it has asked for none.
    public var lastJob: LuaValue? { state.withLock(\.last).map { .object($0) } }

    /// The script has seen how the job ended.
    func see(_ job: JobObject) { state.withLock { _ = $0.unseen.removeValue(forKey: job.job.number) } }

    /// Jobs that ended without success and whose end the script never looked at, in the order in which they were asked.
    public var unseenFailures: [Job] {
        state.withLock { $0.unseen.values.map(\.job) }
            .filter { $0.snapshot.isSettled && !$0.snapshot.isSuccess }
            .sorted { $0.number < $1.number }
    }

    /// Counts one more job, unless it is one too many.
    private func countJob(_ name: String) throws(LuaError) {
        guard let maximum = restrictions.maximumJobs else { return }
        let isAllowed = state.withLock { state in
            guard state.asked < maximum else { return false }
            state.asked += 1
            return true
        }
        guard isAllowed else {
            let jobs = maximum == 1 ? "1 job" : "\(maximum) jobs"
            throw LuaError(
                kind: "budget", "\(name): this run may ask for no more than \(jobs)",
                fields: ["hint": "raise the limit with --max-jobs"])
        }
    }

    // MARK: Asking

    func ask(_ submit: SubmitCall, _ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "flux.\(submit.rawValue)"
        let reader = RequestReader(module: self, call: submit, name: name)
        let place = call.place
        // What stood there would be left out of what is paid. A number does no harm: flux.map passes one.
        guard try call[2].typeName != "table" else {
            throw reader.wrong("expected all in one table such as { prompt = \"…\", seed = 7 }, got a second table")
        }
        return .value(
            .object(try start(try call[1], submit, origin: place.isEmpty ? nil : place, sweep: nil, call)))
    }

    /// `flux.upscale(image, opts)`, `flux.remove_background(image, opts)`: the picture first; or all in one table, as
    /// `flux.edit` takes it.
    func askWithPicture(_ submit: SubmitCall, _ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let name = "flux.\(submit.rawValue)"
        let (image, options) = (try call[1], try call[2])
        let example = "\(name)(\"mug.jpg\", { model = \"\(submit.usualModel)\" })"
        func wrong(_ message: String, hint: String? = nil) -> LuaError {
            let hint = hint.map { ["hint": LuaValue.string($0)] } ?? [:]
            return LuaError(kind: "invalid", "\(name): \(message)", fields: hint)
        }
        var request = LuaTable()
        if let table = image.table {
            guard table.items.isEmpty else {
                throw wrong(
                    "expected one picture, got a list", hint: "use flux.map(list, \(name)) for a list")
            }
            guard options.table == nil else { throw wrong("the picture comes first, as in \(example)") }
            request = table
        } else {
            // A number does no harm: flux.map passes one.
            if let table = options.table {
                request = table
                guard table.items.isEmpty else {
                    throw wrong("expected options such as those of \(example), got a list")
                }
            } else if !options.isNil, options.number == nil {
                throw wrong("expected a table of options after the picture, as in \(example), got \(options.typeName)")
            }
            guard request["image"].isNil else { throw wrong("'image' is given twice") }
            request.pairs["image"] = image.isNil ? nil : image
        }
        let place = call.place
        return .value(
            .object(try start(.table(request), submit, origin: place.isEmpty ? nil : place, sweep: nil, call)))
    }

    /// Checks a request and starts its job.
    func start(
        _ request: LuaValue, _ submit: SubmitCall, origin: String?, sweep: RequestGroup?, _ call: borrowing LuaCall
    ) throws(LuaError) -> JobObject {
        let name = sweep == nil ? "flux.\(submit.rawValue)" : "flux.sweep"
        var reading = try RequestReader(module: self, call: submit, name: name).read(request, origin: origin)
        for warning in reading.warnings {
            let line = (origin.map { "\($0): " } ?? "") + "warning: \(name): \(warning)"
            if state.withLock({ $0.warned.insert(warning).inserted }) { notice(line) }
        }
        try countJob(name)
        let engine = try engine(for: name)
        reading.request.lane = call.taskNumber
        reading.request.group = sweep
        let object = object(for: engine.start(reading.request))
        remember(object)
        return object
    }

    // MARK: Galleries

    func galleryFolder(_ path: String, _ linking: PictureSaver.Linking) -> GalleryFolder {
        state.withLock { state in
            if let known = state.galleries[path], known.linking == linking { return known }
            let folder = GalleryFolder(path: path, files: saver, linking: linking)
            state.galleries[path] = folder
            return folder
        }
    }

    // MARK: Sweeps

    /// - Returns: what names it.
    func addSweep(_ sweep: RequestGroup) -> Int {
        state.withLock { state in
            state.sweeps.append(sweep)
            return state.sweeps.count
        }
    }

    func sweep(_ number: Int) -> RequestGroup? {
        state.withLock { state in
            state.sweeps.indices.contains(number - 1) ? state.sweeps[number - 1] : nil
        }
    }
}
