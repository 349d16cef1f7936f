import FluxClient

/// A limit on credits, and what is spent and reserved of it. The most that a request can cost is reserved before it is
/// sent, so that requests in flight together cannot go over it together.
///
/// The numbers come from where they are kept safe from two processes at once, the ledger; here is only what follows from
/// them.
public struct Budget: Sendable, Hashable {
    public enum Span: Sendable, Hashable {
        /// One run, with what it took up of runs before it.
        case run
        /// Everything that the account was asked for since local midnight.
        case day
        /// Everything that all who share a ledger were asked for since midnight of UTC.
        case team
    }

    public var span: Span
    /// Credits.
    public var limit: Int
    /// What settled requests have cost.
    public var spent: Int
    /// The most that those without an end can still cost.
    public var reserved: Int

    public init(_ span: Span, limit: Int, spent: Int = 0, reserved: Int = 0) {
        self.span = span
        self.limit = limit
        self.spent = spent
        self.reserved = reserved
    }

    /// What can still be asked for; never below zero, although a price that rose may have cost more than was reserved.
    public var left: Int {
        let (taken, overflows) = spent.addingReportingOverflow(reserved)
        return overflows ? 0 : max(0, limit - max(0, taken))
    }

    /// Why a request that can cost so much must not be sent; nil: it may.
    public func refusal(asking most: Int) -> FluxError? {
        guard most > left else { return nil }
        let whose =
            switch span {
            case .run: "this run"
            case .day: "the day"
            case .team: "the team's day"
            }
        var taken = "\(Self.credits(spent)) spent"
        if reserved > 0 { taken += " and \(reserved) reserved" }
        return FluxError(
            .budget,
            "over the budget of \(whose): it can cost \(Self.credits(most)), with \(taken) of \(limit)",
            hint: hint)
    }

    /// Why a request whose price nobody tells must not be sent under a budget.
    public func refusal(ofUnknownPriceOf model: String, because reason: String? = nil) -> FluxError {
        let why = reason.map { " (\($0))" } ?? ""
        return FluxError(
            .budget, "not sent under a budget: the price of \(model) is not known\(why)",
            hint: hintWithoutPrice)
    }

    private var hint: String {
        switch span {
        case .run: "raise it with --budget or flux.config { budget = … }"
        case .day: "raise FLUX_BUDGET_DAY, or wait until midnight"
        case .team:
            "everybody on the ledger can change it, for all of them: 'fluxlua budget' shows it, 'fluxlua budget set N/day' "
                + "raises it; it begins anew at midnight of UTC"
        }
    }

    private var hintWithoutPrice: String {
        switch span {
        case .run: "request it without a budget"
        case .day: "request it without FLUX_BUDGET_DAY"
        case .team: "use a model whose price is known; 'fluxlua models' lists them"
        }
    }

    private static func credits(_ count: Int) -> String { "\(count) \(count == 1 ? "credit" : "credits")" }
}
