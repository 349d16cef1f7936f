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
            Closes open jobs that never reached any service: nobody was there when they were sent, as with a wrong address. \
            They cost nothing, and a script that asks for them again sends them. A job that a service has, or may have, is not \
            forgotten: it may be paid, and 'fluxlua resume' finishes it.
            """,
        arguments: [
            Argument(
                "ID", .severalTimes, help: "of a job, as 'fluxlua jobs' prints it",
                whenMissing: "'forget' needs the id of a job, or several, as 'fluxlua jobs' prints them"
            ) { options, text, _ in
                options.ids.append(text)
            }
        ],
        options: [OptionGroup("options", [.ledger(help: "use another ledger", \.ledger)])],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "all of them are closed"),
            ExitStatusDescription(ExitStatus.scriptFailed, "one of them is not"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
