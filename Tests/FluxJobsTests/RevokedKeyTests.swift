import FluxClient
import TestSupport
import Testing

@testable import FluxJobs

/// A key that is revoked in the middle of a run.
@Suite(.timeLimit(.minutes(5))) struct RevokedKeyTests {
    let bench = try! RunBench()

    @Test func whoeverWaitsIsToldWithTheFirstLook() async throws {
        let bench = try Bench(intercept: { request, _ in
            request.url.contains("/v2/jobs") ? FakeService.answer(401, ["error": "no such key"]) : nil
        })
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(jobs.allSatisfy { $0.snapshot.error?.kind == .auth && $0.snapshot.id != nil })
        #expect(jobs[0].snapshot.error?.message == "the service does not know the API key: no such key")
        #expect(jobs[0].snapshot.error?.hint?.contains("'fluxlua resume'") == true)
        #expect(bench.service.state.lookTimes == [.seconds(15)] && bench.clock.elapsed == .seconds(15))
    }

    @Test func aDeniedLookAtOneJobIsNoWordAboutTheOthers() async throws {
        let bench = try Bench(
            plan: { .init(duration: $0 == "1" ? .seconds(5) : .seconds(60)) },
            intercept: { request, state in
                guard let first = state.jobs.first, request.url.hasSuffix(first.id) else { return nil }
                return FakeService.answer(403, ["error": "not yours"])
            })
        let first = bench.start("1")
        await bench.settle(first)
        let second = bench.start("2")
        await bench.settle(second)
        #expect(first.snapshot.error?.kind == .auth && second.snapshot.isSuccess)
    }

    @Test(arguments: [401, 403]) func aPictureThatIsDeniedIsToldAtOnceAndStaysOpen(status: Int) async throws {
        let bench = try Bench(picture: { _, _ throws(FluxError) in
            throw FluxError(.auth, "denied", status: status)
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .auth && job.snapshot.status == .completed)
        #expect(job.snapshot.error?.hint?.contains("'fluxlua resume'") == true)
        #expect(bench.service.state.downloads.values.reduce(0, +) == 1 && bench.clock.elapsed == .seconds(15))
    }

    @Test(arguments: [401, 403]) func theJobStaysOpenAndIsFinishedWithAGoodKeyAtNoFurtherCost(status: Int) async throws
    {
        bench.meet(.looksRefused(status))
        let first = try bench.run()
        #expect(await first.made().snapshot.error?.kind == .auth)
        #expect(try await first.states() == [.accepted] && first.engine.tally.credits == 0)
        try await first.end(.failed)
        bench.meet(nil)
        let second = try bench.run(script: "resume")
        let open = try await second.ledger.requests().filter { !$0.state.isSettled }
        let job = second.engine.resume(try #require(open.first))
        await bench.clock.run { job.snapshot.isSettled }
        #expect(job.snapshot.isSuccess && bench.service.state.jobs.count == 1)
        #expect(try await second.states() == [.fetched] && second.engine.tally.credits == 10)
    }
}
