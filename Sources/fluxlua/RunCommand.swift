import FluxClient
import FluxJobs
import FluxModule
import LuaRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fluxlua script.lua`, `-e`, stdin, and the prompt: one Lua state from the first to the last.
struct RunCommand {
    let world: World
    let options: RunOptions
    /// Set while a plan is made: then nothing is sent.
    var plan: PlanBook?

    func run() async -> Int32 {
        let session: Session
        do throws(UsageError) {
            session = try Session(world: world, options: options)
        } catch {
            world.say("\(error.message)\ntry 'fluxlua --help'")
            return ExitStatus.usage
        }
        let limits = options.isSandboxed ? options.limits.ofSandbox : options.limits
        let sandbox: LuaSandbox?
        do throws(LuaError) {
            sandbox = try makeSandbox()
        } catch {
            world.say(error.message)
            return ExitStatus.usage
        }
        var settings = FluxSettings()
        settings.highestBudget = options.budget
        let module = FluxModule(
            settings: settings,
            restrictions: Restrictions(maximumJobs: limits.jobs, files: sandbox.map(Self.access)),
            writesFiles: plan == nil,
            notice: { world.writeError($0 + "\n") },
            openEngine: { [plan] settings throws(FluxError) in
                if let plan { return try session.openPlan(settings, plan) }
                return try session.openEngine(settings)
            })
        let exitRequest = ExitRequest()
        let limitEnding = LimitEnding(world: world, module: module, limits: limits) {
            session.close(status: ExitStatus.scriptFailed)
        }
        let lua: LuaRuntime
        do throws(LuaError) {
            lua = try LuaRuntime()
            try await lua.stopOnSignals(Signals.stoppingScripts)
            if let sandbox { try await lua.confine(to: sandbox) }
            // What is open then is taken up by the next run.
            try await exitRequest.install(in: lua) { session.close(status: ExitStatus.scriptFailed) }
            try await prepare(lua, module)
            try await lua.limit(limits.ofLua) { limitEnding.leave($0) }
        } catch {
            world.say(error.message)
            return ExitStatus.scriptFailed
        }
        let ending = Ending(
            world: world, module: module, lua: lua, exitRequest: exitRequest, limits: limitEnding,
            summarizes: plan == nil)
        let status: Int32
        do throws(LuaError) {
            try await steps(lua, ending, session)
            status = await ending.finished()
        } catch {
            status = await ending.failed(error)
        }
        // Finalizers run, as at the end of the stock interpreter.
        await lua.close()
        session.close(status: status)
        return status
    }

    private func prepare(_ lua: LuaRuntime, _ module: FluxModule) async throws(LuaError) {
        try await module.install(in: lua)
        var table = LuaTable()
        let script = options.scriptIndex ?? 0
        for (index, argument) in world.arguments.enumerated() {
            let place = index - script
            if place >= 1 {
                table.items.append(.string(argument))
            } else if place == 0 || !options.isSandboxed {
                table.pairs[.integer(Int64(place))] = .string(argument)
            }
        }
        try await lua.setGlobal("arg", to: .table(table))
        if options.showsLuaWarnings { _ = try await lua.run("warn('@on')", name: "=[start]") }
    }

    private func steps(_ lua: LuaRuntime, _ ending: Ending, _ session: Session) async throws(LuaError) {
        for step in options.steps {
            switch step {
            case .execute(let code):
                try await lua.execute(lua.load(code.utf8, name: "=(command line)"))
            case .require(let name):
                // Called by pcall, what is raised names no place in this chunk.
                let load = """
                    local name = ...
                    local ok, module = pcall(require, name)
                    if not ok then error(module, 0) end
                    _G[name] = module
                    """
                _ = try await lua.run(load, name: "=[start]", [.string(name)])
            }
        }
        switch options.input {
        case .file(let path):
            session.script = .file(path, arguments: scriptArguments)
            try await runFile(path, lua)
        case .standardInput: try await runStandardInput(lua, session)
        case .none:
            if options.steps.isEmpty && !options.isInteractive {
                if world.inputIsTerminal {
                    session.script = .prompt
                    return await Repl(world: world, lua: lua, exitRequest: ending.exitRequest).run()
                }
                try await runStandardInput(lua, session)
            }
        }
        if options.isInteractive { await Repl(world: world, lua: lua, exitRequest: ending.exitRequest).run() }
    }

    private func runFile(_ path: String, _ lua: LuaRuntime) async throws(LuaError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw LuaError(kind: "usage", "cannot open \(path): \(String(cString: strerror(errno)).lowercased())")
        }
        defer { close(file) }
        let source = try contents(of: file, named: path)
        // Modules beside the script are found from wherever it is run.
        let folder = Self.folder(of: path)
        if !folder.isEmpty {
            _ = try await lua.run(
                "local folder = ...; package.path = folder .. '?.lua;' .. folder .. '?/init.lua;' .. package.path",
                name: "=[start]", [.string(folder)])
        }
        try await run(source, named: "@\(path)", lua)
    }

    /// With its slash; empty for a file of the working folder.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    // MARK: Scripts from someone else

    private func makeSandbox() throws(LuaError) -> LuaSandbox? {
        guard options.isSandboxed else { return nil }
        var readable: String?
        if case .file(let path) = options.input { readable = Self.folder(of: path) }
        return try LuaSandbox(readable: readable.map { $0.isEmpty ? "." : $0 }, writable: FluxSettings().out)
    }

    private static func access(to sandbox: LuaSandbox) -> FileAccess {
        FileAccess(
            refusalOfReading: { sandbox.refusal(of: $0, for: .reading) },
            refusalOfWriting: { sandbox.refusal(of: $0, for: .writing) })
    }

    private func runStandardInput(_ lua: LuaRuntime, _ session: Session) async throws(LuaError) {
        let source = try contents(of: STDIN_FILENO, named: "stdin")
        session.script = .source("stdin", source, arguments: scriptArguments)
        try await run(source, named: "=stdin", lua)
    }

    private var scriptArguments: [String] {
        Array(world.arguments.dropFirst((options.scriptIndex ?? world.arguments.count) + 1))
    }

    private func run(_ source: [UInt8], named name: String, _ lua: LuaRuntime) async throws(LuaError) {
        let function = try await lua.load(Self.withoutFirstComment(source), name: name, mode: "bt")
        try await lua.execute(function, scriptArguments.map(LuaValue.string))
    }

    /// As the stock loader: a byte-order mark and a first line that begins with `#` are no Lua. The line's end stays, so
    /// that lines are counted right.
    static func withoutFirstComment(_ source: [UInt8]) -> ArraySlice<UInt8> {
        var source = source[...]
        if source.starts(with: [0xEF, 0xBB, 0xBF]) { source = source.dropFirst(3) }
        guard source.first == UInt8(ascii: "#") else { return source }
        return source.drop { $0 != UInt8(ascii: "\n") }
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
