import FluxClient
import TestSupport
import Testing

@testable import FluxJobs

/// Each job's cost is named by one run.
@Suite(.timeLimit(.minutes(5))) struct ChargeTests {
    let bench = try! RunBench()

    @Test func threeRunsAtOnceNameTogetherWhatTheServiceTakes() async throws {
        let runs = try (1...3).map { _ in try bench.run() }
        let jobs = (1...10).flatMap { number in runs.map { $0.ask("prompt \(number)", seed: nil) } }
        await bench.clock.run { jobs.areSettled }
        let made = bench.service.state.jobs.count
        #expect(jobs.haveSucceeded && made == 10)
        #expect(runs.map(\.engine.tally.credits).reduce(0, +) == made * 10)
        #expect(runs.map(\.engine.tally.unknownCosts).reduce(0, +) == 0)
    }

    @Test func whatAKilledRunAskedForIsNamedByOneOfThoseThatTakeItUp() async throws {
        let first = try bench.run()
        let job = first.ask()
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()
        let runs = try (1...3).map { _ in try bench.run("killed") }
        let jobs = runs.map { $0.ask() }
        await bench.clock.run { jobs.areSettled }
        #expect(jobs.haveSucceeded && bench.service.state.jobs.count == 1)
        #expect(runs.map(\.engine.tally.credits).reduce(0, +) == 10)
    }
}
