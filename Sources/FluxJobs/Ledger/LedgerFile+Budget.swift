import FluxClient
import SQLite

/// The limits under which requests are written down.
struct BudgetLimits: Sendable, Hashable {
    /// Credits of a run, with what it took up of earlier ones.
    var run: Int?
    /// Credits of an account since the moment below.
    var day: Int?
    /// The last local midnight, milliseconds since 1970.
    var dayBegan: Int64

    static let none = BudgetLimits(run: nil, day: nil, dayBegan: 0)
}

extension LedgerFile {
    /// Why a request must not be written down; nil: it may. To be asked in the transaction that writes it, so that two
    /// processes cannot both take what is left.
    func refusal(asking most: Int, _ limits: BudgetLimits, _ run: LedgerRun) throws(SQLiteError) -> FluxError? {
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

    /// What is not settled may still cost all that was reserved for it.
    private func budget(
        _ span: Budget.Span, _ limit: Int, _ condition: String, _ values: [SQLiteValue]
    ) throws(SQLiteError) -> Budget {
        let row = try connection.run(
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
