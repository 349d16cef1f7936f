import CommandLineKit
import Dispatch
import FluxClient
import FluxModule
import LuaRuntime
import Synchronization

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

/// The prompt: an expression shows its value, a job its picture; an unfinished entry asks for more.
struct Repl {
    let host: HostEnvironment
    let lua: LuaRuntime
    let module: FluxModule
    let exitRequest: ExitRequest
    let progress: ProgressReporter
    let output: TerminalOutput

    /// Runs an entry and prints what it gives; keeps the values in `_`, `_1`, `_2`, …; waits for a job, and shows it.
    private static let evaluate = """
        local load, options = ...
        local results = table.pack(load())
        for index = 1, results.n do
          local value = results[index]
          local is_job = type(value) == "userdata" and tostring(value):match("^job ")
          if is_job and not value.done then
            local _, err = flux.await(value, { timeout = false })
            if err then io.stderr:write(tostring(err), err.hint and "\\nhint: " .. err.hint or "", "\\n") end
          end
          io.write(flux.inspect(value, options), "\\n")
          if is_job and value.ok then flux.show(value) end
          if type(value) == "userdata" and tostring(value):match("^image ") then flux.show(value) end
          if value ~= nil then
            for back = 8, 1, -1 do _G["_" .. back + 1] = _G["_" .. back] end
            _1, _ = _, value
          end
        end
        """

    private struct State {
        var unfinished = ""
        var hasLeft = false
        var hasPrompt = false
        /// What ran well, for `:script` and `:edit`.
        var entries: [(source: String, isExpression: Bool)] = []
    }

    func run() async {
        host.writeOutput("\(Version.text)  -  :help lists the topics, Tab completes, Ctrl-D ends\n")
        let completer = Completer(lua: lua)
        let editor = LineEditor(history: historyFile, isTerminal: host.inputIsTerminal, output: output) { before in
            Self.blocking { await completer.completions(CompletionContext(before)) }
        }
        guard let editor else {
            host.say("the terminal cannot be used for a prompt")
            return
        }
        var state = State()
        progress.pause()
        while !state.hasLeft {
            let prompt = await prompt(isFirst: state.unfinished.isEmpty)
            state.hasPrompt = !prompt.isEmpty
            guard let line = await Self.line(editor, prompt, colours: hasColours, before: state.unfinished) else {
                if await mayLeave(editor) { break }
                continue
            }
            guard case .text(let text) = line else {
                state.unfinished = ""
                continue
            }
            let source = state.unfinished.isEmpty ? text : state.unfinished + "\n" + text
            if source.allSatisfy(\.isWhitespace) { continue }
            await take(source, &state)
            if state.unfinished.isEmpty, !Self.tellsAKey(source, host) {
                editor.remember(source)
            }
            if exitRequest.status != nil { return }
            if await lua.reachedLimit != nil { return }
            await lua.continueAfterInterrupt()
            fflush(nil)
        }
        if state.hasPrompt { host.writeOutput("\n") }
        progress.resume()
    }

    private var hasColours: Bool {
        host.inputIsTerminal && host.window() != nil && (host.environment("NO_COLOR") ?? "").isEmpty
            && host.environment("TERM") != "dumb"
    }

    /// Reading blocks, so it has a queue of its own.
    private static func line(
        _ editor: LineEditor, _ prompt: String, colours: Bool, before: String
    ) async -> LineEditor.Line? {
        let before = before.isEmpty ? "" : before + "\n"
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "fluxlua.prompt").async {
                continuation.resume(returning: editor.line(prompt: prompt, colours: colours, before: before))
            }
        }
    }

    /// Waits for an answer, on a thread that is none of Swift's tasks'.
    private static func blocking(
        _ body: @escaping @Sendable () async -> (prefix: String, all: [Completion])
    ) -> (prefix: String, all: [Completion]) {
        let done = DispatchSemaphore(value: 0)
        let value = Mutex<(prefix: String, all: [Completion])>(("", []))
        Task {
            let answer = await body()
            value.withLock { $0 = answer }
            done.signal()
        }
        done.wait()
        return value.withLock { $0 }
    }

    /// No key is ever kept in a history.
    private static func tellsAKey(_ text: String, _ host: HostEnvironment) -> Bool {
        if let key = try? host.serviceKey(), text.contains(key.text) { return true }
        return text.contains(#/\bafk_[A-Za-z0-9_]{6,}/#)
    }

    // MARK: Entries

    private func take(_ source: String, _ state: inout State) async {
        let first = source.first { !$0.isWhitespace }
        if state.unfinished.isEmpty, first == ":" && !source.hasPrefix("::") || first == "?" {
            do throws(UsageError) {
                await run(try PromptCommand(parsing: source), &state)
            } catch {
                host.writeError(error.message + "\n")
            }
            return
        }
        await evaluate(source, &state)
    }

    /// - Parameter isKept: whether it is a part of the session that `:script` writes.
    private func evaluate(_ source: String, _ state: inout State, isKept: Bool = true) async {
        do throws(LuaError) {
            guard let (function, isExpression) = try await load(source) else {
                state.unfinished = source
                return
            }
            state.unfinished = ""
            progress.resume()
            defer { progress.pause() }
            try await lua.execute(
                lua.load(Self.evaluate.utf8, name: "=[prompt]"), [.function(function), inspectOptions])
            if isKept { state.entries.append((source, isExpression)) }
        } catch {
            state.unfinished = ""
            if exitRequest.status != nil { return }
            if await lua.interruptingSignal != nil {
                host.writeError("interrupted\(openJobs > 0 ? "; the requested jobs go on" : "")\n")
            } else {
                host.writeError(RunEnding.text(of: module.explained(error)) + "\n")
            }
        }
    }

    private var inspectOptions: LuaValue {
        .fields([
            "colours": .boolean(hasColours), "width": LuaValue(max(20, (host.window()?.columns ?? 80) - 1)),
            "depth": 6,
            "items": 100,
        ])
    }

    /// What the user has chosen, as for the stock prompt, or the program's own, which only a terminal gets.
    private func prompt(isFirst: Bool) async -> String {
        let name = isFirst ? "_PROMPT" : "_PROMPT2"
        let chosen = try? await lua.run("return \(name) and tostring(\(name))", name: "=[repl]")
        return chosen?.first?.string ?? (!host.inputIsTerminal ? "" : isFirst ? "flux> " : "   .. ")
    }

    /// An expression is shown, a statement is run; nil when the source needs more lines.
    private func load(_ text: String) async throws(LuaError) -> (LuaFunction, isExpression: Bool)? {
        // As at the stock prompt, `=x` shows x.
        let source = text.hasPrefix("=") ? String(text.dropFirst()) : text
        if let expression = try? await lua.load("return \(source)".utf8, name: "=stdin") { return (expression, true) }
        do throws(LuaError) {
            return (try await lua.load(source.utf8, name: "=stdin"), false)
        } catch {
            if error.kind == "incomplete" { return nil }
            throw error
        }
    }

    // MARK: Leaving

    private var openJobs: Int { module.openedEngine?.openJobs.count ?? 0 }

    /// Asks once whether what is under way is waited for. Those that are not go on at the service.
    private func mayLeave(_ editor: LineEditor) async -> Bool {
        let count = openJobs
        guard count > 0, host.inputIsTerminal else { return true }
        let what = count == 1 ? "1 job is" : "\(count) jobs are"
        host.writeOutput("\n")
        let answer = await Self.line(
            editor, "\(what) under way: wait for the pictures? [Y/n] ", colours: false, before: "")
        guard case .text(let text)? = answer, text.lowercased().hasPrefix("n") else { return true }
        await module.openedEngine?.shutDown()
        host.say("left open: 'fluxlua resume' fetches the pictures")
        return true
    }

    // MARK: Commands

    private func run(_ command: PromptCommand, _ state: inout State) async {
        switch command {
        case .help(let topic): host.writeOutput(HelpTopic.text(for: topic))
        case .quit: state.hasLeft = true
        case .jobs: await evaluateQuietly("for _, job in ipairs(flux.jobs { limit = 20 }) do print(job) end", &state)
        case .cost:
            guard let engine = module.openedEngine, engine.tally.count > 0 else {
                return host.writeOutput("nothing was requested so far\n")
            }
            let isPaid = engine.ledger?.run.account.isInProcess != true
            host.writeOutput(engine.tally.line(isPaid: isPaid) + "\n")
        case .set(let pairs):
            let fields = pairs.sorted { $0.key < $1.key }.map { "\($0.key) = \(Self.lua($0.value))" }
            await evaluateQuietly("flux.config { \(fields.joined(separator: ", ")) }", &state, isKept: true)
        case .last: await withLast(&state, "flux.show(job)")
        case .show(let expression): await evaluateQuietly("flux.show(\(expression))", &state)
        case .save(let name):
            await withLast(&state, "print(flux.save(job\(name.map { ", \(Self.quoted(Self.pattern($0)))" } ?? "")))")
        case .again(let changes): await again(changes, &state)
        case .edit: await edit(&state)
        case .load(let file): await evaluateQuietly("dofile(\(Self.quoted(file)))", &state, isKept: true)
        case .script(let file): writeScript(to: file, state)
        }
    }

    /// Runs Lua of a command; what it says, it prints.
    private func evaluateQuietly(_ source: String, _ state: inout State, isKept: Bool = false) async {
        await evaluate("do \(source) end", &state, isKept: isKept)
    }

    private func withLast(_ state: inout State, _ source: String) async {
        guard let last = module.lastJob else { return host.writeError("no picture was requested so far\n") }
        do throws(LuaError) {
            progress.resume()
            defer { progress.pause() }
            _ = try await lua.run("local job = ... \(source)", name: "=[prompt]", [last])
        } catch {
            host.writeError(RunEnding.text(of: module.explained(error)) + "\n")
        }
    }

    private func again(_ changes: [String: String], _ state: inout State) async {
        guard let last = module.lastJob else { return host.writeError("no picture was requested so far\n") }
        let fields = changes.map { "request.\($0.key) = \(Self.lua($0.value))" }.joined(separator: " ")
        let build = """
            local job = ...
            local request = {}
            for name, value in pairs(job.params) do request[name] = value end
            request.model, request.prompt, request.name = job.model, job.prompt ~= "" and job.prompt or nil, job.name
            request.seed = \(changes.isEmpty ? "nil" : "job.seed")
            \(fields)
            return job.model, (request.mask or request.outpaint) and "edit" or "generate",
              flux.inspect(request, { width = 1e6 })
            """
        do throws(LuaError) {
            let built = try await lua.run(build, name: "=[prompt]", [last]).compactMap(\.string)
            guard built.count == 3 else { return }
            let call = Catalogue.flux[built[0]]?.call.rawValue ?? built[1]
            // A call as somebody would type it, so that it is checked, shown and kept as one.
            await evaluate("flux.\(call) \(built[2])", &state)
        } catch {
            host.writeError(RunEnding.text(of: module.explained(error)) + "\n")
        }
    }

    /// Opens the last entry in the user's editor and runs what comes back.
    private func edit(_ state: inout State) async {
        let editor = host.environment("VISUAL") ?? host.environment("EDITOR") ?? "vi"
        let path = FileManager.default.temporaryDirectory.path + "/fluxlua-\(getpid()).lua"
        defer { unlink(path) }
        do {
            try Data((state.entries.last?.source ?? "").utf8).write(
                to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            return host.writeError("cannot write \(path): \(error)\n")
        }
        let quoted = "'" + path.replacing("'", with: "'\\''") + "'"
        await evaluateQuietly("os.execute(\(Self.quoted("\(editor) \(quoted)")))", &state)
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let source = String(decoding: data, as: UTF8.self)
        if !source.allSatisfy(\.isWhitespace) {
            host.writeOutput(source.hasSuffix("\n") ? source : source + "\n")
            await take(source, &state)
        }
        state.unfinished = ""
    }

    private func writeScript(to file: String, _ state: State) {
        guard !FileManager.default.fileExists(atPath: file) else {
            return host.writeError("\(file) already exists; choose another name\n")
        }
        // An expression alone is no statement; the later ones may use its value.
        let lines = state.entries.map { entry in
            entry.isExpression ? "_1, _ = _, (\(entry.source.drop { $0 == "=" }))" : entry.source
        }
        let text = "-- A session at fluxlua's prompt.\n" + lines.map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(filePath: file))
            host.writeOutput("\(file)\n")
        } catch {
            host.writeError("cannot write \(file): \(error)\n")
        }
    }

    /// A name alone is a file of its own; the ending follows from the picture.
    private static func pattern(_ name: String) -> String {
        name.contains("{") || name.hasSuffix("/") || name.contains(".") ? name : name + ".{ext}"
    }

    /// A value as Lua reads it: a number, true or false, or text.
    private static func lua(_ value: String) -> String {
        if Int64(value) != nil || Double(value) != nil || value == "true" || value == "false" { return value }
        return quoted(value)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }

    private var historyFile: String? {
        (try? host.stateFolder()).map { $0 + "/history" }
    }
}
