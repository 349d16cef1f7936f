import FluxModule
import LuaRuntime
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The end of a run whose script has reached a limit: reports it once, and still fetches what is paid for.
final class LimitEnding: Sendable {
    private let host: HostEnvironment
    private let module: FluxModule
    private let limits: RunLimits
    private let cleanUp: @Sendable () -> Void
    private let isTold = Mutex(false)

    /// - Parameter cleanUp: what must not be left behind where only leaving at once is possible.
    init(host: HostEnvironment, module: FluxModule, limits: RunLimits, cleanUp: @escaping @Sendable () -> Void) {
        self.host = host
        self.module = module
        self.limits = limits
        self.cleanUp = cleanUp
    }

    func tell(_ limit: LuaLimit, traceback: String = "") {
        let isFirst = isTold.withLock { isTold in
            defer { isTold = true }
            return !isTold
        }
        guard isFirst else { return }
        var text = limits.message(reaching: limit)
        if traceback.split(separator: "\n").count > 1 { text += "\n\(traceback)" }
        host.say(text)
        let open = module.openedEngine?.openJobs.count ?? 0
        guard open > 0 else { return }
        let what = open == 1 ? "1 job" : "\(open) jobs"
        host.say("waiting for \(what) already requested; Ctrl-C leaves at once")
    }

    /// The script runs on in the middle of a call of C, where nothing can stop it: the process ends under it.
    func leave(_ limit: LuaLimit) {
        tell(limit)
        Task.detached { [self] in
            if let engine = module.openedEngine {
                await engine.idle()
                await engine.shutDown()
            }
            cleanUp()
            _exit(ExitStatus.scriptFailed)
        }
    }
}
