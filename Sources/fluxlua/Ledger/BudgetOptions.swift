import CommandLineKit

/// `fluxlua budget`
struct BudgetOptions: RunnableCommand {
    enum Action: Equatable {
        case show
        /// Credits a day; nil: no budget.
        case set(Int?)
    }

    var ledger: String?
    var isJSON = false
    /// As typed.
    fileprivate var words: [String] = []
    /// Of the words.
    private(set) var action = Action.show

    mutating func validate() throws(UsageError) {
        switch words.first {
        case nil: action = .show
        case "none" where words.count == 1: action = .set(nil)
        case "set":
            guard words.count > 1 else { throw UsageError(budget: nil) }
            if words[1] == "none" {
                action = .set(nil)
                return
            }
            guard let credits = Self.credits(words[1]) else { throw UsageError(budget: words[1]) }
            action = .set(credits)
        case "none": throw UsageError(message: "'budget none' does not take '\(words[1])'")
        case let word?: throw UsageError(message: "'budget' takes 'set N/day' or 'none' (got '\(word)')")
        }
    }

    /// `5000/day` or `5000`; nil for anything else.
    private static func credits(_ text: String) -> Int? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 && parts[1] == "day" else { return nil }
        guard parts[0].allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(parts[0])
    }

    func run(in host: HostEnvironment) -> Int32 { BudgetCommand(host: host, options: self).run() }
}

extension UsageError {
    fileprivate init(budget text: String?) {
        let got = text.map { " (got '\($0)')" } ?? ""
        self.init(message: "'budget set' needs a whole number of credits a day, such as 5000/day\(got)")
    }
}

extension BudgetOptions {
    static let declaration = CommandDeclaration<BudgetOptions>(
        "budget", "show or set what all on a ledger may spend in a day",
        discussion: """
            Shows the team's budget: what all runs on the ledger together, on whichever machine, may spend with your key in a \
            day of UTC, and what is spent and reserved today. A request that could exceed it is refused before it is sent.

            Everybody on the ledger can change it, and it counts at once for all of them. The budgets of a run (--budget) and \
            of this machine's day (FLUX_BUDGET_DAY) count beside it.
            """,
        usage: ["budget [set N/day | none] [options]"],
        arguments: [
            Argument(
                "set | none", .atMostOnce, help: "set: the budget is as follows; none: there is no budget any more",
                completion: .words(["set", "none"])
            ) { options, text, _ in options.words.append(text) },
            Argument("N/day", .atMostOnce, help: "of set: credits, such as 5000/day") { options, text, _ in
                options.words.append(text)
            },
        ],
        options: [
            OptionGroup(
                "options", [.json(help: "one JSON object", \.isJSON), .ledger(help: "use another ledger", \.ledger)])
        ],
        examples: [
            Example("fluxlua budget", "what is left today"), Example("fluxlua budget set 5000/day", "for everybody"),
        ],
        variables: [.ledger, .key],
        exitStatuses: .usual)
}
