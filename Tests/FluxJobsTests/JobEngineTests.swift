import FluxClient
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FluxJobs

@Suite(.timeLimit(.minutes(5))) struct JobEngineTests {
    @Test func anAnswerAboutAnotherJobIsNotTaken() async throws {
        let bench = try Bench(intercept: { request, state in
            guard request.url.contains("/v2/jobs/"), state.singleLooks.count == 1 else { return nil }
            return FakeService.answer(
                200, ["id": "another", "status": "COMPLETED", "result": "https://cdn/of-another.jpg", "creditCost": 99])
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(bench.service.state.singleLooks.count == 2)
        #expect(job.snapshot.imageURLs == ["https://cdn/1-1.jpg"] && job.snapshot.cost == 10)
    }

    @Test func jobsRunTogetherAndSettleWithTheirPicturesOnDisk() async throws {
        let bench = try Bench(plan: { _ in .init(pictures: 2) })
        let jobs = (1...8).map { bench.start("prompt \($0)") }
        #expect(jobs.map(\.number) == Array(1...8))
        await bench.accepted(jobs)
        #expect(bench.engine.openJobs.map(\.number) == Array(1...8))
        await bench.settle(jobs)
        #expect(bench.service.state.mostOpen == 8)
        #expect(Set(bench.service.state.keys).count == 8)
        for job in jobs {
            let snapshot = job.snapshot
            #expect(snapshot.isSuccess && snapshot.status == .completed && snapshot.cost == 10)
            #expect(snapshot.elapsed == .seconds(10) && snapshot.progress == 100)
            #expect(snapshot.pictures.map(\.index) == [1, 2] && snapshot.pictures.map(\.width) == [4, 4])
            for picture in snapshot.pictures {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: picture.path))
                #expect(bytes.count == picture.byteCount && picture.height == 3 && picture.format == .gif)
                #expect(picture.path == "\(bench.folder.path)/store/\(picture.sha256.prefix(2))/\(picture.sha256).gif")
            }
        }
        #expect(bench.folder.files.count == 16)
        await bench.engine.idle()
        #expect(bench.engine.openJobs.isEmpty && bench.clock.nextDeadline == nil)
    }

    @Test func startReturnsBeforeTheServiceHasTheJob() async throws {
        let bench = try Bench()
        let job = bench.start("a")
        #expect(job.request.prompt == "a" && !job.snapshot.isSettled)
        await bench.settle(job)
        let body = try #require(bench.service.state.jobs.first?.body)
        #expect(body["fluxParams"] == ["resolution": "1MP", "seed": 7])
    }

    @Test func oneJobsFailureTouchesNoOther() async throws {
        let bench = try Bench(plan: { prompt in
            switch prompt {
            case "refused": .init(refusal: 400)
            case "poor": .init(refusal: 402)
            case "failed": .init(failure: "GPU on fire")
            case "nude": .init(failure: "NSFW content detected")
            case "expired": .init(isExpired: true)
            default: .init()
            }
        })
        let jobs = ["refused", "good", "failed", "nude", "poor", "better", "expired"].map { bench.start($0) }
        await bench.settle(jobs)
        let kinds = jobs.map(\.snapshot.error?.kind)
        #expect(kinds == [.invalid, nil, .failed, .moderated, .credits, nil, .expired])
        #expect(jobs[0].snapshot.status == nil && jobs[2].snapshot.status == .failed)
        #expect(jobs[2].snapshot.error?.message.contains("GPU on fire") == true)
    }

    @Test func noMoreJobsThanAllowedAreInFlightAndTheOthersWaitInOrder() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 3
        let bench = try Bench(configuration)
        let jobs = (1...10).map { bench.start("\($0)") }
        await bench.settle(jobs)
        #expect(bench.service.state.mostOpen == 3)
        let order = bench.service.state.jobs.compactMap { $0.body["prompt"]?.stringValue }.compactMap { Int($0) }
        #expect(order.count == 10 && zip(order, 1...10).allSatisfy { abs($0 - $1) < 3 })
    }

    @Test func failuresMakeRoomForOthers() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 2
        let bench = try Bench(
            configuration,
            plan: { prompt in
                switch prompt {
                case "refused": .init(refusal: 400)
                case "failed": .init(failure: "no")
                default: .init()
                }
            })
        let jobs = ["refused", "failed", "refused", "failed", "refused", "good", "good"].map { bench.start($0) }
        await bench.settle(jobs)
        #expect(jobs.suffix(2).haveSucceeded && bench.service.state.mostOpen == 2)
    }

    @Test func raisedConcurrencyTakesEffectAtOnce() async throws {
        var configuration = EngineConfiguration()
        configuration.concurrency = 1
        let bench = try Bench(configuration)
        let jobs = (1...4).map { bench.start("\($0)") }
        await until { jobs[0].snapshot.id != nil }
        configuration.concurrency = 4
        bench.engine.update(configuration)
        await bench.accepted(jobs)
        #expect(bench.service.state.mostOpen == 4 && bench.clock.elapsed == .zero)
    }

    @Test func observersAreCalledOnceAndHandlesReadFromAnywhere() async throws {
        let bench = try Bench()
        let job = bench.start("a")
        let calls = Mutex(0)
        job.whenSettled { calls.withLock { $0 += 1 } }
        let removed = job.whenSettled { calls.withLock { $0 += 100 } }
        job.removeObserver(removed)
        async let settled = job.settled()
        await bench.settle(job)
        #expect(await settled.isSuccess && calls.withLock { $0 } == 1)
        job.whenSettled { calls.withLock { $0 += 10 } }
        #expect(calls.withLock { $0 } == 11)
    }

    @Test func aCancelledWaiterGetsTheStateOfTheMomentAndTheJobGoesOn() async throws {
        let bench = try Bench()
        let job = bench.start("a")
        let waiter = Task { await job.settled() }
        waiter.cancel()
        #expect(await !waiter.value.isSettled)
        await bench.settle(job)
        #expect(job.snapshot.isSuccess)
    }

    @Test func shuttingDownSettlesWhatIsOpenAndTakesNothingNew() async throws {
        let bench = try Bench(plan: { $0 == "slow" ? .init(duration: .seconds(1_000_000)) : .init() })
        let done = bench.start("quick")
        await bench.settle(done)
        let open = bench.start("slow")
        await until { open.snapshot.id != nil }
        let new = bench.start("never submitted")
        await bench.engine.shutDown()
        let late = bench.start("late")
        #expect([open, new, late].map(\.snapshot.error?.kind) == [.cancelled, .cancelled, .cancelled])
        #expect(open.snapshot.error?.hint != nil && late.snapshot.error?.hint == nil)
        #expect(done.snapshot.isSuccess && open.snapshot.status == .queued)
        await bench.engine.idle()
        #expect(bench.clock.nextDeadline == nil)
    }

    @Test func tooManyRequestsHoldAllSubmissionsBackAndLoseNoJob() async throws {
        let attempts = Mutex<[(key: String, time: Duration)]>([])
        let clock = ManualClock()
        let bench = try Bench(
            clock: clock,
            intercept: { request, _ in
                guard request.url.hasSuffix("/generate"), let key = request.header("Idempotency-Key") else {
                    return nil
                }
                let count = attempts.withLock { attempts in
                    attempts.append((key, clock.elapsed))
                    return attempts.count
                }
                let headers = HTTPHeaders([("Retry-After", "100")])
                return count <= 12 ? HTTPResponse(status: 429, headers: headers) : nil
            })
        let jobs = (1...5).map { bench.start("\($0)") }
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded && bench.service.state.jobs.count == 5)
        let keys = Dictionary(grouping: attempts.withLock { $0 }, by: \.key)
        #expect(keys.count == 5 && Set(bench.service.state.keys) == Set(keys.keys))
        for times in keys.values.map({ $0.map(\.time) }) {
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(100) })
        }
    }

    @Test func jobsThatStayTooManyFailInTheEnd() async throws {
        let bench = try Bench(intercept: { request, _ in
            request.url.hasSuffix("/generate") ? HTTPResponse(status: 429) : nil
        })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.error?.kind == .rateLimited && bench.clock.elapsed >= .seconds(600))
    }

    // MARK: Watching

    @Test func severalDueJobsAreToldOfByLists() async throws {
        let bench = try Bench()
        let jobs = (1...120).map { bench.start("\($0)") }
        // One hundred at a time.
        await bench.accepted(Array(jobs.prefix(100)))
        await until { bench.clock.nextDeadline == .seconds(15) }
        bench.clock.advance(to: .seconds(15))
        await until { jobs.prefix(100).areSettled }
        #expect(bench.service.state.lists == 1 && bench.service.state.singleLooks.isEmpty)
        #expect(bench.service.state.lookTimes == [.seconds(15)])
        await bench.settle(jobs)
    }

    @Test func oneDueJobIsAskedForByItself() async throws {
        let bench = try Bench()
        let job = bench.start("a")
        await bench.settle(job)
        #expect(bench.service.state.lists == 0)
        #expect(bench.service.state.singleLooks == [job.snapshot.id])
        #expect(bench.service.state.lookTimes == [.seconds(15)])
    }

    @Test func aJobThatListsDoNotShowIsAskedForByItself() async throws {
        let bench = try Bench(plan: { $0 == "hidden" ? .init(isUnlisted: true) : .init() })
        let jobs = ["a", "hidden", "b"].map { bench.start($0) }
        await bench.accepted(jobs)
        bench.clock.advance(to: .seconds(15))
        await until { jobs.areSettled }
        #expect(bench.service.state.lists == 1)
        #expect(bench.service.state.singleLooks == [jobs[1].snapshot.id])
        #expect(jobs.haveSucceeded)
    }

    @Test func brokenListsAreNoReasonNotToAsk() async throws {
        let bench = try Bench(intercept: { request, _ in
            request.url.contains("/v2/jobs?") ? HTTPResponse(status: 200, body: Array("<html>".utf8)) : nil
        })
        let jobs = ["a", "b"].map { bench.start($0) }
        await bench.accepted(jobs)
        bench.clock.advance(to: .seconds(15))
        await until { jobs.areSettled }
        #expect(bench.service.state.singleLooks.count == 2 && jobs.haveSucceeded)
    }

    @Test func listsThatShowNoneOfTheJobsAreLeftAloneForAWhile() async throws {
        let bench = try Bench(plan: { _ in .init(duration: .seconds(20), isUnlisted: true) })
        let jobs = ["a", "b", "c"].map { bench.start($0) }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(bench.service.state.lists == 1 && jobs.haveSucceeded)
        let later = ["d", "e", "f"].map { bench.start($0) }
        await bench.accepted(later)
        await bench.settle(later)
        #expect(bench.service.state.lists == 2)
    }

    @Test func theFirstLookFollowsTheConfigurationAndThenWhatWasObserved() async throws {
        var configuration = EngineConfiguration()
        configuration.expectedDuration = .seconds(4)
        let bench = try Bench(configuration, plan: { _ in .init(duration: .seconds(3)) })
        for _ in 1...3 { await bench.settle(bench.start("a")) }
        #expect(bench.service.state.lookTimes == [.seconds(4), .seconds(8), .seconds(12)])
        await bench.settle(bench.start("observed"))
        #expect(bench.service.state.lookTimes.last == .seconds(15))
        configuration.firstLook = .seconds(5)
        bench.engine.update(configuration)
        await bench.settle(bench.start("configured"))
        #expect(bench.service.state.lookTimes.last == .seconds(20))
    }

    @Test func theFirstJobOfAModelIsLookedAtAFewTimesBeforeItShouldBeReady() async throws {
        let bench = try Bench(scouts: true)
        let jobs = ["a", "b"].map { bench.start($0) }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(bench.service.state.lookTimes == [.seconds(1.875), .seconds(3.75), .seconds(7.5), .seconds(15)])
        #expect(bench.service.state.singleLooks.count == 3 && bench.service.state.lists == 1)
    }

    @Test func jobsThatAreReadyMuchSoonerThanTheirModelsPageSaysDoNotWait() async throws {
        let bench = try Bench(scouts: true, plan: { _ in .init(duration: .milliseconds(500)) })
        let jobs = (1...50).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(bench.service.state.lookTimes == [.seconds(1.875), .seconds(2.375)])
        #expect(bench.service.state.singleLooks.count == 1 && bench.service.state.lists == 1)
        // What was seen counts for the next one, before there is a median.
        await bench.settle(bench.start("next"))
        #expect(bench.service.state.lookTimes.last == .seconds(2.875))
    }

    @Test func lateJobsAreLookedAtInWideningSteps() async throws {
        let bench = try Bench(plan: { _ in .init(duration: .seconds(120)) })
        await bench.settle(bench.start("a"))
        let times = bench.service.state.lookTimes
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(steps.first == .seconds(2) && steps == steps.sorted() && steps.count < 25)
    }

    @Test func transientTroubleNeverFailsAJob() async throws {
        let troubles = Mutex(0)
        let bench = try Bench(intercept: { request, _ throws(FluxError) in
            guard request.url.contains("/v2/jobs") else { return nil }
            let count = troubles.withLock { count in
                count += 1
                return count
            }
            switch count {
            case 1...10: throw FluxError(.network, "connection reset")
            case 11...20: return HTTPResponse(status: 503, body: Array("<html>busy</html>".utf8))
            case 21: return HTTPResponse(status: 429, headers: HTTPHeaders([("Retry-After", "1000")]))
            default: return nil
            }
        })
        let jobs = (1...3).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(jobs.haveSucceeded)
        let times = bench.service.state.lookTimes
        #expect(zip(times, times.dropFirst()).contains { $1 - $0 >= .seconds(1000) })
    }

    @Test func aJobThatStaysUnknownOrUnreadableIsGivenUp() async throws {
        let bench = try Bench(intercept: { request, state in
            guard request.url.contains("/v2/jobs") else { return nil }
            if request.url.hasSuffix("01") { return FakeService.answer(404, ["error": "unknown"]) }
            if request.url.hasSuffix("02") {
                return FakeService.answer(
                    200, ["id": .string(state.jobs[1].id), "status": "COMPLETED", "result": ["surprise": true]])
            }
            return FakeService.answer(200, ["jobs": [], "hasMore": false])
        })
        let jobs = (1...2).map { bench.start("\($0)") }
        await bench.accepted(jobs)
        await bench.settle(jobs)
        #expect(Set(jobs.map(\.snapshot.error?.kind)) == [.expired, .service])
        #expect(jobs.contains { $0.snapshot.error?.message.contains("surprise") == true })
        #expect(bench.service.state.singleLooks.count == 2 * EngineConfiguration().unknownJobLooks)
    }

    @Test func aJobThatWasFinalWhenAcceptedIsLookedAtWithoutDelay() async throws {
        let bench = try Bench(plan: { _ in .init(duration: .zero, acceptedAs: "COMPLETED") })
        let job = bench.start("a")
        await bench.settle(job)
        #expect(job.snapshot.isSuccess && bench.service.state.lookTimes == [.zero])
    }

    @Test func aStalledLookDoesNotBlindTheEngine() async throws {
        let stalled = Waiter()
        let bench = try Bench(
            plan: { _ in .init(duration: .seconds(10)) },
            delay: { request in
                if request.url.hasSuffix("01") { await stalled.wait() }
            })
        let first = bench.start("a")
        await bench.accepted([first])
        bench.clock.advance(to: .seconds(15))
        await until { bench.service.state.singleLooks.count == 1 }
        let second = bench.start("b")
        await bench.settle(second)
        #expect(second.snapshot.isSuccess && !first.snapshot.isSettled)
        stalled.finish()
        await bench.settle(first)
        #expect(first.snapshot.isSuccess)
    }
}
