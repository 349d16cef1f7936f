import CEdit
import LuaRuntime

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The prompt: lines in, results printed; an unfinished line asks for more.
struct Repl {
    let world: World
    let lua: LuaRuntime
    let exitRequest: ExitRequest
    let progress: ProgressReporter

    private static let show = """
        local load = ...
        local function show(...)
          for index = 1, select("#", ...) do
            io.write(flux.inspect((select(index, ...))), "\\n")
          end
        end
        show(load())
        """

    func run() async {
        world.writeOutput("\(Help.version)  -  Ctrl-D ends, flux.generate \"a red fox\" starts\n")
        guard let editor = LineEditor(history: historyFile) else {
            world.say("the terminal cannot be used for a prompt")
            return
        }
        var unfinished = ""
        progress.pause()
        while let line = editor.line(prompt: await prompt(isFirst: unfinished.isEmpty)) {
            guard case .text(let text) = line else {
                unfinished = ""
                continue
            }
            let source = unfinished.isEmpty ? text : unfinished + "\n" + text
            if source.allSatisfy(\.isWhitespace) { continue }
            do throws(LuaError) {
                guard let function = try await load(source) else {
                    unfinished = source
                    continue
                }
                unfinished = ""
                progress.resume()
                defer { progress.pause() }
                try await lua.execute(lua.load(Self.show.utf8, name: "=[repl]"), [.function(function)])
            } catch {
                unfinished = ""
                if exitRequest.status == nil { world.writeError(Ending.text(of: error) + "\n") }
            }
            editor.remember(source)
            if exitRequest.status != nil { return }
            if await lua.reachedLimit != nil { return }
            await lua.continueAfterInterrupt()
            fflush(nil)
        }
        world.writeOutput("\n")
        progress.resume()
    }

    /// What the user has chosen, as for the stock prompt, or the program's own.
    private func prompt(isFirst: Bool) async -> String {
        let name = isFirst ? "_PROMPT" : "_PROMPT2"
        let chosen = try? await lua.run("return \(name) and tostring(\(name))", name: "=[repl]")
        return chosen?.first?.string ?? (isFirst ? "flux> " : "   .. ")
    }

    /// An expression is shown, a statement is run; nil when the source needs more lines.
    private func load(_ text: String) async throws(LuaError) -> LuaFunction? {
        // As at the stock prompt, `=x` shows x.
        let source = text.hasPrefix("=") ? String(text.dropFirst()) : text
        if let expression = try? await lua.load("return \(source)".utf8, name: "=stdin") { return expression }
        do throws(LuaError) {
            return try await lua.load(source.utf8, name: "=stdin")
        } catch {
            if error.kind == "incomplete" { return nil }
            throw error
        }
    }

    private var historyFile: String? {
        if let folder = world.environment("XDG_STATE_HOME"), folder.hasPrefix("/") {
            return folder + "/fluxlua/history"
        }
        return world.environment("HOME").map { $0 + "/.local/state/fluxlua/history" }
    }
}
