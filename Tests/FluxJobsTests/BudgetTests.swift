import FluxClient
import Testing

@testable import FluxJobs

@Suite struct BudgetTests {
    @Test func whatIsReservedCountsAsSpentUntilItIsSettled() {
        var budget = Budget(.run, limit: 20, spent: 0, reserved: 20)
        #expect(budget.left == 0 && budget.refusal(asking: 1) != nil)
        budget.spent = 5
        budget.reserved = 0
        #expect(budget.left == 15 && budget.refusal(asking: 15) == nil && budget.refusal(asking: 16) != nil)
    }

    @Test func refusalTellsWhatIsSpentReservedAskedForAndAllowed() throws {
        let error = try #require(Budget(.run, limit: 200, spent: 180, reserved: 15).refusal(asking: 10))
        #expect(error.kind == .budget)
        #expect(
            error.message
                == "over the budget of this run: it can cost 10 credits, with 180 credits spent and 15 reserved of 200"
        )
        #expect(error.hint == "raise it with --budget or flux.config { budget = … }")
        let day = try #require(Budget(.day, limit: 5, spent: 1).refusal(asking: 9))
        #expect(day.message == "over the budget of the day: it can cost 9 credits, with 1 credit spent of 5")
        #expect(day.hint == "raise FLUX_BUDGET_DAY, or wait until midnight")
    }

    @Test func nothingCanBeAskedForOfABudgetOfNothing() {
        #expect(Budget(.run, limit: 0).refusal(asking: 1) != nil)
        #expect(Budget(.run, limit: 0).refusal(asking: 0) == nil)
    }

    @Test func budgetThatIsOverdrawnHasNothingLeft() {
        // A price can rise between the asking and the end.
        #expect(Budget(.run, limit: 10, spent: 12, reserved: 0).left == 0)
        #expect(Budget(.run, limit: 10, spent: .max, reserved: .max).left == 0)
    }

    @Test func requestOfUnknownPriceIsRefusedUnderABudget() {
        let error = Budget(.run, limit: 10).refusal(ofUnknownPriceOf: "flux-9", because: "the service was not reached")
        #expect(error.kind == .budget)
        #expect(
            error.message
                == "not sent under a budget: the price of flux-9 is not known (the service was not reached)")
    }
}
