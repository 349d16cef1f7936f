import CommandLineKit

/// `fluxlua doctor`
struct DoctorOptions: RunnableCommand {
    /// Another ledger than the usual one.
    var ledger: String?
    var looksAtLedger = false
    var isJSON = false

    mutating func validate() throws(UsageError) {
        guard looksAtLedger else { throw UsageError(message: "'doctor' needs to know what to look at: --ledger") }
    }

    func run(in world: World) -> Int32 { DoctorCommand(world: world, options: self).run() }
}

extension DoctorOptions {
    static let declaration = CommandDeclaration<DoctorOptions>(
        "doctor", "check that what was asked for and the kept pictures agree",
        discussion: """
            Checks that the ledger is whole, and that the pictures it knows are here as they were fetched. Reads all of both, \
            which may take a while, and changes nothing. Says what it found and what to do.
            """,
        usage: ["doctor --ledger [FILE] [options]"],
        arguments: [
            Argument("FILE", .atMostOnce, help: "another ledger", completion: .files(endings: ["sqlite"])) {
                options, text, _ in options.ledger = text
            }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .flag("--ledger", help: "look at the ledger, and at the pictures that it knows", \.looksAtLedger),
                    .json(help: "one JSON object for each finding, and one for the sum", \.isJSON),
                ])
        ],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "all is well"),
            ExitStatusDescription(ExitStatus.scriptFailed, "something is wrong"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
