import FluxClient
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

/// Several machines on one ledger: what one does, the others hear of.
@Suite(.timeLimit(.minutes(5))) struct TeamTests {
    let bench = try! RunBench(.server)

    /// Two members, of which the first has the watch.
    private func members() async throws -> (Run, Run) {
        let first = try bench.run(member: "a")
        await first.joins(watching: true)
        let second = try bench.run(member: "b")
        await second.joins(watching: false)
        return (first, second)
    }

    @Test func whatTwoAskForIsMadeOnceAndBothGetIt() async throws {
        let (first, second) = try await members()
        let prompts = (1...30).map { "mug \($0)" }
        let jobs = prompts.flatMap { [first.ask($0), second.ask($0)] }
        await bench.clock.run { jobs.areSettled }
        #expect(jobs.haveSucceeded)
        #expect(bench.service.state.jobs.count == 30 && bench.service.state.replays == 0)
        #expect(jobs.count { $0.snapshot.isReused } == 30)
        for (ours, theirs) in zip(prompts.indices.map { jobs[2 * $0] }, prompts.indices.map { jobs[2 * $0 + 1] }) {
            #expect(ours.snapshot.id == theirs.snapshot.id)
            #expect(ours.snapshot.pictures.map(\.sha256) == theirs.snapshot.pictures.map(\.sha256))
        }
        // Each has the pictures in a store of its own.
        #expect(Set(bench.service.state.downloads.values) == [2])
    }

    @Test func requestOfADeadMemberGoesOutOnceMoreByteForByte() async throws {
        let sent = Mutex<[(key: String?, body: [UInt8])]>([])
        bench.answer { request throws(FluxError) in
            guard request.url.hasSuffix("/generate"), case .bytes(let body) = request.body else { return nil }
            sent.withLock { $0.append((request.header("Idempotency-Key"), body)) }
            if sent.withLock({ $0.count }) == 1 { throw FluxError(.network, "connection reset") }
            return nil
        }
        let (first, second) = try await members()
        let lost = first.ask()
        await bench.clock.run { lost.snapshot.isSettled }
        #expect(try await first.states() == [.written])
        // As long as its lease lasts the request is its own.
        let job = second.ask()
        await second.hears { !$0.followers.isEmpty }
        #expect(sent.withLock { $0.count } == 1)
        first.ledger.presence.abandon()
        try second.leaseEnds(of: first.ledger.run.id)
        await bench.clock.run { job.snapshot.isSettled }
        #expect(job.snapshot.isSuccess)
        let tries = sent.withLock { $0 }
        #expect(tries.count == 2 && tries[0].key == tries[1].key && tries[0].body == tries[1].body)
    }

    @Test func oneLooksForAll() async throws {
        let (first, second) = try await members()
        let jobs = (1...20).map { second.ask("mug \($0)") }
        await until { bench.service.state.jobs.count == 20 }
        await first.hears { $0.lastForeign == -20 }
        // Its own looks would come later than these.
        for _ in 1...18 {
            bench.clock.advance(by: .seconds(1))
            for _ in 1...50 { await Task.yield() }
        }
        await until { jobs.areSettled }
        #expect(jobs.haveSucceeded)
        // Not one by one, and not before they should be ready.
        #expect((1...5).contains(first.calls.looks) && second.calls.looks == 0, "\(first.calls.looks)")
        #expect(try await second.states().allSatisfy { $0 == .fetched })
        // Whoever is left looks.
        try await first.end()
        await second.joins(watching: true)
        let more = second.ask("one more")
        await bench.clock.run { more.snapshot.isSettled }
        #expect(more.snapshot.isSuccess)
    }

    @Test func refusalOfOneHoldsAllBack() async throws {
        let (first, second) = try await members()
        let refusals = Mutex(1)
        bench.answer { request throws(FluxError) in
            guard request.url.hasSuffix("/generate") else { return nil }
            let refuses = refusals.withLock { left in
                defer { left -= 1 }
                return left > 0
            }
            return refuses ? HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "100")])) : nil
        }
        let job = first.ask()
        await first.holds { $0 >= .seconds(99) }
        await second.holds { $0 >= .seconds(99) }
        let other = second.ask("another")
        await bench.clock.run { job.snapshot.isSettled && other.snapshot.isSettled }
        #expect(job.snapshot.isSuccess && other.snapshot.isSuccess)
        #expect(bench.service.state.jobs.allSatisfy { $0.createdAt >= .seconds(99) })
    }

    @Test func failureOfOneIsTheFailureOfAll() async throws {
        bench.plan { $0.failure = "the model said no" }
        let (first, second) = try await members()
        let jobs = [first.ask(), second.ask()]
        await bench.clock.run { jobs.areSettled }
        #expect(jobs.map { $0.snapshot.error?.kind } == [.failed, .failed])
        #expect(bench.service.state.jobs.count == 1)
    }
}

/// What a run leaves to others on its ledger.
@Suite(.timeLimit(.minutes(5))) struct HandoverTests {
    @Test(arguments: LedgerBench.Place.allCases)
    func whatIsHandedOverIsSentByWhoeverTakesItUp(place: LedgerBench.Place) async throws {
        let bench = try RunBench(place)
        let handover = Handover()
        let first = try bench.run(member: "a", handover: handover)
        let jobs = [first.ask("mug 1"), first.ask("mug 2")]
        var request = JobRequest(call: .generate, model: "flux-2-pro", prompt: "blue", seed: 1)
        request.images = ["input_images": [.picture(jobs[0], index: 1)]]
        let later = first.engine.start(request)
        await until { first.engine.openJobs.isEmpty }
        #expect(handover.counts == Handover.Counts(handedOver: 2, leftOut: 1))
        #expect(([later] + jobs).allSatisfy { !$0.isSettled } && first.engine.tally.count == 0)
        #expect(bench.service.state.submissions == 0)
        #expect(try await first.states() == [.written, .written])
        // Not even a run that goes on keeps others from it.
        let second = try bench.run(member: "b")
        let open = try await second.ledger.unclaimed(of: second.ledger.requests())
        let resumed = open.map { second.engine.resume($0) }
        await bench.clock.run { resumed.areSettled }
        #expect(resumed.count == 2 && resumed.haveSucceeded)
        #expect(bench.service.state.jobs.count == 2)
        try await first.end(.interrupted)
        try await second.end()
        // Its script gets them as its own.
        let again = try bench.run(member: "a")
        let known = [again.ask("mug 1"), again.ask("mug 2")]
        await bench.clock.run { known.areSettled }
        #expect(known.allSatisfy { $0.snapshot.isReused } && bench.service.state.jobs.count == 2)
    }
}

extension Run {
    /// Waits until this run makes the looks for all, or has another make them.
    func joins(watching: Bool) async {
        await engine.core.takeNews()
        let team = ledger.presence as? LedgerTeam
        await until { team?.watches == watching }
        await hears { $0.watches == watching }
    }

    /// Waits until this run knows something of its team.
    func hears(_ condition: (Team) -> Bool) async {
        while await !condition(engine.core.team) { await Task.yield() }
    }

    /// Waits until nothing is submitted before a moment.
    func holds(_ condition: (Duration) -> Bool) async {
        while await !condition(engine.core.submissionPause.until) { await Task.yield() }
    }

    func leaseEnds(of run: Int64) throws {
        try LedgerStores.open(ledger.path, .write).run("UPDATE runs SET lease_until = 0 WHERE id = ?", [.integer(run)])
    }
}
