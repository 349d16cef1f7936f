import FluxClient
import SQLite
import TestSupport
import Testing

@testable import FluxJobs

/// What may cost too much is not written down, and so not sent.
@Suite(.timeLimit(.minutes(5))) struct LedgerBudgetTests {
    private func draft(_ number: Int, costing credits: Int = 10) -> RequestDraft {
        var draft = LedgerBench.draft("prompt \(number)")
        draft.costLimit = credits
        return draft
    }

    private func run(_ credits: Int) -> BudgetLimits {
        BudgetLimits(run: credits, day: nil, dayBegan: 0, teamDayBegan: 0)
    }

    private func kind(_ body: () async throws(FluxError) -> WriteOutcome) async -> FluxError.Kind? {
        do throws(FluxError) {
            _ = try await body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test(arguments: LedgerBench.Place.allCases) func requestsInFlightTogetherCannotGoOverTheBudgetTogether(
        place: LedgerBench.Place
    ) async throws {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        let sent = await withTaskGroup(of: Bool.self) { group in
            for number in 1...20 {
                group.addTask { (try? await ledger.write(draft(number), under: run(45))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent == 4)
        #expect(try bench.states().count == 4, "nothing is written of those that are refused")
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatCostLessThanWasReservedLeavesRoom(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        _ = try await ledger.write(draft(1), under: run(15))
        #expect(await kind { () throws(FluxError) in try await ledger.write(draft(2), under: run(15)) } == .budget)
        var state = LedgerBench.completion("j1")
        state.creditCost = 4
        ledger.completed(key: LedgerBench.key(draft(1)), state)
        #expect(await kind { () throws(FluxError) in try await ledger.write(draft(2), under: run(15)) } == nil)
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatFailedCostNothing(place: LedgerBench.Place) async throws {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        _ = try await ledger.write(draft(1), under: run(10))
        ledger.failed(key: LedgerBench.key(draft(1)), status: .failed, FluxError(.failed, "no"))
        #expect(await kind { () throws(FluxError) in try await ledger.write(draft(2), under: run(10)) } == nil)
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatIsWrittenAlreadyIsNotReservedTwice(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        _ = try await ledger.write(draft(1), under: run(10))
        guard case .theirs = try await ledger.write(draft(1), under: run(10)) else { throw Failure("not theirs") }
        let again = try await ledger.writeAgain(
            key: LedgerBench.key(draft(1)), draft(1).sent, in: [.written], under: run(10))
        guard case .ours = again else { throw Failure("not ours") }
    }

    @Test(arguments: LedgerBench.Place.allCases) func whatWasRefusedIsReservedAnewWhenItIsSentAgain(
        place: LedgerBench.Place
    ) async throws {
        let bench = try LedgerBench(place)
        let ledger = try bench.ledger()
        _ = try await ledger.write(draft(1))
        let key = LedgerBench.key(draft(1))
        ledger.refused(key: key, FluxError(.invalid, "no"))
        _ = try await ledger.write(draft(2), under: run(10))
        let refused = await kind { () throws(FluxError) in
            try await ledger.writeAgain(key: key, draft(1).sent, in: [.refused], under: run(10))
        }
        #expect(refused == .budget)
        #expect(try bench.states() == ["refused", "written"])
        _ = try await ledger.writeAgain(key: key, draft(1).sent, in: [.refused], under: run(20))
        #expect(await kind { () throws(FluxError) in try await ledger.write(draft(3), under: run(20)) } == .budget)
    }

    @Test(arguments: LedgerBench.Place.allCases) func runThatIsTakenUpKeepsWhatItHasSpent(place: LedgerBench.Place)
        async throws
    {
        let bench = try LedgerBench(place)
        let first = try bench.ledger()
        _ = try await first.write(draft(1), under: run(15))
        try first.close(.interrupted)
        let second = try bench.ledger()
        #expect(await kind { () throws(FluxError) in try await second.write(draft(2), under: run(15)) } == .budget)
        try second.close(.clean)
        let third = try bench.ledger()
        #expect(await kind { () throws(FluxError) in try await third.write(draft(2), under: run(15)) } == nil)
    }

    @Test(arguments: LedgerBench.Place.allCases) func dayIsCountedOverAllRunsOfTheAccountFromMidnightOn(
        place: LedgerBench.Place
    ) async throws {
        let bench = try LedgerBench(place)
        let midnight: Int64 = 1_800_000_000_000
        let day = BudgetLimits(run: nil, day: 15, dayBegan: midnight, teamDayBegan: 0)
        let ledger = try bench.ledger()
        _ = try await ledger.write(draft(1), under: day)
        let other = try bench.ledger("/s/other.lua")
        #expect(await kind { () throws(FluxError) in try await other.write(draft(2), under: day) } == .budget)
        let local = try bench.ledger(account: .local)
        #expect(await kind { () throws(FluxError) in try await local.write(draft(3), under: day) } == nil)
        let tomorrow = BudgetLimits(run: nil, day: 15, dayBegan: midnight + 1, teamDayBegan: 0)
        #expect(await kind { () throws(FluxError) in try await other.write(draft(2), under: tomorrow) } == nil)
    }

    @Test(arguments: LedgerBench.Place.allCases)
    func whatATeamMaySpendHoldsForAllWhoAskAtOnce(place: LedgerBench.Place) async throws {
        let bench = try LedgerBench(place)
        let store = try LedgerStores.open(bench.path, .write)
        try store.run(
            "INSERT INTO budgets (account, credits) VALUES (?, 55)", [.text(LedgerBench.account.name)])
        let ledgers = try (1...4).map { try bench.ledger("/s/\($0).lua") }
        let sent = await withTaskGroup(of: Bool.self) { group in
            for number in 1...40 {
                group.addTask { (try? await ledgers[number % 4].write(draft(number), under: .none)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(sent == 5)
        #expect(try bench.states().count == 5)
    }

    /// Asks for some pictures under a budget.
    private func made(_ count: Int, budget: Int) async throws -> (jobs: [Job], service: FakeService.State) {
        let runs = try RunBench()
        let run = try runs.run()
        var configuration = EngineConfiguration()
        configuration.budget = budget
        run.engine.update(configuration)
        let jobs = (1...count).map { run.ask("mug \($0)") }
        await runs.clock.run { jobs.areSettled }
        try await run.end()
        return (jobs, runs.service.state)
    }

    @Test func aBudgetIsForThoseWhoWereAskedForFirst() async throws {
        let jobs = try await made(12, budget: 50).jobs
        #expect(jobs.map(\.snapshot.isSuccess) == (1...12).map { $0 <= 5 })
        #expect(jobs.dropFirst(5).allSatisfy { $0.snapshot.error?.kind == .budget })
    }

    @Test func theServiceIsAskedForItsPricesOnceForAllJobs() async throws {
        let (jobs, service) = try await made(30, budget: 100_000)
        #expect(jobs.haveSucceeded && service.priceQuestions == 1)
    }
}
