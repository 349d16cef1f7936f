import FluxClient
import FluxJobs
import FluxModule
import Synchronization

/// Follows the jobs of a run and tells how far they are: in lines that are redrawn at a terminal, in a plain line now and
/// then elsewhere, or as one JSON object for each event.
final class ProgressReporter: Sendable {
    enum Style: Sendable, Equatable {
        case off
        /// Lines of that many cells, as the window is at the moment.
        case drawn(colours: Bool)
        case plain
        case json
    }

    private struct State {
        /// In the order of asking; those that have ended are left out now and then.
        var jobs: [Job] = []
        var total = 0
        var done = 0
        var failed = 0
        var credits = 0
        var isPaid = true
        /// When the first job was asked for, in seconds of the world's clock.
        var started: Double?
        var ticker: Task<Void, Never>?
        var isPaused = false
        var isStopped = false
    }

    private let style: Style
    private let host: HostEnvironment
    private let output: TerminalOutput
    private let state = Mutex(State())

    /// What takes less is not worth a line.
    private static let delay = Duration.seconds(1)
    private static let pause = Duration.milliseconds(250)
    /// Between two plain lines.
    private static let plainPause = Duration.seconds(60)

    init(_ style: Style, host: HostEnvironment, output: TerminalOutput) {
        self.style = style
        self.host = host
        self.output = output
    }

    /// The style that an option or the surroundings ask for.
    /// - Parameter option: of `--progress`; nil where it was not given.
    static func style(_ option: String?, isQuiet: Bool, _ host: HostEnvironment) -> Style {
        if option == "json" { return .json }
        if isQuiet { return .off }
        guard host.errorIsTerminal, host.environment("TERM") != "dumb" else { return .plain }
        return .drawn(colours: host.environment("NO_COLOR").map(\.isEmpty) ?? true)
    }

    /// - Parameter isPaid: false on the local service.
    func add(_ job: Job, isPaid: Bool) {
        guard style != .off else { return }
        let isFirst = state.withLock { state in
            state.total += 1
            state.jobs.append(job)
            state.isPaid = isPaid
            defer { state.started = state.started ?? host.monotonic() }
            return state.started == nil && !state.isStopped
        }
        if style == .json { follow(job) }
        _ = job.whenSettled { [weak self] in self?.ended(job) }
        if isFirst, style != .json { start() }
    }

    private func ended(_ job: Job) {
        let snapshot = job.snapshot
        state.withLock { state in
            state.done += 1
            if !snapshot.isSuccess { state.failed += 1 }
            if !snapshot.isReused { state.credits += snapshot.cost ?? 0 }
        }
    }

    /// While a line is edited at the prompt, nothing is drawn.
    func pause() {
        state.withLock { $0.isPaused = true }
        output.erase()
    }

    func resume() { state.withLock { $0.isPaused = false } }

    /// Takes the lines away for good.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.ticker?.cancel()
            state.ticker = nil
        }
        output.erase()
    }

    private func start() {
        let task = Task { [weak self, sleep = host.sleep, style] in
            try? await sleep(style == .plain ? Self.plainPause : Self.delay)
            while !Task.isCancelled, let self {
                self.tell()
                try? await sleep(style == .plain ? Self.plainPause : Self.pause)
            }
        }
        state.withLock { state in
            if state.isStopped { task.cancel() } else { state.ticker = task }
        }
    }

    private func tell() {
        guard let (moment, isPaused) = moment(), !isPaused else { return }
        switch style {
        case .drawn(let colours):
            if moment.done == moment.total { return output.erase() }
            output.draw(ProgressText.lines(moment, width: host.errorWidth() ?? 80, colours: colours))
        case .plain:
            if moment.done < moment.total { host.say(ProgressText.plain(moment)) }
        case .off, .json: break
        }
    }

    private func moment() -> (ProgressState, isPaused: Bool)? {
        state.withLock { state in
            guard let started = state.started, !state.isStopped else { return nil }
            var moment = ProgressState()
            (moment.total, moment.done, moment.failed) = (state.total, state.done, state.failed)
            (moment.credits, moment.isPaid) = (state.credits, state.isPaid)
            moment.elapsed = host.monotonic() - started
            if state.jobs.count > 2 * (state.total - state.done) { state.jobs.removeAll { $0.isSettled } }
            for job in state.jobs where job.isUnderWay {
                moment.running += 1
                guard moment.examples.count < ProgressText.mostExamples else { continue }
                moment.examples.append(
                    ProgressState.Running(
                        model: job.request.model, seed: job.request.seed, percent: job.snapshot.progress,
                        prompt: job.request.prompt))
            }
            return (moment, state.isPaused)
        }
    }

    // MARK: Events

    /// One line for each thing that happens to a job.
    private func follow(_ job: Job) {
        Task { [weak self] in
            var last: JobSnapshot?
            for await snapshot in job.states {
                guard let self else { return }
                if last?.id == nil, snapshot.id != nil { self.tell("submitted", job, snapshot) }
                if snapshot.isSettled {
                    self.tell(snapshot.isSuccess ? "completed" : "failed", job, snapshot)
                } else if snapshot.progress != last?.progress, let progress = snapshot.progress {
                    self.tell("progress", job, snapshot, ["progress": .integer(Int64(progress))])
                }
                last = snapshot
            }
        }
    }

    /// A picture was saved.
    func saved(_ item: PictureSaver.Item, at path: String) {
        guard style == .json else { return }
        var event: [String: JSONValue] = ["event": "saved", "path": .string(path)]
        event["id"] = item.snapshot.id.map(JSONValue.string) ?? .null
        host.writeError(JSONValue.object(event).line)
    }

    private func tell(_ name: String, _ job: Job, _ snapshot: JobSnapshot, _ more: [String: JSONValue] = [:]) {
        var event = more
        event["event"] = .string(name)
        event["job"] = .integer(Int64(job.number))
        event["id"] = snapshot.id.map(JSONValue.string) ?? .null
        event["model"] = .string(job.request.model)
        if let seed = job.request.seed { event["seed"] = .integer(seed) }
        if let name = job.request.name { event["name"] = .string(name) }
        if snapshot.isSettled {
            event["credits"] = .integer(Int64(snapshot.cost ?? 0))
            event["reused"] = .bool(snapshot.isReused)
            if let error = snapshot.error {
                event["kind"] = .string(error.kind.rawValue)
                event["error"] = .string(error.message)
            }
        }
        host.writeError(JSONValue.object(event).line)
    }
}
