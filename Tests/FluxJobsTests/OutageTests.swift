import FluxClient
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct OutageTests {
    private static let gone = FluxError(.network, "could not connect")

    /// A service that nobody reaches between two moments, pictures included.
    private func bench(goneFor outage: Range<Duration>, concurrency: Int = 5) throws -> Bench {
        let clock = ManualClock()
        var configuration = EngineConfiguration()
        configuration.concurrency = concurrency
        return try Bench(
            configuration, clock: clock,
            intercept: { _, _ throws(FluxError) in
                if outage.contains(clock.elapsed) { throw Self.gone }
                return nil
            },
            picture: { url, _ throws(FluxError) in
                if outage.contains(clock.elapsed) { throw Self.gone }
                return SamplePictures.gif(mark: url.hashValue)
            })
    }

    @Test func aServiceThatIsGoneForAMinuteCostsNoJobAndIsMentionedOnce() async throws {
        let bench = try bench(goneFor: .seconds(20)..<(.seconds(80)))
        let jobs = (1...30).map { bench.start("\($0)") }
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.service.state.jobs.count == 30)
        #expect(Set(bench.service.state.keys).count == 30)
        #expect(
            bench.notices == [
                "the service does not answer; waiting for it: could not connect", "the service answers again",
            ])
    }

    @Test func picturesThatAreOutOfReachForAMinuteAreFetchedAfterIt() async throws {
        let bench = try bench(goneFor: .milliseconds(15_001)..<(.seconds(75)))
        let job = bench.start("a")
        await bench.accepted([job])
        bench.clock.advance(to: .milliseconds(15_001))
        await bench.settle(job)
        #expect(job.snapshot.isSuccess && bench.clock.elapsed >= .seconds(75))
    }

    @Test func aServiceThatNeverAnswersFailsAllThatWaitAtOnce() async throws {
        let attempts = Mutex(0)
        let allWait = Mutex(false)
        var configuration = EngineConfiguration()
        configuration.concurrency = 5
        let bench = try Bench(
            configuration,
            intercept: { _, _ throws(FluxError) in
                attempts.withLock { $0 += 1 }
                throw Self.gone
            },
            delay: { _ in await until { allWait.withLock { $0 } } })
        let jobs = (1...200).map { bench.start("\($0)") }
        await bench.engine.core.takeNews()
        allWait.withLock { $0 = true }
        await until { jobs.areSettled }
        #expect(jobs.allSatisfy { $0.snapshot.error == Self.gone })
        #expect(attempts.withLock { $0 } < 20 && bench.clock.elapsed == .zero)
    }

    @Test func aServiceThatDoesNotComeBackEndsTheJobsWhenPatienceIsOver() async throws {
        let bench = try bench(goneFor: .seconds(1)..<(.seconds(1_000_000)))
        await bench.accepted([bench.start("first")])
        bench.clock.advance(to: .seconds(2))
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.settle(jobs)
        #expect(jobs.allSatisfy { $0.snapshot.error == Self.gone } && bench.clock.elapsed >= .seconds(600))
        #expect(bench.notices.count == 1)
        await bench.engine.shutDown()
    }

    @Test func troubleOfOneJobsSubmissionsHoldsNoOtherBack() async throws {
        let refusals = Mutex(0)
        let bench = try Bench(intercept: { request, _ in
            guard case .bytes(let body) = request.body, String(decoding: body, as: UTF8.self).contains("unlucky") else {
                return nil
            }
            let count = refusals.withLock { count in
                count += 1
                return count
            }
            return count <= 2 ? HTTPResponse(status: 502) : nil
        })
        let others = (1...5).map { bench.start("\($0)") }
        await bench.accepted(others)
        let unlucky = bench.start("unlucky")
        await bench.settle(others + [unlucky])
        #expect(unlucky.snapshot.isSuccess && others.haveSucceeded && bench.notices.isEmpty)
        #expect(refusals.withLock { $0 } == 3)
    }

    @Test func tooManyRequestsPauseSubmissionAndOnlySubmission() async throws {
        let clock = ManualClock()
        let submissions = Mutex<[Duration]>([])
        let bench = try Bench(
            clock: clock,
            intercept: { request, state in
                guard request.url.hasSuffix("/generate") else { return nil }
                submissions.withLock { $0.append(clock.elapsed) }
                let isRefused = state.jobs.count >= 3 && clock.elapsed < .seconds(100)
                return isRefused
                    ? HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "100")])) : nil
            })
        let early = (1...3).map { bench.start("\($0)") }
        await bench.accepted(early)
        let late = (4...10).map { bench.start("\($0)") }
        await until { submissions.withLock { $0.count } == 10 }
        bench.clock.advance(to: .seconds(15))
        await until { early.areSettled }
        #expect(early.haveSucceeded && bench.clock.elapsed < .seconds(30))
        await bench.settle(late)
        #expect(late.haveSucceeded)
        let times = submissions.withLock { $0 }
        #expect(times.allSatisfy { $0 == .zero || $0 >= .seconds(100) } && times.count == 17)
    }

    @Test func aServiceThatAsksForADayOfRestIsAskedAgainWhenPatienceIsOver() async throws {
        let clock = ManualClock()
        let submissions = Mutex<[Duration]>([])
        let bench = try Bench(
            clock: clock,
            intercept: { request, _ in
                guard request.url.hasSuffix("/generate") else { return nil }
                submissions.withLock { $0.append(clock.elapsed) }
                return clock.elapsed == .zero
                    ? HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "86400")])) : nil
            })
        let refused = bench.start("refused")
        await until { refused.snapshot.isSettled }
        #expect(refused.snapshot.error?.kind == .rateLimited)
        let later = bench.start("later")
        await bench.settle(later)
        #expect(later.snapshot.isSuccess)
        let times = submissions.withLock { $0 }
        #expect(times.count == 2 && times[1] >= .seconds(600) && times[1] < .seconds(660))
    }

    /// Nothing else would wake the engine.
    @Test func oneRefusalHoldsUpNobodyForeverWhenOneIsSubmittedAtATime() async throws {
        var configuration = EngineConfiguration()
        configuration.submissionConcurrency = 1
        let bench = try Bench(configuration, intercept: Self.refusesTheFirst)
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.isSuccess)
    }

    private static let refusesTheFirst: @Sendable (HTTPRequest, FakeService.State) throws(FluxError) -> HTTPResponse? =
        {
            request, state in
            request.url.hasSuffix("/generate") && state.submissions == 1 ? HTTPResponse(status: 429) : nil
        }

    @Test func nothingIsSentAnyMoreWhenNobodyWantsIt() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 3
        let bench = try Bench(configuration)
        let jobs = (1...10).map { bench.start("\($0)") }
        await until { bench.service.state.jobs.count == 3 }
        await bench.engine.askNoMore()
        let late = bench.start("late")
        await bench.settle(jobs + [late])
        #expect(jobs.prefix(3).haveSucceeded && bench.service.state.submissions == 3)
        #expect((jobs.dropFirst(3) + [late]).allSatisfy { $0.snapshot.error?.kind == .cancelled })
        #expect(bench.engine.tally.made == 3 && bench.engine.tally.notAskedFor == 8)
    }

    @Test func tasksTakeTurnsWhenTheyWaitForSubmission() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        let bench = try Bench(configuration)
        // Takes the only place until all others are in line.
        let first = bench.start("first")
        await bench.accepted([first])
        let many = (1...20).map { bench.start("many \($0)", lane: 1) }
        let few = (1...2).map { bench.start("few \($0)", lane: 2) }
        await bench.engine.core.takeNews()
        await bench.settle([first] + many + few)
        let order = bench.service.state.jobs.compactMap { $0.body["prompt"]?.stringValue }
        #expect(order.prefix(6) == ["first", "many 1", "few 1", "many 2", "few 2", "many 3"])
    }

    @Test func onlySoManyJobsAreSubmittedAtATime() async throws {
        let underWay = Mutex((now: 0, most: 0))
        var configuration = EngineConfiguration()
        configuration.concurrency = 100
        configuration.submissionConcurrency = 7
        let bench = try Bench(
            configuration,
            delay: { request in
                guard request.url.hasSuffix("/generate") else { return }
                underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for _ in 0..<20 { await Task.yield() }
                underWay.withLock { $0.now -= 1 }
            })
        let jobs = (1...100).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        #expect(underWay.withLock { $0.most } == 7 && bench.service.state.mostOpen == 100)
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded)
    }
}
