import CommandLineKit

/// `fluxlua worker`
struct WorkerOptions: RunnableCommand {
    var ledger: String?

    func run(in host: HostEnvironment) async -> Int32 { await WorkerCommand(host: host, options: self).run() }
}

extension WorkerOptions {
    static let declaration = CommandDeclaration<WorkerOptions>(
        "worker", "do what is open on the ledger, until it is stopped",
        discussion: """
            Sends what scripts have left to workers (--detach), takes over jobs of machines that are gone, and fetches the \
            pictures. It goes on until you interrupt it; several may run at a time, on any machines that share the ledger, \
            and each request is still made once. Ctrl-C stops it; what is at the service by then stays open on the ledger.
            """,
        options: [OptionGroup("options", [.ledger(help: "use another ledger", \.ledger)])],
        examples: [
            Example(
                "FLUX_LEDGER=postgresql://studio@db/flux fluxlua worker", "work for everyone on that ledger")
        ],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "it was told to stop"),
            ExitStatusDescription(ExitStatus.scriptFailed, "it could not be done"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
