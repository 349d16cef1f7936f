import CommandLineKit

/// `fluxlua ledger`
struct LedgerOptions: RunnableCommand {
    enum Action: Equatable {
        case initialise
        case check
        case move(from: String, to: String)
    }

    var ledger: String?
    var isJSON = false
    /// As typed.
    fileprivate var words: [String] = []
    /// Of the words.
    private(set) var action = Action.check

    mutating func validate() throws(UsageError) {
        switch words.first {
        case "init": action = .initialise
        case "check": action = .check
        case "move":
            guard words.count == 3 else {
                throw UsageError(message: "'ledger move' needs two ledgers: the old one and the new one")
            }
            guard ledger == nil else { throw UsageError(message: "'ledger move' does not take '--ledger'") }
            let places = words.dropFirst().map { Session.ledgerPath(of: $0) }
            guard places[0] != places[1] else {
                throw UsageError(message: "'ledger move' needs two different ledgers")
            }
            action = .move(from: places[0], to: places[1])
            return
        case let word:
            throw UsageError(message: "'ledger' takes 'init', 'check' or 'move FROM TO' (got '\(word ?? "")')")
        }
        if words.count > 1 { throw UsageError(message: "'ledger \(words[0])' does not take '\(words[1])'") }
    }

    func run(in host: HostEnvironment) -> Int32 { LedgerCommand(host: host, options: self).run() }
}

extension LedgerOptions {
    static let declaration = CommandDeclaration<LedgerOptions>(
        "ledger", "make, check or move a ledger, such as that of a team",
        discussion: """
            A ledger is a file, or a database of PostgreSQL that several machines share: postgresql://USER@HOST/DATABASE. libpq \
            finds the password (PGPASSWORD, ~/.pgpass, the service file) and does TLS as sslmode says, as in psql.

            init makes the ledger that --ledger or FLUX_LEDGER names, or brings an older one to this version. check tells where \
            it is and whether it is intact ('fluxlua doctor --ledger' also looks at the pictures). move copies all that one \
            ledger has into another that is empty, and leaves the old one as it is.
            """,
        usage: ["ledger init | check [options]", "ledger move FROM TO"],
        arguments: [
            Argument(
                "init | check | move", help: "what to do", completion: .words(["init", "check", "move"]),
                whenMissing: "'ledger' needs 'init', 'check' or 'move FROM TO'"
            ) { options, text, _ in options.words.append(text) },
            Argument(
                "FROM", .atMostOnce, help: "of move: the ledger that is copied, a file or an address",
                completion: .files(endings: ["sqlite"])
            ) { options, text, _ in options.words.append(text) },
            Argument(
                "TO", .atMostOnce, help: "of move: the new one, which must be empty or not there yet",
                completion: .files(endings: ["sqlite"])
            ) { options, text, _ in options.words.append(text) },
        ],
        options: [OptionGroup("options", [.json(\.isJSON), .ledger(help: "use another ledger", \.ledger)])],
        examples: [
            Example("fluxlua ledger init --ledger postgresql://studio@db/flux", "set up a team's ledger"),
            Example(
                "fluxlua ledger move ~/.local/share/fluxlua/ledger.sqlite postgresql://studio@db/flux",
                "take along what one machine has"),
        ],
        variables: [.ledger],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "done; nothing is wrong"),
            ExitStatusDescription(ExitStatus.scriptFailed, "it could not be done, or something is wrong"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
