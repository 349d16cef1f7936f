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

    func run() async -> Int32 {
        let session: Session
        do throws(UsageError) {
            session = try Session(world: world, options: options)
        } catch {
            world.say("\(error.message)\ntry 'fluxlua --help'")
            return ExitStatus.usage
        }
        let module = FluxModule(
            notice: { world.writeError($0 + "\n") },
            openEngine: { settings throws(FluxError) in try session.openEngine(settings) })
        defer { session.close() }
        let exitRequest = ExitRequest()
        let lua: LuaRuntime
        do throws(LuaError) {
            lua = try LuaRuntime(ignoresEnvironment: options.ignoresEnvironment)
            try await lua.stopOnSignals(Signals.stoppingScripts)
            try await exitRequest.install(in: lua) { session.close() }
            try await prepare(lua, module)
        } catch {
            world.say(error.message)
            return ExitStatus.scriptFailed
        }
        let ending = Ending(world: world, module: module, lua: lua, exitRequest: exitRequest)
        let status: Int32
        do throws(LuaError) {
            try await steps(lua, ending, session)
            status = await ending.finished()
        } catch {
            status = await ending.failed(error)
        }
        // Finalizers run, as at the end of the stock interpreter.
        await lua.close()
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
            } else {
                table.pairs[.integer(Int64(place))] = .string(argument)
            }
        }
        try await lua.setGlobal("arg", to: .table(table))
        if options.showsLuaWarnings { _ = try await lua.run("warn('@on')", name: "=[start]") }
    }

    private func steps(_ lua: LuaRuntime, _ ending: Ending, _ session: Session) async throws(LuaError) {
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
        case .file(let path): try await runFile(path, lua)
        case .standardInput: try await runStandardInput(lua)
        case .none:
            if options.steps.isEmpty && !options.isInteractive {
                if world.inputIsTerminal {
                    return await Repl(world: world, lua: lua, exitRequest: ending.exitRequest).run()
                }
                try await runStandardInput(lua)
            }
        }
        if options.isInteractive { await Repl(world: world, lua: lua, exitRequest: ending.exitRequest).run() }
    }

    /// What the user lets run before every script, as the stock interpreter does: code, or `@` and a file.
    private func runInitialization(_ lua: LuaRuntime) async throws(LuaError) {
        guard !options.ignoresEnvironment,
            let name = ["LUA_INIT_5_4", "LUA_INIT"].first(where: { world.environment($0) != nil }),
            let code = world.environment(name)
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
        let folder = path.contains("/") ? path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/" : ""
        if !folder.isEmpty { _ = try await lua.run(Self.searchBeside, name: "=[start]", [.string(String(folder))]) }
        try await run(source, named: "@\(path)", scriptArguments(lua), lua)
    }

    private func contents(of path: String) throws(LuaError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw LuaError(kind: "usage", "cannot open \(path): \(String(cString: strerror(errno)).lowercased())")
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

    private func runStandardInput(_ lua: LuaRuntime) async throws(LuaError) {
        try await run(contents(of: STDIN_FILENO, named: "stdin"), named: "=stdin", scriptArguments(lua), lua)
    }

    private func run(
        _ source: [UInt8], named name: String, _ arguments: [LuaValue], _ lua: LuaRuntime
    ) async throws(LuaError) {
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
