import CommandLineKit
import FluxClient

/// `fluxlua help [TOPIC]`
struct HelpOptions: RunnableCommand {
    var topic: String?
    var printsManual = false
    var printsTable = false

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 {
        let program = Fluxlua.program
        if printsManual { return host.put(program.manualPage) }
        if printsTable { return host.put(program.markdownTable) }
        guard let topic else { return host.put(program.help(of: program.main.description, width: host.helpWidth)) }
        if let command = program[topic] { return host.put(program.help(of: command, width: host.helpWidth)) }
        if let text = HelpTopic.known(topic) { return host.put(text) }
        // Functions without 'flux.' too, as they may be asked for.
        let known = program.commands.map(\.description.name) + HelpTopic.functions + HelpTopic.names()
        throw UsageError(message: "there is no help on '\(topic)'\(Suggestion.question(for: topic, in: known))")
    }
}

extension HelpOptions {
    static let declaration = CommandDeclaration<HelpOptions>(
        "help", "explain a command, a function, a model or a parameter",
        arguments: [
            Argument(
                "TOPIC", .atMostOnce,
                help:
                    "a command, a function of the flux table (flux.sweep), a model (flux-2-pro) or one of its parameters "
                    + "(resolution); without one: the list of commands",
                completion: .commands
            ) { options, text, _ in options.topic = text }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .flag("--man", help: "the manual page, for man(1)", \.printsManual),
                    .flag("--markdown", help: "the table of the commands, as Markdown", \.printsTable),
                ])
        ],
        examples: [
            Example("fluxlua help plan", "the command plan"),
            Example("fluxlua help resolution", "a parameter, and the models that take it"),
            Example("fluxlua help --man > ~/.local/share/man/man1/fluxlua.1", "the manual page, for man fluxlua"),
        ],
        exitStatuses: .usual)
}

extension HostEnvironment {
    /// Characters of a line of help.
    var helpWidth: Int { min(max(outputWidth ?? 100, 60), 100) }
}
