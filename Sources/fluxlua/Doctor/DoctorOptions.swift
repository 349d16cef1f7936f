import CommandLineKit

/// `fluxlua doctor`
struct DoctorOptions: RunnableCommand {
    var isOffline = false
    var looksAtLedger = false
    /// Another ledger than the usual one.
    var ledger: String?
    var isJSON = false

    mutating func validate() throws(UsageError) {
        guard looksAtLedger || ledger == nil else {
            throw UsageError(message: "'doctor' takes a file only after '--ledger'")
        }
    }

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        if looksAtLedger {
            return LedgerCheck(host: host, ledger: ledger, isJSON: isJSON, looksAtPictures: true).run()
        }
        var isWrong = false
        var status = ExitStatus.success
        func tell(_ findings: [Finding]) {
            for finding in findings {
                isWrong = isWrong || finding.verdict == .wrong
                guard status == ExitStatus.success else { return }
                status = host.put(isJSON ? finding.json.line : finding.line)
            }
        }
        let doctor = Doctor(host: host)
        tell(doctor.program())
        tell(doctor.key())
        if !isOffline { tell(await doctor.service()) }
        tell(doctor.folders())
        tell(await doctor.settings())
        tell(doctor.jobs())
        tell(doctor.screen())
        guard status == ExitStatus.success else { return status }
        return isWrong ? ExitStatus.scriptFailed : ExitStatus.success
    }
}

extension DoctorOptions {
    static let declaration = CommandDeclaration<DoctorOptions>(
        "doctor", "check what works on this machine, with advice on the rest",
        discussion: """
            Checks the key, the service and the connection to it, the clock, the folders, the disk, the settings and where \
            each comes from, the ledger, the terminal and the fonts. Each line is good, a note, or WRONG with advice.

            With --ledger it checks the whole ledger instead: whether it is intact, and whether its pictures are still here, \
            unchanged. This may take a while, and changes nothing.
            """,
        arguments: [
            Argument(
                "FILE", .atMostOnce, help: "after --ledger: another ledger, a file or a postgresql:// address",
                completion: .files(endings: ["sqlite"])
            ) { options, text, _ in options.ledger = text }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .flag("--offline", help: "do not ask the service", \.isOffline),
                    .flag(
                        "--ledger", help: "check the ledger, and the pictures that it knows", \.looksAtLedger),
                    .json(help: "one JSON object a line", \.isJSON),
                ])
        ],
        examples: [
            Example("fluxlua doctor", "before the first picture, and when something does not work"),
            Example("fluxlua doctor --ledger", "after a crash or a full disk"),
        ],
        variables: [.key, .baseURL],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "nothing is wrong"),
            ExitStatusDescription(ExitStatus.scriptFailed, "something is wrong"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
