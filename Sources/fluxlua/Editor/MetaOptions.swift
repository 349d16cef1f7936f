import CommandLineKit
import FluxClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `fluxlua meta [FOLDER]`
struct MetaOptions: RunnableCommand {
    var folder = "."

    /// Below the folder; hidden, since nobody edits it.
    static let definitions = ".luals/flux.lua"
    static let settings = ".luarc.json"

    /// The Lua language server's settings for a folder of scripts.
    static let settingsText = """
        {
          "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
          "runtime.version": "Lua 5.4",
          "workspace.library": [".luals"]
        }

        """

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 {
        var text = ""
        do throws(FluxError) {
            try Self.write(EditorDefinitions.text(of: .flux), to: "\(folder)/\(Self.definitions)")
            text += "\(folder)/\(Self.definitions): the definitions of flux\n"
            let settings = "\(folder)/\(Self.settings)"
            if FileManager.default.fileExists(atPath: settings) {
                if !Self.namesTheLibrary(settings) {
                    host.say(
                        "\(settings) already exists, and was left unchanged; add to it: \"workspace.library\": [\".luals\"]"
                    )
                }
            } else {
                try Self.write(Self.settingsText, to: settings)
                text += "\(settings): tells the Lua language server where they are\n"
            }
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
        return host.put(text)
    }

    private static func namesTheLibrary(_ path: String) -> Bool {
        (try? String(contentsOfFile: path, encoding: .utf8))?.contains("\".luals\"") ?? false
    }

    private static func write(_ text: String, to path: String) throws(FluxError) {
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw FluxError(.io, "cannot write \(path): \(error)")
        }
    }
}

extension MetaOptions {
    static let declaration = CommandDeclaration<MetaOptions>(
        "meta", "write definitions, so that editors complete and check flux.generate { … }",
        discussion: """
            Writes definitions for the Lua language server (LuaLS), which VS Code, Neovim, Emacs and others use: every \
            function of flux, and each model's parameters with their values and defaults. Run it again after an update of \
            fluxlua.
            """,
        arguments: [
            Argument(
                "FOLDER", .atMostOnce, help: "where your scripts are (default: here)", completion: .folders
            ) { options, text, _ in options.folder = text }
        ],
        sections: [
            HelpSection(
                "files",
                """
                  .luals/flux.lua    the definitions; always replaced
                  .luarc.json        tells the language server where they are; yours is never overwritten
                """)
        ],
        examples: [Example("fluxlua meta", "in the folder of your scripts; then open it in your editor")],
        exitStatuses: .usual)
}
