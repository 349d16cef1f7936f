import CommandLineKit
import Foundation
import Testing

@testable import fluxlua

/// The prompt, key by key.
@Suite(.timeLimit(.minutes(5))) struct PromptSessionTests {
    @Test func promptDoesWhatItPromisesAtATerminal() async throws {
        try await ServedService.run(["--job-time", "0.3"]) { service in
            let result = try await PythonSession.run("Terminal/prompt.py", service)
            #expect(result.status == 0, "\(result.error)")
        }
    }

    @Test func pipedInputHasNoPromptsAndNoColours() async throws {
        let program = try Program()
        defer { program.remove() }
        let result = try await program.run(
            ["-i"], input: "1 + 1\nfor i = 1, 2 do\nprint(i)\nend\n'x'\nerror('no')\n7\n")
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(Array(lines.dropFirst()) == ["2", "1", "2", "\"x\"", "7"], "\(result.output)")
        #expect(result.error.contains("no") && !result.output.contains("\u{1B}"))
    }

    @Test(arguments: [
        ("flux.gen", CompletionContext.name(path: ["flux"], prefix: "gen", isMethod: false)),
        ("print(job:sa", .name(path: ["job"], prefix: "sa", isMethod: true)),
        ("for i = 1, #flu", .name(path: [], prefix: "flu", isMethod: false)),
        ("flux.generate { reso", .field(function: "flux.generate", model: nil, given: [], prefix: "reso")),
        (
            "flux.generate({ prompt = 'x', ",
            .field(function: "flux.generate", model: nil, given: ["prompt"], prefix: "")
        ),
        (
            "flux.edit{model=\"flux-fill-pro\",ou",
            .field(function: "flux.edit", model: "flux-fill-pro", given: ["model"], prefix: "ou")
        ),
        (
            "flux.generate { resolution = ",
            .value(function: "flux.generate", model: nil, field: "resolution", prefix: "")
        ),
        (
            "flux.generate { resolution = \"1",
            .text(function: "flux.generate", model: nil, field: "resolution", prefix: "1")
        ),
        ("flux.read(\"out/", .text(function: "flux.read", model: nil, field: nil, prefix: "out/")),
        ("flux.read 'out/", .text(function: "flux.read", model: nil, field: nil, prefix: "out/")),
        ("x = { ", .name(path: [], prefix: "", isMethod: false)),
        ("flux.generate { prompt = job.pro", .name(path: ["job"], prefix: "pro", isMethod: false)),
        (":he", .command(prefix: "he")), ("?flux.g", .command(prefix: "flux.g")),
        ("-- a comment { \nflux.", .name(path: ["flux"], prefix: "", isMethod: false)),
    ])
    func contextOfTheCursorIsFound(text: String, context: CompletionContext) {
        #expect(CompletionContext(text) == context)
    }

    @Test(arguments: [
        (":help resolution", PromptCommand.help("resolution")), ("?flux.sweep", .help("flux.sweep")),
        (":save", .save(nil)), (":save mug", .save("mug")),
        (":again seed=8 prompt=\"a blue fox\"", .again(["seed": "8", "prompt": "a blue fox"])),
        (":set model=flux-1.1-pro", .set(["model": "flux-1.1-pro"])), (":show", .show("_")), (":q", .quit),
    ])
    func commandsAreRead(line: String, command: PromptCommand) throws {
        #expect(try PromptCommand(parsing: line) == command)
    }

    @Test(arguments: [":hlep", ":set", ":set model", ":load", ":quit now", ":again prompt=\"open"])
    func wrongCommandsAreTold(line: String) {
        #expect(throws: UsageError.self) { try PromptCommand(parsing: line) }
    }
}
