import CommandLineKit

/// `fluxlua forget ID…`
struct ForgetOptions: RunnableCommand {
    var ledger: String?
    var ids: [String] = []

    func run(in host: HostEnvironment) -> Int32 { ForgetCommand(host: host, options: self).run() }
}

extension ForgetOptions {
    static let declaration = CommandDeclaration<ForgetOptions>(
        "forget", "close jobs that never reached any service",
        discussion: """
            Closes open jobs that never reached any service, for example because the address was wrong. They cost nothing, \
            and a script that requests them again sends them. A job that a service has, or may have, cannot be forgotten: it \
            may cost credits, and 'fluxlua resume' finishes it.
            """,
        arguments: [
            Argument(
                "ID", .severalTimes, help: "of a job, as 'fluxlua jobs' prints it",
                whenMissing: "'forget' needs at least one id of a job, as 'fluxlua jobs' prints it"
            ) { options, text, _ in
                options.ids.append(text)
            }
        ],
        options: [OptionGroup("options", [.ledger(help: "use another ledger", \.ledger)])],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "all of them are closed"),
            ExitStatusDescription(ExitStatus.scriptFailed, "at least one is not"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
