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

    func run(in host: HostEnvironment) throws(UsageError) -> Int32 { try JobsCommand(host: host, options: self).run() }
}

extension JobsOptions {
    static let declaration = CommandDeclaration<JobsOptions>(
        "jobs", "what was asked for so far",
        discussion: """
            What this machine has asked for, newest first. The last column tells what went wrong, where something did.

            In a pipe or a file: one job a line, tabs between the columns, no title, nothing cut.
            """,
        options: [
            OptionGroup(
                "options",
                [
                    .text(
                        "--status", placeholder: "WORD",
                        help:
                            "only those in a state: open (no end yet), written, accepted, completed, fetched, failed, refused, "
                            + "unknown; or a word of the service's, such as PROCESSING",
                        completion: .words(JobsCommand.statusWords), \.status),
                    .text(
                        "--model", placeholder: "NAME", help: "only those of one model",
                        completion: .words(Catalogue.flux.models.map(\.id)), \.model),
                    .text(
                        "--since", placeholder: "WHEN",
                        help:
                            "only those asked for since then: 30m, 2h, 3d, today, yesterday, 2026-11-20, \"2026-11-20 14:00\"",
                        completion: .words(["today", "yesterday"]), \.since),
                    .count("--limit", in: 1...1_000_000, help: "at most so many (default 20)", \.limit),
                    .json(\.isJSON),
                    .ledger(\.ledger),
                ])
        ],
        examples: [
            Example("fluxlua jobs --since today --status failed", "what failed today"),
            Example("fluxlua jobs --json | jq .seed", "for other programs"),
        ],
        exitStatuses: .usual)
}
