import CommandLineKit
import FluxClient
import FluxJobs
import FluxModule
import LuaRuntime

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

/// `fluxlua script.lua`, `-e`, stdin, and the prompt: one Lua state from the first to the last.
struct RunCommand {
    private let host: HostEnvironment
    private let options: RunOptions
    /// Set while a plan is made: then nothing is sent.
    private let plan: PlannedJobs?
    private let progress: ProgressReporter
    private let output: TerminalOutput

    init(host: HostEnvironment, options: RunOptions, plan: PlannedJobs? = nil) {
        let style =
            plan == nil ? ProgressReporter.style(options.progress, isQuiet: options.isQuiet, host) : .off
        let output = TerminalOutput { HostEnvironment.write($0, to: $1) }
        var host = host
        if case .drawn = style {
            output.takeOverStreams(output: host.outputWidth != nil, error: true)
            host = host.through(output)
        }
        self.host = host
        self.options = options
        self.plan = plan
        self.output = output
        progress = ProgressReporter(style, host: host, output: output)
    }

    func run() async throws(UsageError) -> Int32 {
        if options.showsVersion { host.writeOutput(Version.text + "\n") }
        let detachment = detaches ? Detachment() : nil
        let session = try Session(
            host: host, options: options, progress: progress, handover: detachment?.handover)
        noteMisplacedOptions()
        let settings: FluxSettings
        switch try await SettingsLoader(host: host).values(
            options, folder: scriptFolder ?? "", project: options.isSandboxed ? .leftAlone : .asked)
        {
        case .success(let values): settings = values
        case .failure(let ended): return ended.status
        }
        let limits = options.isSandboxed ? options.limits.ofSandbox : options.limits
        let sandbox: LuaSandbox?
        do throws(LuaError) {
            sandbox = try makeSandbox(out: settings.out)
        } catch {
            host.say(error.message)
            return ExitStatus.usage
        }
        let pictures = PicturePresenter(host: host)
        let onShow: @Sendable ([ShownPicture]) async -> Void = { pictures.show($0) }
        let module = FluxModule(
            settings: settings,
            restrictions: Restrictions(maximumJobs: limits.jobs, files: sandbox.map(Self.access)),
            isFresh: options.isFresh,
            scriptFolder: scriptFolder ?? "",
            writesFiles: plan == nil,
            notice: { host.writeError($0 + "\n") },
            onSave: { [progress] in progress.saved($0, at: $1) },
            onShow: plan == nil ? onShow : nil,
            openEngine: { [plan] settings throws(FluxError) in
                if let plan { return try session.openPlan(settings, plan) }
                return try session.openEngine(settings)
            })
        let exitRequest = ExitRequest()
        let limitEnding = LimitEnding(host: host, module: module, limits: limits) {
            session.close(status: ExitStatus.scriptFailed)
        }
        let lua: LuaRuntime
        do throws(LuaError) {
            lua = try LuaRuntime(ignoresEnvironment: options.ignoresEnvironment)
        } catch {
            host.say(error.message)
            return ExitStatus.scriptFailed
        }
        do throws(LuaError) {
            try await lua.stopOnSignals(Signals.stoppingScripts)
            if let sandbox { try await lua.confine(to: sandbox) }
            // What is open then is taken up by the next run.
            try await exitRequest.install(in: lua) { session.close(status: ExitStatus.scriptFailed) }
            try await prepare(lua, module)
            try await lua.limit(limits.ofLua) { limitEnding.leave($0) }
            await detachment?.watch(lua, module, exitRequest)
        } catch {
            if let signal = await lua.interruptingSignal {
                host.say("interrupted")
                return ExitStatus.interrupted(by: signal)
            }
            host.say(error.message)
            return ExitStatus.scriptFailed
        }
        let ending = RunEnding(
            host: host, module: module, lua: lua, exitRequest: exitRequest, limits: limitEnding,
            summarizes: plan == nil && !options.isQuiet, isPlan: plan != nil, progress: progress)
        let status: Int32
        do throws(LuaError) {
            try await steps(lua, ending, session)
            status = await ending.finished()
        } catch {
            status = await ending.failed(error)
        }
        for line in detachment?.lines ?? [] { host.say(line) }
        // Finalizers run, as at the end of the stock interpreter.
        await lua.close()
        session.close(status: status)
        return status
    }

    /// An option such as `--budget` has no effect after the script's name: the script gets it as an argument, as in the
    /// stock interpreter. That is said, since it was meant to limit what is paid. Who writes `--` before the script knows.
    private func noteMisplacedOptions() {
        guard let index = options.scriptIndex, host.arguments[index - 1] != "--" else { return }
        let script = host.arguments[index]
        for argument in givenArguments {
            let name = String(argument.prefix { $0 != "=" })
            guard let option = RunOptions.guard(named: name) else { continue }
            let value = argument == name ? option.placeholder.map { " \($0)" } ?? "" : ""
            host.say(
                """
                note: '\(name)' comes after the script, so the script gets it and fluxlua ignores it
                hint: for fluxlua, write it before the script: fluxlua \(argument)\(value) \(script)
                hint: for the script alone, without this note: fluxlua -- \(script) \(argument)\(value)
                """)
        }
    }

    private func prepare(_ lua: LuaRuntime, _ module: FluxModule) async throws(LuaError) {
        try await module.install(in: lua)
        var table = LuaTable()
        let script = options.scriptIndex ?? 0
        var skipped = 0
        for (index, argument) in host.rawArguments.enumerated() {
            if index > script, isDetach(host.arguments[index]) {
                skipped += 1
                continue
            }
            let place = index - script - skipped
            if place >= 1 {
                table.items.append(LuaValue(bytes: argument))
            } else if place == 0 || !options.isSandboxed {
                table.pairs[.integer(Int64(place))] = LuaValue(bytes: argument)
            }
        }
        try await lua.setGlobal("arg", to: .table(table))
        if options.showsLuaWarnings { _ = try await lua.run("warn('@on')", name: "=[start]") }
    }

    private func steps(_ lua: LuaRuntime, _ ending: RunEnding, _ session: Session) async throws(LuaError) {
        try await runInitialization(lua)
        for step in options.steps {
            switch step {
            case .execute(let code):
                try await lua.execute(lua.load(code.utf8, name: "=(command line)"))
            case .require(let name):
                // Called by pcall, what is raised names no place in this chunk.
                let load = """
                    local name = ...
                    local global, module = name:match("^(.-)=(.*)$")
                    local ok, value = pcall(require, module or name)
                    if not ok then error(value, 0) end
                    _G[global or name] = value
                    """
                _ = try await lua.run(load, name: "=[start]", [.string(name)])
            }
        }
        switch options.input {
        case .file(let path):
            if let index = options.scriptIndex, !host.rawArguments[index].elementsEqual(path.utf8) {
                throw LuaError(kind: "usage", "cannot open \(path): its name is not UTF-8 text; give it another name")
            }
            session.script = .file(path, arguments: givenArguments)
            try await runFile(path, lua)
        case .standardInput: try await runStandardInput(lua, session)
        case .none:
            if options.steps.isEmpty && !options.isInteractive {
                if host.inputIsTerminal {
                    session.script = .prompt
                    return await repl(lua, ending).run()
                }
                try await runStandardInput(lua, session)
            }
        }
        if options.isInteractive { await repl(lua, ending).run() }
    }

    private func repl(_ lua: LuaRuntime, _ ending: RunEnding) -> Repl {
        Repl(
            host: host, lua: lua, module: ending.module, exitRequest: ending.exitRequest, progress: progress,
            output: output)
    }

    /// What the user lets run before every own script, as the stock interpreter does: code, or `@` and a file.
    private func runInitialization(_ lua: LuaRuntime) async throws(LuaError) {
        guard !options.ignoresEnvironment, !options.isSandboxed,
            let name = ["LUA_INIT_5_4", "LUA_INIT"].first(where: { host.environment($0) != nil }),
            let code = host.environment(name)
        else { return }
        if code.hasPrefix("@") {
            let path = String(code.dropFirst())
            try await run(contents(of: path), named: "@\(path)", [], lua)
        } else {
            try await lua.execute(lua.load(code.utf8, name: "=\(name)"))
        }
    }

    /// Modules beside the script are found from wherever it is run; `package.path` stays the user's.
    private static let searchBeside = """
        local folder = ...
        local beside = folder .. "?.lua;" .. folder .. "?/init.lua"
        local searchpath, loadfile, error = package.searchpath, loadfile, error
        table.insert(package.searchers, 2, function(name)
          local file, tried = searchpath(name, beside)
          if not file then return tried end
          local load, problem = loadfile(file)
          if load then return load, file end
          error(("error loading module '%s' from file '%s':\\n\\t%s"):format(name, file, problem), 0)
        end)
        """

    private func runFile(_ path: String, _ lua: LuaRuntime) async throws(LuaError) {
        let source = try contents(of: path)
        let folder = Self.folder(of: path)
        if !folder.isEmpty { _ = try await lua.run(Self.searchBeside, name: "=[start]", [.string(folder)]) }
        try await run(source, named: "@\(path)", scriptArguments(lua), lua)
    }

    /// The script without its ending, or a command that was misspelt.
    private static func meant(by path: String) -> String? {
        if FileManager.default.isReadableFile(atPath: path + ".lua") { return path + ".lua" }
        return Suggestion.closest(to: path, in: Fluxlua.program.commands.map(\.description.name))
    }

    private func contents(of path: String) throws(LuaError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            if code == ENAMETOOLONG {
                throw LuaError(kind: "usage", PictureFile.problem(opening: path, code: code))
            }
            let reason = String(cString: strerror(code)).lowercased()
            let meant = Self.meant(by: path).map { " (did you mean '\($0)'?)" } ?? ""
            throw LuaError(kind: "usage", "cannot open \(path): \(reason)\(meant)")
        }
        defer { close(file) }
        return try contents(of: file, named: path)
    }

    /// What `arg` holds by now: the code before the script may have changed it.
    private func scriptArguments(_ lua: LuaRuntime) async throws(LuaError) -> [LuaValue] {
        guard let arguments = try await lua.global("arg").table else {
            throw LuaError("'arg' is not a table")
        }
        return arguments.items
    }

    /// With its slash; empty for a file of the working folder.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// Of the script that is a file; nil when there is none.
    private var scriptFolder: String? {
        guard case .file(let path) = options.input else { return nil }
        return Self.folder(of: path)
    }

    // MARK: Scripts from someone else

    private func makeSandbox(out: String) throws(LuaError) -> LuaSandbox? {
        guard options.isSandboxed else { return nil }
        return try LuaSandbox(
            readable: scriptFolder.map { $0.isEmpty ? "." : $0 }, writable: out)
    }

    private static func access(to sandbox: LuaSandbox) -> FileAccess {
        FileAccess(
            refusalOfReading: { sandbox.refusal(of: $0, for: .reading) },
            refusalOfWriting: { sandbox.refusal(of: $0, for: .writing) })
    }

    private func runStandardInput(_ lua: LuaRuntime, _ session: Session) async throws(LuaError) {
        let source = try contents(of: STDIN_FILENO, named: "stdin")
        session.script = .source("stdin", source, arguments: givenArguments)
        try await run(source, named: "=stdin", scriptArguments(lua), lua)
    }

    /// Of the command line, behind the script.
    private var givenArguments: [String] { allArguments.filter { !isDetach($0) } }

    private var allArguments: [String] {
        Array(host.arguments.dropFirst((options.scriptIndex ?? host.arguments.count) + 1))
    }

    /// `--detach`, before the script or after it: whoever hands a script's work over says so last.
    private var detaches: Bool { plan == nil && (options.detaches || allArguments.contains { isDetach($0) }) }

    /// Whether it is no argument of the script's. Who writes `--` before the script wants all to be.
    private func isDetach(_ argument: String) -> Bool {
        guard argument == "--detach", let index = options.scriptIndex else { return false }
        return host.arguments[index - 1] != "--"
    }

    private func run(
        _ source: [UInt8], named name: String, _ arguments: [LuaValue], _ lua: LuaRuntime
    ) async throws(LuaError) {
        if source.starts(with: [0xFF, 0xFE]) || source.starts(with: [0xFE, 0xFF]) {
            throw LuaError(
                kind: "usage", "\(name.dropFirst()) is UTF-16 text, which editors may call Unicode: save it as UTF-8")
        }
        let function = try await lua.load(Self.withoutFirstComment(source), name: name, mode: "bt")
        try await lua.execute(function, arguments)
    }

    /// As the stock loader: a byte-order mark and a first line that begins with `#` are no Lua. The line's end stays, so
    /// that lines are counted right, but not before bytecode.
    static func withoutFirstComment(_ source: [UInt8]) -> ArraySlice<UInt8> {
        var source = source[...]
        if source.starts(with: [0xEF, 0xBB, 0xBF]) { source = source.dropFirst(3) }
        guard source.first == UInt8(ascii: "#") else { return source }
        let rest = source.drop { $0 != UInt8(ascii: "\n") }
        return rest.dropFirst().first == 0x1B ? rest.dropFirst() : rest
    }

    private func contents(of file: Int32, named name: String) throws(LuaError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk.prefix(count)
            } else if errno != EINTR {
                throw LuaError(kind: "usage", "cannot read \(name): \(String(cString: strerror(errno)).lowercased())")
            }
        }
    }
}
