import CommandLineKit

/// `fluxlua resume`
struct ResumeOptions: RunnableCommand {
    var ledger: String?
    /// Ids of jobs whose outcome nobody knows, and that shall be sent again; `all` for each of them.
    var sendUnknown: [String] = []
    /// The key replaces another of the same owner.
    var hasNewKey = false
    var isJSON = false

    func run(in host: HostEnvironment) async -> Int32 { await ResumeCommand(host: host, options: self).run() }
}

extension ResumeOptions {
    static let declaration = CommandDeclaration<ResumeOptions>(
        "resume", "finish the jobs that are still open",
        discussion: """
            Finishes the jobs that are still open, without their scripts: requests whose answer was lost are sent again \
            under their keys, so that the service recognises them; jobs at the service are waited for; their pictures are \
            fetched. A script that is run again afterwards gets them at once.
            """,
        options: [
            OptionGroup(
                "options",
                [
                    .texts(
                        "--send-unknown", placeholder: "ID",
                        help:
                            "send again a job whose outcome is not known (state 'unknown'): if the service did make it, it is "
                            + "paid for twice. May be given several times; 'all' for every one",
                        completion: .words(["all"]), \.sendUnknown),
                    .flag(
                        "--new-key",
                        help:
                            "this key replaces an old one of yours: jobs of the old key are finished with the new one if the "
                            + "service shows them to it, and pictures made with the old key are not paid for again",
                        \.hasNewKey),
                    .json(help: "one JSON object for each job", \.isJSON),
                    .ledger(help: "use another ledger", \.ledger),
                ])
        ],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "every open job is finished"),
            ExitStatusDescription(ExitStatus.scriptFailed, "it could not be done"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
            ExitStatusDescription(ExitStatus.jobsFailed, "some failed or stay open"),
            ExitStatusDescription(ExitStatus.interrupted(by: 2), "interrupted"),
        ])
}
