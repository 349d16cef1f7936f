import CommandLineKit
import Foundation
import Testing

@testable import fluxlua

/// Tab in the real shells.
@Suite(.timeLimit(.minutes(5))) struct CompletionTests {
    private static let commands = [Fluxlua.program.main.description] + Fluxlua.program.commands.map(\.description)

    private let program: Program

    init() throws {
        program = try Program()
        for name in ["sweep.lua", "my script.lua", "notes.txt", "a.sqlite"] { try program.write("", to: name) }
        try FileManager.default.createDirectory(at: program.file("pictures"), withIntermediateDirectories: true)
    }

    /// What is offered for each line, the last word being the one that is typed.
    private func bash(_ lines: [[String]]) async throws -> [[String]] {
        let script = try await program.run(["completion", "bash"]).output
        var asking =
            script
            + "\nask() { COMP_WORDS=(\"$@\") COMP_CWORD=$(($#-1)); _fluxlua; printf '%s\\n' \"${COMPREPLY[@]}\"; echo .; }\n"
        for line in lines {
            let words = (["fluxlua"] + line).map { "'" + $0.replacing("'", with: "'\\''") + "'" }
            asking += "ask \(words.joined(separator: " "))\n"
        }
        let result = try await program.run(["--norc"], input: asking, of: URL(fileURLWithPath: "/bin/bash"))
        #expect(result.error == "" && result.status == 0)
        return ("\n" + result.output).replacing("\n.\n", with: "\n.\n\n").components(separatedBy: "\n.\n").dropLast()
            .map {
                $0.split(separator: "\n").map(String.init).sorted()
            }
    }

    private func fish(_ lines: [String]) async throws -> [[String]] {
        var asking = try await program.run(["completion", "fish"]).output
        for line in lines {
            let quoted = line.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            asking += "complete -C '\(quoted)'\necho .\n"
        }
        let result = try await program.run(["--no-config"], input: asking, of: URL(fileURLWithPath: "/usr/bin/fish"))
        #expect(result.error == "" && result.status == 0)
        return ("\n" + result.output).components(separatedBy: "\n.").dropLast().map { part in
            part.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }.sorted()
        }
    }

    /// What stands in the line after Tab.
    private func zsh(_ lines: [String]) async throws -> [String] {
        try await program.write(program.run(["completion", "zsh"]).output, to: "_fluxlua")
        // What the shell itself is sent is one line each, in which "" keeps the echo from being taken for the answer.
        var asking = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1= PROMPT_EOL_MARK= ; stty -echo -onlcr; zstyle ":completion:*" list false'
            zpty -w shell 'autoload -Uz compinit; compinit -D -u; source ./_fluxlua'
            zpty -w shell 'tell() { print -r -- "<""<$BUFFER>>"; BUFFER= }; zle -N tell; bindkey "^Y" tell'
            zpty -w shell 'setopt no_auto_list no_auto_menu no_beep; print -r -- rea""dy'
            zpty -r -m shell line '*ready*'

            """
        for line in lines {
            asking += """
                zpty -w -n shell $'\(line)\\t\\x19'
                zpty -r -m shell line '*<<*>>*'
                print -r -- "${${line#*<<}%%>>*}"

                """
        }
        let result = try await program.run(["-f"], input: asking, of: URL(fileURLWithPath: "/usr/bin/zsh"))
        #expect(result.status == 0, "\(result.error)")
        return result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func bashOffersEachOptionOfEachCommand() async throws {
        defer { program.remove() }
        let offers = try await bash(Self.commands.map { ($0.name.isEmpty ? [] : [$0.name]) + ["--"] })
        for (command, offer) in zip(Self.commands, offers) {
            #expect(offer == command.options.flatMap(\.names).filter { $0.hasPrefix("--") }.sorted(), "\(command.name)")
        }
        #expect(offers.count == Self.commands.count)
    }

    @Test func fishOffersEachOptionOfEachCommand() async throws {
        defer { program.remove() }
        let offers = try await fish(Self.commands.map { "fluxlua \($0.name.isEmpty ? "" : $0.name + " ")--" })
        for (command, offer) in zip(Self.commands, offers) {
            let names = offer.map { String($0.prefix { $0 != "=" }) }
            #expect(names == command.options.flatMap(\.names).filter { $0.hasPrefix("--") }.sorted(), "\(command.name)")
        }
        #expect(offers.count == Self.commands.count)
    }

    @Test func zshKnowsEachOptionOfEachCommand() async throws {
        defer { program.remove() }
        let options = Self.commands.flatMap { command in
            command.options.compactMap { option -> (line: String, whole: String)? in
                guard let name = option.names.first(where: { $0.hasPrefix("--") }) else { return nil }
                let others = command.options.flatMap(\.names).filter { $0 != name }
                // As little as tells it from the others.
                let short = (3...name.count).lazy.map { String(name.prefix($0)) }
                    .first { short in !others.contains { $0.hasPrefix(short) } }
                guard let short else { return nil }
                let start = "fluxlua " + (command.name.isEmpty ? "" : command.name + " ")
                return (start + short, start + name + (option.placeholder == nil ? " " : "="))
            }
        }
        let completed = try await zsh(options.map(\.line))
        for (option, line) in zip(options, completed) { #expect(line == option.whole) }
        #expect(completed.count == options.count)
    }

    @Test func bashOffersValuesAndFiles() async throws {
        defer { program.remove() }
        let offers = try await bash([
            ["jo"], ["sw"], ["my"], ["jobs", "--status", "a"], ["jobs", "--status", "=", "a"], ["jobs", "--limit", ""],
            ["cache", ""], ["completion", "z"], ["--progress", "=", ""], ["--ledger", ""], ["plan", "--json", "s"],
            ["sweep.lua", "n"], ["-e", "x", "p"], ["--budget", "5", "sweep.lua", "--si"], ["jobs", "x"],
            ["help", "pl"],
        ])
        #expect(
            offers == [
                ["jobs"], ["sweep.lua"], ["my script.lua"], ["accepted"], ["accepted"], [], ["clear", "list"], ["zsh"],
                ["json", "lines"], ["a.sqlite", "pictures"], ["sweep.lua"], ["notes.txt"], ["pictures"], [], [],
                ["plan"],
            ])
    }

    @Test func fishOffersValuesAndFiles() async throws {
        defer { program.remove() }
        let offers = try await fish([
            "fluxlua jo", "fluxlua sw", "fluxlua jobs --status a", "fluxlua jobs --status=a", "fluxlua jobs --limit ",
            "fluxlua cache ", "fluxlua completion z", "fluxlua --progress=", "fluxlua plan --json sw",
            "fluxlua sweep.lua n", "fluxlua --budget 5 sweep.lua --si", "fluxlua help pl",
        ])
        #expect(
            offers == [
                ["jobs"], ["sweep.lua"], ["accepted"], ["--status=accepted"], [], ["clear", "list"], ["zsh"],
                ["--progress=json", "--progress=lines"], ["sweep.lua"], ["notes.txt"], [], ["plan"],
            ])
    }

    @Test func zshCompletesValuesAndFiles() async throws {
        defer { program.remove() }
        let lines = [
            ("fluxlua jo", "fluxlua jobs "), ("fluxlua sw", "fluxlua sweep.lua "),
            ("fluxlua jobs --status acc", "fluxlua jobs --status accepted "),
            ("fluxlua jobs --status=acc", "fluxlua jobs --status=accepted "),
            ("fluxlua completion z", "fluxlua completion zsh "),
            ("fluxlua plan --json sw", "fluxlua plan --json sweep.lua "),
            ("fluxlua --progress j", "fluxlua --progress json "), ("fluxlua cache cl", "fluxlua cache clear "),
            ("fluxlua sweep.lua no", "fluxlua sweep.lua notes.txt "), ("fluxlua help pl", "fluxlua help plan "),
        ]
        let completed = try await zsh(lines.map(\.0))
        #expect(completed == lines.map(\.1))
    }
}
