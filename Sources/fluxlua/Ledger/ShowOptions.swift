import CommandLineKit

/// `fluxlua show ID`
struct ShowOptions: RunnableCommand {
    var ledger: String?
    var id = ""
    var isJSON = false

    func run(in host: HostEnvironment) -> Int32 { ShowCommand(host: host, options: self).run() }
}

extension ShowOptions {
    static let declaration = CommandDeclaration<ShowOptions>(
        "show", "everything that is known of one of these jobs",
        discussion: "Everything that is known of one job.",
        arguments: [
            Argument(
                "ID", help: "its number in 'fluxlua jobs', or the service's id of it, or the beginning of that",
                whenMissing: "'show' needs the id of a job, as 'fluxlua jobs' prints it"
            ) { options, text, _ in options.id = text }
        ],
        options: [OptionGroup("options", [.json(help: "one JSON object", \.isJSON), .ledger(\.ledger)])],
        examples: [Example("fluxlua show 41", "the job with this number")],
        exitStatuses: .usual)
}
