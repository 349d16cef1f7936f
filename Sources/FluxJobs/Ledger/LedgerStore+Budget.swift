import FluxClient
import SQL

/// The limits under which requests are written down.
struct BudgetLimits: Sendable, Hashable {
    /// Credits of a run, with what it took up of earlier ones.
    var run: Int?
    /// Credits of an account since the moment below.
    var day: Int?
    /// The last local midnight, milliseconds since 1970.
    var dayBegan: Int64
    /// The last midnight of UTC: a team may be all over the world, and has one day.
    var teamDayBegan: Int64

    static let none = BudgetLimits(run: nil, day: nil, dayBegan: 0, teamDayBegan: 0)
}

extension LedgerStore {
    /// Why a request must not be written down; nil: it may. To be asked in the transaction that writes it, so that two
    /// processes cannot both take what is left.
    /// - Parameter most: nil where nobody tells the price.
    func refusal(
        asking most: Int?, ofModel model: String, _ limits: BudgetLimits, _ run: LedgerRun
    ) throws(SQLError) -> FluxError? {
        if let limit = try teamBudget(of: run.account.name) {
            let budget = try budget(
                .team, limit, "account = ? AND written_at >= ?",
                [.text(run.account.name), .integer(limits.teamDayBegan)])
            guard let most else { return budget.refusal(ofUnknownPriceOf: model) }
            if let refusal = budget.refusal(asking: most) { return refusal }
        }
        let most = most ?? 0
        if let limit = limits.run {
            let budget = try budget(.run, limit, "lineage = ?", [.integer(run.lineage)])
            if let refusal = budget.refusal(asking: most) { return refusal }
        }
        if let limit = limits.day {
            let budget = try budget(
                .day, limit, "account = ? AND written_at >= ?", [.text(run.account.name), .integer(limits.dayBegan)])
            if let refusal = budget.refusal(asking: most) { return refusal }
        }
        return nil
    }

    /// Credits a day for all who are on the ledger; nil: nobody has set any.
    func teamBudget(of account: String) throws(SQLError) -> Int? {
        try run("SELECT credits FROM budgets WHERE account = ?", [.text(account)]).first?["credits"].integer
            .map { Int(clamping: $0) }
    }

    /// What a team's day has cost so far.
    func teamDay(of account: String, now: Int64) throws(SQLError) -> TeamDay {
        let (began, limit) = (TeamDay.beginning(of: now), isCurrent ? try teamBudget(of: account) : nil)
        let day = try budget(
            .team, limit ?? 0, "account = ? AND written_at >= ?", [.text(account), .integer(began)])
        return TeamDay(account: account, began: began, limit: limit, spent: day.spent, reserved: day.reserved)
    }

    /// What is not settled may still cost all that was reserved for it.
    private func budget(
        _ span: Budget.Span, _ limit: Int, _ condition: String, _ values: [SQLValue]
    ) throws(SQLError) -> Budget {
        let row = try run(
            """
            SELECT coalesce(sum(cost), 0) AS spent, coalesce(sum(CASE WHEN cost IS NULL THEN cost_limit END), 0) AS reserved
            FROM requests WHERE \(condition)
            """, values
        ).first
        return Budget(
            span, limit: limit, spent: Int(clamping: row?["spent"].integer ?? 0),
            reserved: Int(clamping: row?["reserved"].integer ?? 0))
    }
}
