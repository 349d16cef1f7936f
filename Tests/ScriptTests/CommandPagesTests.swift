import CommandLineKit
import FluxClient
import Foundation
import Testing

@testable import fluxlua

/// Help, the manual page and the documentation tell of the same commands and options, whatever is declared.
@Suite(.timeLimit(.minutes(5))) struct CommandPagesTests {
    private static let program = Fluxlua.program
    private static let commands = [program.main.description] + program.commands.map(\.description)

    @Test(arguments: commands.map(\.name)) func helpTellsOfEachOptionWithItsValue(_ name: String) throws {
        let command = try #require(Self.commands.first { $0.name == name })
        let help = Self.program.help(of: command, width: 100)
        for option in command.options { #expect(help.contains("\n  \(option.signature)"), "\(option.signature)") }
        for argument in command.arguments { #expect(help.contains(argument.placeholder)) }
        #expect(Self.program.help(of: Self.program.main.description, width: 100).contains("\n  \(name)"))
    }

    @Test func optionsAreSpelledOnceInACommand() {
        for command in Self.commands {
            let names = command.options.flatMap(\.names)
            #expect(Set(names).count == names.count, "\(command.name)")
            for name in names { #expect(name.hasPrefix("--") ? name.count > 3 : name.count == 2) }
            #expect(!command.exitStatuses.isEmpty && !command.summary.isEmpty, "\(command.name)")
        }
        #expect(Set(Self.commands.map(\.name)).count == Self.commands.count)
    }

    /// As `man` shows it, without a complaint of the formatter's.
    @Test func manualPageTellsOfEachOption() async throws {
        let program = try Program()
        defer { program.remove() }
        let page = try await program.run(["help", "--man"])
        #expect(page.status == 0 && page.output == Self.program.manualPage)
        let groff = URL(fileURLWithPath: "/usr/bin/groff")
        let shown = try await program.run(
            ["-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=200n"], input: page.output, of: groff)
        #expect(shown.error == "" && shown.status == 0)
        for command in Self.commands {
            #expect(shown.output.contains("fluxlua \(command.usageLines[0])".trimming("(see")), "\(command.name)")
            for option in command.options { #expect(shown.output.contains(option.signature), "\(option.signature)") }
            for variable in command.variables { #expect(shown.output.contains(variable.name)) }
            for example in command.examples { #expect(shown.output.contains(example.line), "\(example.line)") }
        }
    }

    @Test func tableOfTheDocumentationIsTheDeclaredOne() async throws {
        let path = "Sources/fluxlua/Documentation.docc/CommandLine.md"
        let page = try String(contentsOf: Program.root.appendingPathComponent(path), encoding: .utf8)
        let parts = page.components(separatedBy: "<!-- fluxlua help --markdown -->\n")
        try #require(parts.count == 3, "the page has the table between two such comments")
        #expect(parts[1] == Self.program.markdownTable, "'fluxlua help --markdown' prints what should stand there")
        for command in Self.commands {
            let row = try #require(
                parts[1].split(separator: "\n").first {
                    $0.hasPrefix("| `fluxlua \(command.name.isEmpty ? "script" : command.name)")
                })
            for option in command.options where option.names != ["-h", "--help"] {
                #expect(option.names.contains { row.contains("`\($0)`") }, "\(option.names)")
            }
        }
    }

    /// One line of Swift says it (Version.swift); the newest heading of the changelog repeats it.
    @Test func changelogBeginsWithTheVersion() throws {
        let changelog = try String(contentsOf: Program.root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
        let versions = changelog.matches(of: #/(?m)^## \[([^\]]+)\]/#).map { String($0.output.1) }
        #expect(versions.first { $0 != "Unreleased" } == ServiceConfiguration.version)
    }

    @Test func helpOnATopicIsThatOfTheCommandOrThePrompt() async throws {
        let program = try Program()
        defer { program.remove() }
        for command in Self.commands where !command.name.isEmpty {
            #expect(try await program.run(["help", command.name]).output == Self.program.help(of: command, width: 100))
        }
        #expect(try await program.run(["help"]).output == program.run(["--help"]).output)
        #expect(try await program.run(["help", "flux.sweep"]).output.hasPrefix("flux.sweep: "))
        #expect(
            try await program.run(["help", "resolution"]).output.hasPrefix("resolution: a parameter of flux-2-pro"))
        #expect(try await program.run(["version"]).output == program.run(["--version"]).output)
    }
}

extension String {
    /// What stands before a text, without the spaces at its end.
    fileprivate func trimming(_ text: String) -> String {
        String(components(separatedBy: text)[0].reversed().drop { $0 == " " }.reversed())
    }
}
