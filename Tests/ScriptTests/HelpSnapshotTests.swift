import CommandLineKit
import Foundation
import Testing

@testable import fluxlua

/// What help and mistakes look like, kept in `Tests/Snapshots`. `SNAPSHOTS=record swift test --filter Snapshot` writes them
/// anew; their differences are then read before they are committed.
@Suite(.timeLimit(.minutes(5))) struct HelpSnapshotTests {
    private static let folder = Program.root.appendingPathComponent("Tests/Snapshots")
    private static let pages = [Fluxlua.program.main.description] + Fluxlua.program.commands.map(\.description)

    private func expect(_ text: String, matches name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["SNAPSHOTS"] == "record" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(text == kept, "Tests/Snapshots/\(name) says something else")
    }

    @Test(arguments: pages.map(\.name)) func pageIsAsItWasRead(_ command: String) throws {
        let page = try #require(Self.pages.first { $0.name == command })
        let text = Fluxlua.program.help(of: page, width: 100)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
        try expect(text, matches: "help/\(command.isEmpty ? "fluxlua" : command).txt")
    }

    @Test func eachPageHasAFile() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appendingPathComponent("help").path)
        #expect(Set(files) == Set(Self.pages.map { "\($0.name.isEmpty ? "fluxlua" : $0.name).txt" }))
    }

    @Test func narrowTerminalsGetNarrowPages() {
        let text = Fluxlua.program.help(of: Fluxlua.program.main.description, width: 60)
        // What is code, and what is typed, stays as it is.
        let lines = text.split(separator: "\n").filter {
            !["  local", "  print", "usage", "       fluxlua"].contains(where: $0.hasPrefix)
        }
        #expect(lines.allSatisfy { $0.count <= 60 })
    }

    /// The likeliest ones: misspelt words, forgotten values, words that do not belong together.
    private static let mistakes: [[String]] = [
        ["paln", "sweep.lua"], ["job"], ["resmue"], ["sweep"], ["swep.lua"], ["folder"], ["--simulat", "sweep.lua"],
        ["--bugdet=5", "sweep.lua"], ["--budget", "sweep.lua"], ["--budget"], ["--budget", "10.5", "sweep.lua"],
        ["--max-jobs", "many", "sweep.lua"], ["--memory", "512", "sweep.lua"], ["--time", "1m", "sweep.lua"],
        ["--progress=bar", "sweep.lua"], ["--listen", "8090", "sweep.lua"], ["--simulate=yes", "sweep.lua"],
        ["--fault", "nonsense", "sweep.lua"], ["-x", "sweep.lua"], ["-e"], ["-e", "print('a'"],
        ["--json", "plan", "sweep.lua"], ["plan"], ["plan", "swep.lua"], ["jobs", "--sinse", "today"],
        ["jobs", "--since", "tomorrow"], ["jobs", "--status", "done"], ["jobs", "--limit", "all"], ["jobs", "41"],
        ["jobs", "--json=yes"], ["show"], ["show", "41", "42"], ["resume", "41"], ["cache", "clean"],
        ["cache", "--max", "big"], ["read"], ["read", "nowhere.jpg"], ["gallery", "out", "--run", "3"],
        ["gallery", "nowhere"], ["serve", "--port", "80800"],
        ["serve", "--prot", "80"], ["serve", "--speed", "slow"], ["serve", "--listen", "0.0.0.0", "--port", "0"],
        ["serve", "--key", "abc"], ["help", "polt"], ["new", "swep"], ["trust"],
        ["--set", "modle=flux-2-pro", "sweep.lua"], ["models", "flux-3-pro"], ["login", "afk_123"],
        ["help", "resolutoin"], ["help", "shet"], ["completion"], ["completion", "csh"],
    ]

    @Test func mistakesAreToldAsTheyWereRead() async throws {
        let program = try Program()
        defer { program.remove() }
        try program.write("print('ran')", to: "sweep.lua")
        try FileManager.default.createDirectory(at: program.file("folder"), withIntermediateDirectories: true)
        var text = ""
        for words in Self.mistakes {
            let result = try await program.run(words)
            let line = (["fluxlua"] + words).map { $0.contains(" ") || $0.contains("'") ? "\"\($0)\"" : $0 }
            text += "$ \(line.joined(separator: " "))\n\(result.output)\(result.error)(\(result.status))\n\n"
            #expect(result.status != 0 && !result.error.isEmpty, "\(words)")
        }
        try expect(text.replacing(program.data.path, with: "DATA"), matches: "mistakes.txt")
    }
}
