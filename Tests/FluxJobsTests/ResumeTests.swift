import FluxClient
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

/// Requests that are finished without what asked for them.
@Suite(.timeLimit(.minutes(5))) struct ResumeTests {
    private let bench = try! RunBench()

    /// A ledger with one request that the service has, whose answer was lost more than a day ago, and of which nobody can
    /// tell what became.
    private func unknown() async throws -> RequestRecord {
        let first = try bench.run()
        bench.plan { $0.hidesInput = true }
        bench.onRequest { [bench] url in
            if url.hasSuffix("/generate") { bench.freeze("ledger", as: "killed") }
        }
        _ = await first.made("lost")
        bench.onRequest { _ in }
        try await first.end()
        bench.pass(hours: 30)
        let second = try bench.run("killed")
        let job = await second.made("lost")
        #expect(job.snapshot.error?.kind == .unknownOutcome)
        let record = try #require(try await second.ledger.requests().first)
        try await second.end(.failed)
        return record
    }

    @Test func requestOfUnknownOutcomeStaysSoUntilSomebodyDecides() async throws {
        let record = try await unknown()
        let run = try bench.run("killed", script: "resume")
        let job = run.engine.resume(record)
        await bench.clock.run { job.snapshot.isSettled }
        #expect(job.snapshot.error?.kind == .unknownOutcome && bench.service.state.jobs.count == 1)
        try await run.end()
    }

    @Test func requestOfUnknownOutcomeIsSentOnceMoreWhenSomebodyDecides() async throws {
        let record = try await unknown()
        let run = try bench.run("killed", script: "resume")
        let job = run.engine.resume(record, sendsAnew: true)
        await bench.clock.run { job.snapshot.isSettled }
        #expect(job.snapshot.isSuccess && bench.service.state.jobs.count == 2)
        let records = try await run.ledger.requests()
        #expect(records.map(\.state) == [.fetched, .unknown] && records.map(\.attempt) == [2, 1])
        #expect(records.first?.sent.body == record.sent.body)
        try await run.end()

        // The script gets what was made then.
        let again = try bench.run("killed")
        let reused = await again.made("lost")
        #expect(reused.snapshot.isReused && bench.service.state.jobs.count == 2)
    }

    @Test func requestThatIsUnderWayIsFinished() async throws {
        let first = try bench.run()
        let job = first.ask("slow")
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()

        let second = try bench.run("killed", script: "resume")
        let record = try #require(try await second.ledger.requests().first)
        let resumed = second.engine.resume(record)
        await bench.clock.run { resumed.snapshot.isSettled }
        #expect(resumed.snapshot.isSuccess && bench.service.state.jobs.count == 1)
        #expect(try await second.states() == [.fetched])
    }
}
