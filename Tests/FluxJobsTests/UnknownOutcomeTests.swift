import FluxClient
import Foundation
import TestSupport
import Testing

@testable import FluxJobs

/// Answers that were lost for longer than the service remembers keys: looked up, and never paid twice unasked.
@Suite(.timeLimit(.minutes(5))) struct UnknownOutcomeTests {
    let bench = try! RunBench()

    /// A run that was killed when it had sent a request, a day and more ago.
    /// - Parameter isMade: whether the request reached the service.
    private func killed(isMade: Bool) async throws {
        let first = try bench.run()
        // Tells how the clocks differ.
        _ = await first.made("earlier")
        bench.onRequest { [bench] url in
            if url.hasSuffix("/generate") { bench.freeze("ledger", as: "killed") }
        }
        if !isMade { bench.plan { $0.refusal = 400 } }
        _ = await first.made("lost")
        bench.plan { $0.refusal = nil }
        bench.onRequest { _ in }
        try await first.end()
        bench.pass(hours: 30)
    }

    @Test func aJobOfTheListIsRecognised() async throws {
        try await killed(isMade: true)
        let second = try bench.run("killed")
        let job = await second.made("lost")
        #expect(job.snapshot.isSuccess && job.snapshot.id == bench.service.state.jobs[1].id)
        #expect(bench.service.state.jobs.count == 2)
        #expect(try await second.states() == [.fetched, .fetched])
    }

    @Test func anUnreadableJobOfAnotherRequestIsNotInTheWay() async throws {
        let first = try bench.run()
        bench.plan { $0.resultIsOdd = true }
        #expect(await first.made("odd").snapshot.error?.kind == .service)
        bench.plan { $0.resultIsOdd = false }
        try await first.end(.failed)
        try await killed(isMade: true)
        let second = try bench.run("killed")
        let job = await second.made("lost")
        #expect(job.snapshot.isSuccess && job.snapshot.id == bench.service.state.jobs[2].id)
        #expect(bench.service.state.jobs.count == 3)
    }

    @Test func whatTheServiceNeverHadIsSentAnew() async throws {
        try await killed(isMade: false)
        let second = try bench.run("killed")
        let job = await second.made("lost")
        #expect(job.snapshot.isSuccess && bench.service.state.jobs.count == 2)
        #expect(try await second.states() == [.fetched, .refused, .fetched])
    }

    @Test func whatCannotBeToldIsNotSentUntilAPersonSaysSo() async throws {
        bench.plan { $0.hidesInput = true }
        try await killed(isMade: true)
        for _ in 1...2 {
            let run = try bench.run("killed")
            let job = await run.made("lost")
            #expect(job.snapshot.error?.kind == .unknownOutcome)
            #expect(job.snapshot.error?.hint?.contains("fresh = true") == true)
            #expect(try await run.states() == [.fetched, .unknown])
            try await run.end(.failed)
        }
        #expect(bench.service.state.jobs.count == 2)
        let last = try bench.run("killed")
        #expect(await last.made("lost", isFresh: true).snapshot.isSuccess)
        #expect(bench.service.state.jobs.count == 3)
    }

    @Test(arguments: [401, 403, 404]) func aLookUpThatIsRefusedDecidesNothing(status: Int) async throws {
        try await killed(isMade: true)
        bench.meet(.looksRefused(status))
        let second = try bench.run("killed")
        #expect(await second.made("lost").snapshot.error?.status == status)
        #expect(try await second.states() == [.fetched, .written])
        try await second.end(.failed)
        bench.meet(nil)
        let third = try bench.run("killed")
        #expect(await third.made("lost").snapshot.id == bench.service.state.jobs[1].id)
        #expect(bench.service.state.jobs.count == 2)
    }

    @Test(arguments: [402, 403, 413]) func aRepetitionThatIsRefusedDecidesNothing(status: Int) async throws {
        let first = try bench.run()
        // Tells how the clocks differ.
        _ = await first.made("earlier")
        bench.onRequest { [bench] url in
            if url.hasSuffix("/generate") { bench.freeze("ledger", as: "killed") }
        }
        let lost = await first.made("lost")
        bench.onRequest { _ in }
        try await first.end()
        bench.plan { $0.refusal = status }
        let second = try bench.run("killed")
        #expect(await second.made("lost").snapshot.error?.status == status)
        #expect(try await second.states() == [.fetched, .written])
        try await second.end(.failed)
        bench.plan { $0.refusal = nil }
        bench.pass(hours: 30)
        let third = try bench.run("killed")
        #expect(await third.made("lost").snapshot.id == lost.snapshot.id)
        #expect(bench.service.state.jobs.count == 2)
    }

    @Test func aListThatDoesNotReachBackTellsNothing() async throws {
        try await killed(isMade: true)
        // Old jobs have left the list; one of today is in it.
        bench.service.forgetJobs()
        for prompt in ["lost", "today", "lost"] {
            let run = try bench.run("killed")
            let job = await run.made(prompt)
            #expect(job.snapshot.isSuccess == (prompt == "today"), "\(prompt)")
            #expect(job.snapshot.error?.kind == (prompt == "today" ? nil : .unknownOutcome), "\(prompt)")
            try await run.end(.failed)
        }
        #expect(bench.service.state.jobs.count == 1)
    }

    @Test func aJobThatTheServiceForgotIsNotMadeAgainUnasked() async throws {
        let first = try bench.run()
        let job = first.ask("forgotten")
        while try await first.states() != [.accepted] {}
        bench.freeze("ledger", as: "killed")
        await bench.clock.run { job.snapshot.isSettled }
        try await first.end()
        // Another service, at the same address.
        let other = try RunBench()
        for end in ["", "-wal"] {
            try? FileManager.default.copyItem(atPath: bench.path("killed") + end, toPath: other.path("ledger") + end)
        }
        let second = try other.run()
        let again = await second.made("forgotten")
        #expect(again.snapshot.error?.kind == .expired && other.service.state.jobs.isEmpty)
        #expect(try await second.states() == [.unknown])
    }

    @Test func inputsAreComparedByWhatWasSent() {
        func verdict(_ sent: JSONValue, _ told: JSONValue?) -> OutcomeSearch.Verdict {
            OutcomeSearch.verdict(sent: sent.encoded(), input: told)
        }
        let sent: JSONValue = ["model": "m", "fluxParams": ["seed": 7, "guidance": 3]]
        #expect(verdict(sent, sent) == .same)
        #expect(verdict(sent, ["model": "m", "fluxParams": ["seed": 7, "guidance": 3.0, "steps": 50]]) == .same)
        #expect(verdict(sent, ["model": "m", "fluxParams": ["seed": 8, "guidance": 3]]) == .different)
        #expect(verdict(sent, ["model": "m", "fluxParams": ["seed": 7]]) == .unclear)
        #expect(verdict(sent, nil) == .unclear)
    }
}
