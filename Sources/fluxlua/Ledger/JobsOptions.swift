import CommandLineKit
import FluxClient

/// `fluxlua jobs`
struct JobsOptions: RunnableCommand {
    var ledger: String?
    /// The service's words, the ledger's, or `open`; as typed.
    var status: String?
    var model: String?
    /// As typed.
    var since: String?
    var limit = 20
    var isJSON = false
    /// Goes on, and shows what changes.
    var watches = false

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 { try JobsCommand(host: host, options: self).run() }
}

extension JobsOptions {
    static let declaration = CommandDeclaration<JobsOptions>(
        "jobs", "list the jobs so far",
        discussion: """
            Lists what was requested, newest first: by this machine, or by all that share the ledger. The last column says what went wrong, if anything did.

            In a pipe or a file: one job per line, tabs between the columns, no header, nothing shortened.

            With --watch it goes on until Ctrl-C: in a terminal the list stays up to date, below what each machine of a team \
            has done since midnight, or --since. In a pipe or a file it writes a line for each job that is open or new, and \
            another one each time that something becomes of it.
            """,
        options: [
            OptionGroup(
                "options",
                [
                    .text(
                        "--status", placeholder: "WORD",
                        help:
                            "only jobs in this state: open (not finished), written, accepted, completed, fetched, failed, refused, "
                            + "unknown; or one of the service's own, such as PROCESSING",
                        completion: .words(JobsCommand.statusWords), \.status),
                    .text(
                        "--model", placeholder: "NAME", help: "only jobs of this model",
                        completion: .words(Catalogue.flux.models.map(\.id)), \.model),
                    .text(
                        "--since", placeholder: "WHEN",
                        help:
                            "only jobs requested since then: 30m, 2h, 3d, today, yesterday, 2026-11-20, \"2026-11-20 14:00\"",
                        completion: .words(["today", "yesterday"]), \.since),
                    .count("--limit", in: 1...1_000_000, help: "list at most N jobs (default 20)", \.limit),
                    .flag("--watch", help: "go on, and show what changes", \.watches),
                    .json(\.isJSON),
                    .ledger(\.ledger),
                ])
        ],
        examples: [
            Example("fluxlua jobs --since today --status failed", "what failed today"),
            Example("fluxlua jobs --json | jq .seed", "for other programs"),
            Example("fluxlua jobs --watch", "what the team is doing"),
        ],
        exitStatuses: .usual + [
            ExitStatusDescription(ExitStatus.interrupted(by: 2), "interrupted, with --watch")
        ])
}
