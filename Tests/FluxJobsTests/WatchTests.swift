import FluxClient
import Testing

@testable import FluxJobs

@Suite struct DeadlineQueueTests {
    @Test func entriesComeOutInTheOrderOfTheirLastDeadlines() {
        var queue = DeadlineQueue<Int>()
        var random = SystemRandomNumberGenerator()
        var deadlines: [Int: Duration] = [:]
        for _ in 0..<5000 {
            let entry = Int.random(in: 0..<500, using: &random)
            if Int.random(in: 0..<5, using: &random) == 0 {
                #expect(queue.remove(entry) == (deadlines.removeValue(forKey: entry) != nil))
            } else {
                let deadline = Duration.milliseconds(Int.random(in: 0..<10_000, using: &random))
                queue.set(entry, to: deadline)
                deadlines[entry] = deadline
            }
            #expect(queue.count == deadlines.count && queue.next == deadlines.values.min())
        }
        let early = queue.takeDue(by: .seconds(5))
        #expect(Set(early) == Set(deadlines.filter { $0.value <= .seconds(5) }.keys))
        #expect(early.map { deadlines[$0]! } == early.map { deadlines[$0]! }.sorted())
        #expect(queue.count == deadlines.count - early.count)
    }
}

@Suite struct WatchPaceTests {
    @Test func theFirstLookComesWhenTheJobShouldBeReady() {
        #expect(PollingInterval(expected: .seconds(15)).firstLook == .seconds(15))
        #expect(PollingInterval(expected: .seconds(15), firstLook: .seconds(3)).firstLook == .seconds(3))
        #expect(PollingInterval(expected: .seconds(15), firstLook: .seconds(-3)).firstLook == .zero)
    }

    @Test func stepsFollowTheExpectedDurationAndWidenWithAge() {
        let real = PollingInterval(expected: .seconds(15))
        #expect(real.step == .seconds(2))
        #expect(PollingInterval(expected: .milliseconds(450)).step == .milliseconds(90))
        #expect(PollingInterval(expected: .zero).step == .milliseconds(20))
        #expect(PollingInterval(expected: .seconds(15), firstLook: .zero).step == .seconds(2))
        #expect(PollingInterval(expected: .seconds(1)).step == .milliseconds(200))
        #expect(real.step(overdue: .seconds(4)) == .seconds(2))
        #expect(real.step(overdue: .seconds(30)) == .seconds(6))
        #expect(real.step(overdue: .seconds(3600)) == .seconds(15))
    }
}

@Suite struct ExpectedDurationsTests {
    @Test func theMedianOfTheLastJobsCountsForEachModel() {
        var expected = ExpectedDurations()
        expected.add(.seconds(9), of: "a")
        expected.add(.seconds(1), of: "a")
        #expect(expected.median(of: "a") == nil)
        expected.add(.seconds(2), of: "a")
        #expect(expected.median(of: "a") == .seconds(2))
        #expect(expected.median(of: "b") == nil)
        expected.add(.seconds(-1), of: "a")
        for _ in 0..<31 { expected.add(.seconds(30), of: "a") }
        #expect(expected.median(of: "a") == .seconds(30))
    }
}

@Suite struct WatchScheduleTests {
    private let pace = PollingInterval(expected: .seconds(15))

    private func schedule(_ count: Int) -> PollingSchedule {
        var schedule = PollingSchedule()
        for job in 1...count { schedule.add(job, pace: pace, at: .zero) }
        return schedule
    }

    @Test func aSingleDueJobIsAskedForByItself() {
        var schedule = schedule(1)
        #expect(schedule.nextLook == .seconds(15))
        #expect(schedule.takeLook(at: .seconds(14)) == nil)
        #expect(schedule.takeLook(at: .seconds(15)) == .single([1]))
        #expect(schedule.nextLook == nil)
        schedule.seen(1, at: .seconds(15))
        #expect(schedule.nextLook == .seconds(17))
        schedule.remove(1)
        #expect(schedule.nextLook == nil && schedule.count == 0)
    }

    @Test func severalDueJobsShareLists() {
        var schedule = schedule(250)
        guard case .list(let jobs, let pages)? = schedule.takeLook(at: .seconds(15)) else {
            Issue.record("no list")
            return
        }
        #expect(Set(jobs) == Set(1...250) && pages == 3)
    }

    @Test func fewOldJobsUnderManyNewerAreCheaperOneByOne() {
        var schedule = schedule(2)
        for job in 3...400 { schedule.add(job, pace: pace, at: .seconds(10)) }
        guard case .single(let jobs)? = schedule.takeLook(at: .seconds(15)) else {
            Issue.record("a list of four pages for two jobs")
            return
        }
        #expect(Set(jobs) == [1, 2])
    }

    @Test func jobsThatBecomeDueSoonAfterALookWaitForTheNext() {
        var schedule = schedule(1)
        schedule.add(2, pace: pace, at: .milliseconds(10))
        #expect(schedule.takeLook(at: .seconds(15)) == .single([1]))
        #expect(schedule.nextLook == .milliseconds(15_500))
        #expect(schedule.takeLook(at: .milliseconds(15_010)) == nil)
        schedule.seen(1, at: .seconds(15))
        #expect(schedule.takeLook(at: .milliseconds(15_500)) == .single([2]))
    }

    @Test func aListThatShowsAYoungJobDoesNotDelayItsFirstLook() {
        var schedule = schedule(1)
        schedule.seen(1, at: .seconds(5))
        #expect(schedule.nextLook == .seconds(15))
    }

    @Test func troubleHoldsAllLooksBackLongerEachTimeUntilTheServiceAnswers() {
        var schedule = schedule(2)
        var now = Duration.seconds(15)
        var waits: [Duration] = []
        for _ in 0..<9 {
            #expect(schedule.takeLook(at: now) != nil)
            for job in 1...2 { schedule.postponed(job, at: now) }
            schedule.trouble(at: now, retryAfter: nil, jitter: 1)
            let next = schedule.nextLook ?? .zero
            waits.append(next - now)
            now = next
        }
        #expect(waits == waits.sorted() && waits.last == .seconds(30))
        schedule.recovered()
        schedule.trouble(at: now, retryAfter: .seconds(100), jitter: 1)
        #expect(schedule.nextLook == now + .seconds(100))
    }

    @Test func looksInVainArePaidForWithTime() {
        var schedule = schedule(2)
        _ = schedule.takeLook(at: .seconds(15))
        for job in 1...2 { schedule.seen(job, at: .seconds(15)) }
        schedule.charge(5, at: .seconds(15))
        #expect(schedule.nextLook == .seconds(20))
        schedule.charge(0, at: .seconds(16))
        #expect(schedule.nextLook == .seconds(20))
    }

    @Test func aJobsOwnFailuresDelayOnlyThatJob() {
        var schedule = schedule(2)
        _ = schedule.takeLook(at: .seconds(15))
        schedule.failed(1, at: .seconds(15))
        schedule.failed(1, at: .seconds(15))
        schedule.failed(1, at: .seconds(15))
        schedule.seen(2, at: .seconds(15))
        #expect(schedule.takeLook(at: .seconds(17)) == .single([2]))
        schedule.seen(2, at: .seconds(17))
        schedule.remove(2)
        #expect(schedule.nextLook == .seconds(23))
        _ = schedule.takeLook(at: .seconds(23))
        schedule.seen(1, at: .seconds(23))
        #expect(schedule.nextLook == .seconds(25))
    }
}

@Suite struct ListWalkTests {
    private func page(_ ids: [String], createdAt: Int64 = 100, next: String? = "more") -> JobPage {
        JobPage(
            jobs: ids.map { JobState(id: $0, status: .processing, model: "m", createdAt: createdAt) },
            nextCursor: next, hasMore: next != nil)
    }

    @Test func theWalkEndsWhenAllWereSeen() {
        var walk = JobListPaginator(wanted: ["a", "b"], floor: nil, pages: 9)
        walk.take(page(["x", "a"], next: "2"))
        #expect(!walk.isOver && walk.cursor == "2")
        walk.take(page(["b", "y"], next: "3"))
        #expect(walk.isOver)
    }

    @Test func theWalkEndsWithTheListAndNeverGoesInCircles() {
        var walk = JobListPaginator(wanted: ["a"], floor: nil, pages: 9)
        walk.take(page(["x"], next: nil))
        #expect(walk.isOver)
        var circling = JobListPaginator(wanted: ["a"], floor: nil, pages: 9)
        circling.take(page(["x"], next: "2"))
        #expect(!circling.isOver)
        circling.take(page(["x"], next: "2"))
        #expect(circling.isOver)
    }

    @Test func theWalkEndsAmongJobsOlderThanAnyWanted() {
        var walk = JobListPaginator(wanted: ["a"], floor: 100, pages: 9)
        walk.take(page(["x"], createdAt: 100, next: "2"))
        #expect(!walk.isOver)
        walk.take(page(["y"], createdAt: 99, next: "3"))
        #expect(walk.isOver)
    }

    @Test func pagesBeyondTheExpectedOnesGoOnOnlyWhileTheyShowWantedJobs() {
        var walk = JobListPaginator(wanted: ["a", "b", "c"], floor: nil, pages: 1)
        walk.take(page(["a"], next: "2"))
        #expect(!walk.isOver)
        walk.take(page(["b"], next: "3"))
        #expect(!walk.isOver)
        walk.take(page(["x"], next: "4"))
        #expect(walk.isOver)
    }
}

@Suite struct TurnstileTests {
    @Test func soManyGoInAtATimeInTheirOrder() {
        var limiter = ConcurrencyLimiter<Int>(limit: 2)
        for number in 1...200 { limiter.enter(number) }
        #expect([limiter.next(), limiter.next(), limiter.next()] == [1, 2, nil])
        for number in 3...200 {
            limiter.leave()
            #expect(limiter.next() == number)
            #expect(limiter.next() == nil)
        }
        limiter.limit = 0
        limiter.leave()
        limiter.leave()
        limiter.enter(201)
        #expect(limiter.next() == 201)
    }
}

extension TurnstileTests {
    @Test func lanesTakeTurnsAndKeepTheirOwnOrder() {
        var limiter = ConcurrencyLimiter<Int>(limit: 100)
        for number in 1...5 { limiter.enter(number, lane: 1) }
        limiter.enter(10, lane: 2)
        limiter.enter(20, lane: 3)
        limiter.enter(11, lane: 2)
        #expect((1...8).map { _ in limiter.next() } == [1, 10, 20, 2, 11, 3, 4, 5])
        #expect(limiter.next() == nil && limiter.inside == 8)
        limiter.stepBack(11, lane: 2)
        limiter.enter(12, lane: 2)
        limiter.enter(6, lane: 1)
        #expect(limiter.takeWaiting() == [11, 12, 6] && !limiter.isOpen)
    }

    @Test func whoStepsBackGoesInNext() {
        var limiter = ConcurrencyLimiter<Int>(limit: 1)
        for number in 1...3 { limiter.enter(number) }
        #expect(limiter.next() == 1)
        limiter.stepBack(1)
        #expect(limiter.isOpen && limiter.next() == 1 && !limiter.isOpen)
        limiter.leave()
        #expect(limiter.next() == 2)
    }
}
