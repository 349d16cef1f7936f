import CommandLineKit

/// `fluxlua completion SHELL`
struct CompletionOptions: RunnableCommand {
    var shell = Shell.bash

    func run(in host: HostEnvironment) -> Int32 { host.put(Fluxlua.program.completionScript(for: shell)) }
}

extension CompletionOptions {
    private static let shells = Shell.allCases.map(\.rawValue)

    static let declaration = CommandDeclaration<CompletionOptions>(
        "completion", "print Tab completion for your shell: commands, options and their values",
        discussion: "Prints a script with which your shell completes the command lines of fluxlua.",
        arguments: [
            Argument(
                "SHELL", help: "bash, zsh or fish", completion: .words(shells),
                whenMissing: "'completion' needs the name of a shell: bash, zsh or fish"
            ) { options, text, _ throws(UsageError) in
                guard let shell = Shell(rawValue: text) else {
                    throw UsageError(message: "there is completion for bash, zsh and fish (got '\(text)')")
                }
                options.shell = shell
            }
        ],
        examples: [
            Example("fluxlua completion bash >> ~/.bash_completion", "for bash; open a new shell then"),
            Example("fluxlua completion zsh > \"${fpath[1]}/_fluxlua\"", "for zsh"),
            Example("fluxlua completion fish > ~/.config/fish/completions/fluxlua.fish", "for fish"),
        ],
        exitStatuses: .usual)
}
