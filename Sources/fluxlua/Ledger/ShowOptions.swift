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
        "show", "show everything about one job",
        discussion: "Shows everything that is known about one job.",
        arguments: [
            Argument(
                "ID", help: "its number in 'fluxlua jobs', or its id at the service, or the beginning of that id",
                whenMissing: "'show' needs the id of a job, as 'fluxlua jobs' prints it"
            ) { options, text, _ in options.id = text }
        ],
        options: [OptionGroup("options", [.json(help: "one JSON object", \.isJSON), .ledger(\.ledger)])],
        examples: [Example("fluxlua show 41", "the job with this number")],
        exitStatuses: .usual)
}
