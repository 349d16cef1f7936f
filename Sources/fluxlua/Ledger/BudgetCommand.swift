import FluxClient
import FluxJobs

/// `fluxlua budget`: what all who are on a ledger may spend in a day.
struct BudgetCommand {
    let host: HostEnvironment
    let options: BudgetOptions

    func run() -> Int32 {
        LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
            guard !session.usesLocalService else {
                throw FluxError(
                    .invalid,
                    "a budget is for the account of a key, and there is none: the local service costs nothing",
                    hint: "set APIFRAME_API_KEY, or run 'fluxlua login'")
            }
            let path = try session.ledgerPath()
            switch options.action {
            case .show:
                guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
                return tell(try LedgerReader(path: path).teamDay(of: session.account, now: host.now()))
            case .set(let credits):
                return tell(try LedgerAdministration(path: path).setTeamBudget(credits, of: session.account))
            }
        }
    }

    private func tell(_ day: TeamDay) -> Int32 {
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        if options.isJSON {
            let object: JSONValue = [
                "account": .string(day.account), "limit": number(day.limit), "spent": number(day.spent),
                "reserved": number(day.reserved), "left": number(day.left),
                "ends_at": .string(TimestampFormat.iso(day.ends)),
            ]
            return host.put(object.line)
        }
        let service = HistoryEntry.service(ofAccount: day.account)
        let budget = day.limit.map { "\(Self.credits($0)) a day" } ?? "none"
        let left = day.left.map { ", \($0) left" } ?? ""
        return host.put(
            """
            budget of the team at \(service): \(budget)
            today: \(Self.credits(day.spent)) spent, \(day.reserved) reserved\(left)
            the next day begins at midnight of UTC, \(TimestampFormat(now: host.now()).short(day.ends)) here

            """)
    }

    private static func credits(_ count: Int) -> String { "\(count) \(count == 1 ? "credit" : "credits")" }
}
