import FluxClient
import FluxJobs
import FluxModule
import LuaRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The end of a run: waits for the jobs that are paid for, reports what went wrong, and works out the exit status.
struct RunEnding {
    let host: HostEnvironment
    let module: FluxModule
    let lua: LuaRuntime
    let exitRequest: ExitRequest
    let limits: LimitEnding
    /// Whether a line tells how the jobs ended.
    var summarizes = true
    /// Nothing is sent.
    var isPlan = false
    let progress: ProgressReporter

    /// The script has ended well; its tasks may still run.
    func finished() async -> Int32 {
        defer { summarize() }
        return await statusOfFinished()
    }

    private func statusOfFinished() async -> Int32 {
        await lua.idle()
        if let limit = await lua.reachedLimit { return await stopped(by: limit) }
        let failures = await lua.takeUnhandledFailures()
        for failure in failures { host.say("a task failed: \(text(of: failure))") }
        if let signal = await interrupted() { return ExitStatus.interrupted(by: signal) }
        await settle()
        let failed = module.unseenFailures
        for job in failed { host.say("failed, and the script did not check it: \(Self.line(for: job))") }
        if let signal = await interrupted() { return ExitStatus.interrupted(by: signal) }
        if let status = exitRequest.status { return status }
        if !failures.isEmpty { return ExitStatus.scriptFailed }
        return failed.isEmpty ? ExitStatus.success : ExitStatus.jobsFailed
    }

    /// The signal that stopped the script, after what was paid for has come in.
    private func interrupted() async -> Int32? {
        guard let signal = await lua.interruptingSignal else { return nil }
        // Who closed the pipe does not read on.
        if signal != SIGPIPE { host.say("interrupted") }
        // What is not sent is not paid.
        await module.openedEngine?.askNoMore()
        await settle()
        return signal
    }

    /// The script has reached a limit, whatever came of it.
    private func stopped(by limit: LuaLimit, _ error: LuaError? = nil) async -> Int32 {
        await lua.cancelAllTasks()
        let inTask = await lua.takeUnhandledFailures().first
        // What is not sent is not paid.
        await module.openedEngine?.askNoMore()
        limits.tell(limit, traceback: inTask?.traceback ?? error?.traceback ?? "")
        await settle()
        tellUnseenFailures()
        return ExitStatus.scriptFailed
    }

    /// The script has ended with an error.
    func failed(_ error: LuaError) async -> Int32 {
        if exitRequest.status != nil, await lua.reachedLimit == nil { return await finished() }
        defer { summarize() }
        if let limit = await lua.reachedLimit { return await stopped(by: limit, error) }
        await lua.cancelAllTasks()
        if let signal = await interrupted() { return ExitStatus.interrupted(by: signal) }
        host.say(text(of: error))
        for failure in await lua.takeUnhandledFailures() { host.say("a task failed: \(text(of: failure))") }
        // What is not sent is not paid: nobody knows what the script would have done with it.
        // A plan sends nothing, and tells what would have been asked for up to here.
        if !isPlan { await module.openedEngine?.askNoMore() }
        await settle()
        tellUnseenFailures()
        return error.kind == "usage" && error.value == nil ? ExitStatus.usage : ExitStatus.scriptFailed
    }

    /// Those that were never asked for are counted in the last line.
    private func tellUnseenFailures() {
        for job in module.unseenFailures where !job.wasNeverAskedFor {
            host.say("failed, and the script did not check it: \(Self.line(for: job))")
        }
    }

    /// Jobs that the service has are paid, so their pictures are fetched before the program ends.
    private func settle() async {
        guard let engine = module.openedEngine else { return }
        let sayWhatIsOpen = { @Sendable [host] (hint: String) in
            let open = engine.openJobs.count
            guard open > 0 else { return }
            let what = open == 1 ? "1 job" : "\(open) jobs"
            host.say("waiting for \(what) already requested\(hint)")
        }
        await lua.whenInterrupted { signal in
            if signal != SIGPIPE { sayWhatIsOpen("; Ctrl-C again leaves at once") }
        }
        // Whoever sits before a terminal should know why the program does not end.
        let patience = Task { [host] in
            guard host.errorIsTerminal, (try? await Task.sleep(for: .seconds(2))) != nil else { return }
            sayWhatIsOpen("")
        }
        await engine.idle()
        patience.cancel()
        progress.stop()
        await engine.shutDown()
    }

    /// How the jobs ended, when there were any. Whoever closed the pipe does not read on.
    private func summarize() {
        guard summarizes, let engine = module.openedEngine, engine.tally.count > 0 else { return }
        host.say(engine.tally.line(isPaid: engine.ledger?.run.account.isInProcess != true))
    }

    private static func line(for job: Job) -> String {
        let origin = job.request.origin.map { "\($0): " } ?? ""
        let seed = job.request.seed.map { " seed=\($0)" } ?? ""
        return "\(origin)\(job.request.model)\(seed): \(job.snapshot.error?.message ?? "no pictures")"
    }

    private func text(of error: LuaError) -> String { Self.text(of: module.explained(error)) }

    /// The message, a hint if there is one, and the traceback where it tells more than the message's own place.
    static func text(of error: LuaError) -> String {
        var text = error.message
        if let hint = error.value?.table?["hint"].string { text += "\nhint: \(hint)" }
        let frames = error.traceback.split(separator: "\n").count - 1
        if frames > 1 { text += "\n\(error.traceback)" }
        return text
    }
}
