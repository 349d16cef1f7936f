import FluxClient
import Testing

@testable import FluxJobs

@Suite struct SubmissionHoldTests {
    @Test func refusalsOfOneTimeCountOnceAndEachWaveWaitsLonger() {
        var hold = SubmissionPause()
        hold.refused(at: .seconds(10), retryAfter: nil, jitter: 1)
        hold.refused(at: .seconds(10), retryAfter: nil, jitter: 1)
        #expect(hold.until == .seconds(11))
        hold.refused(at: .seconds(11), retryAfter: nil, jitter: 1)
        #expect(hold.until == .seconds(13))
        hold.accepted()
        hold.refused(at: .seconds(20), retryAfter: nil, jitter: 1)
        #expect(hold.until == .seconds(21))
        for _ in 0..<20 { hold.refused(at: hold.until, retryAfter: nil, jitter: 1) }
        let last = hold.until
        hold.refused(at: last, retryAfter: nil, jitter: 1)
        #expect(hold.until == last + .seconds(30))
    }

    @Test func whatTheServiceSaysIsWaitedForInFullAndALittleLonger() {
        for jitter in [0.0, 0.5, 0.99] {
            var hold = SubmissionPause()
            hold.refused(at: .seconds(10), retryAfter: .seconds(5), jitter: jitter)
            #expect(hold.until > .seconds(15) && hold.until < .seconds(16))
        }
    }

    @Test func programsThatWereRefusedTogetherDoNotComeBackTogether() {
        let moments = [0.0, 0.25, 0.5, 0.75].map { jitter in
            var hold = SubmissionPause()
            hold.refused(at: .zero, retryAfter: nil, jitter: jitter)
            return hold.until
        }
        #expect(moments == [.milliseconds(500), .milliseconds(625), .milliseconds(750), .milliseconds(875)])
    }
}

@Suite struct ServiceHealthTests {
    @Test func theCircuitOpensOnceAndClosesWithAnyAnswer() {
        var health = ServiceHealth()
        let answers = [health.answered()]
        #expect(answers == [false] && health.hasAnswered)
        let openings = (1...20).map { _ in health.failed(at: .seconds(100), jitter: 1) }
        #expect(openings.count { $0 } == 1 && openings[ServiceHealth.failuresToOpen - 1] && health.isOpen)
        let closings = (1...3).map { _ in health.answered() }
        #expect(closings == [true, false, false] && !health.isOpen)
        let later = [health.failed(at: .seconds(200), jitter: 1), health.letsThrough(at: .seconds(200))]
        #expect(later == [false, true])
    }

    @Test func anAnswerInBetweenKeepsItClosed() {
        var health = ServiceHealth()
        for _ in 1...100 {
            let changes = [health.failed(at: .zero, jitter: 0), health.answered()]
            #expect(changes == [false, false])
        }
    }

    @Test func probesGoOneAtATimeAndEverMoreRarely() {
        var health = ServiceHealth()
        for _ in 1...5 { _ = health.failed(at: .zero, jitter: 1) }
        var waits: [Duration] = []
        var now = Duration.zero
        for _ in 1...7 {
            let probe = health.nextProbe ?? .zero
            waits.append(probe - now)
            let passes = [probe - .milliseconds(1), probe, probe].map { health.letsThrough(at: $0) }
            #expect(passes == [false, true, false] && health.nextProbe == nil)
            now = probe + .seconds(4)
            _ = health.failed(at: now, jitter: 1)
        }
        #expect(waits.map(\.components.seconds) == [2, 4, 8, 16, 30, 30, 30])
        let probe = health.nextProbe ?? .zero
        let first = health.letsThrough(at: probe)
        health.undecided()
        let second = health.letsThrough(at: probe)
        #expect(first && second)
    }
}

@Suite struct SubmissionProgressTests {
    private let configuration = EngineConfiguration()
    private let trouble = FluxError(.service, "bad gateway", status: 502)

    private var alive: ServiceHealth {
        var health = ServiceHealth()
        _ = health.answered()
        return health
    }

    @Test func aJobInTroubleOfItsOwnIsTriedAFewTimesMore() {
        var submission = SubmissionProgress()
        let steps = (1...4).map { _ in submission.failed(with: trouble, at: .zero, alive, jitter: 1, configuration) }
        #expect(
            steps == [.again(after: .seconds(2)), .again(after: .seconds(4)), .again(after: .seconds(8)), .done])
    }

    @Test func aServiceThatIsGoneIsWaitedForAsLongAsPatienceLasts() {
        var gone = alive
        for _ in 1...5 { _ = gone.failed(at: .zero, jitter: 1) }
        var submission = SubmissionProgress()
        for second in stride(from: 0, to: 600, by: 20) {
            let step = submission.failed(with: trouble, at: .seconds(second), gone, jitter: 1, configuration)
            #expect(step == .inLine)
        }
        let last = submission.failed(with: trouble, at: .seconds(600), gone, jitter: 1, configuration)
        #expect(last == .done)
    }

    @Test func timeForWhichTheMachineSleptTakesNoPatience() {
        var gone = alive
        for _ in 1...5 { _ = gone.failed(at: .zero, jitter: 1) }
        var submission = SubmissionProgress()
        for second in [0, 20, 8 * 3600, 8 * 3600 + 20] {
            let step = submission.failed(with: trouble, at: .seconds(second), gone, jitter: 1, configuration)
            #expect(step == .inLine)
        }
    }

    @Test func aServiceThatNeverAnsweredIsNotWaitedFor() {
        var submission = SubmissionProgress()
        let nobody = FluxError(.network, "could not connect")
        let step = submission.failed(with: nobody, at: .zero, ServiceHealth(), jitter: 1, configuration)
        #expect(step == .done)
    }

    @Test func aRefusalIsTheJobsError() {
        var submission = SubmissionProgress()
        for kind in [FluxError.Kind.invalid, .auth, .credits, .io, .cancelled] {
            let step = submission.failed(with: FluxError(kind, "no"), at: .zero, alive, jitter: 1, configuration)
            #expect(step == .done)
        }
    }
}

@Suite struct FetchProgressTests {
    private let configuration = EngineConfiguration()
    private let broken = FluxError(.network, "broken")
    private let garbage = FluxError(.service, "no picture")

    @Test func timeForWhichTheMachineSleptTakesNoPatience() {
        var fetch = FetchProgress()
        fetch.begin(count: 1)
        for second in [0, 20, 8 * 3600, 8 * 3600 + 20] {
            let step = fetch.failed(index: 1, with: broken, at: .seconds(second), jitter: 1, configuration)
            if case .again = step { continue }
            Issue.record("the picture was given up: \(step)")
        }
    }

    @Test func whatIsNoPictureIsAskedForAFewTimesMoreAndThenEndsTheJob() {
        var fetch = FetchProgress()
        fetch.begin(count: 2)
        let first = fetch.succeeded()
        #expect(first == .wait)
        let steps = (1...4).map { _ in
            fetch.failed(index: 1, with: garbage, at: .zero, jitter: 1, configuration)
        }
        #expect(
            steps == [
                .again(after: .seconds(1)), .again(after: .seconds(2)), .again(after: .seconds(4)), .done(garbage),
            ])
    }

    @Test func aPaidPictureOutOfReachIsAskedForAsLongAsPatienceLasts() {
        var fetch = FetchProgress()
        fetch.begin(count: 1)
        for second in stride(from: 0, to: 600, by: 30) {
            let step = fetch.failed(index: 1, with: broken, at: .seconds(second), jitter: 1, configuration)
            guard case .again(let wait) = step else {
                Issue.record("given up after \(second) s")
                return
            }
            #expect(wait <= .seconds(30))
        }
        let slow = FluxError(.rateLimited, "slow", retryAfter: .seconds(60))
        let decision = fetch.failed(index: 1, with: slow, at: .seconds(599), jitter: 1, configuration)
        #expect(decision == .again(after: .seconds(60)))
        let last = fetch.failed(index: 1, with: broken, at: .seconds(600), jitter: 1, configuration)
        #expect(last == .done(broken))
    }

    @Test func anOutageUsesUpNoAttemptsAtAPictureThatIsNotThereYet() {
        var fetch = FetchProgress()
        fetch.begin(count: 1)
        let gone = FluxError(.expired, "gone", status: 404)
        for second in 0..<9 { _ = fetch.failed(index: 1, with: broken, at: .seconds(second), jitter: 1, configuration) }
        let steps = (1...5).map { _ in fetch.failed(index: 1, with: gone, at: .seconds(10), jitter: 1, configuration) }
        #expect(steps == [1, 2, 4, 8].map { .again(after: .seconds($0)) } + [.done(gone)])
    }

    @Test func whatAServerAsksForIsNotWaitedForBeyondPatience() {
        var fetch = FetchProgress()
        fetch.begin(count: 1)
        let busy = FluxError(.service, "busy", status: 503, retryAfter: .seconds(3600))
        let step = fetch.failed(index: 1, with: busy, at: .zero, jitter: 1, configuration)
        #expect(step == .again(after: .seconds(600)))
        var submission = SubmissionProgress()
        var health = ServiceHealth()
        _ = health.answered()
        #expect(submission.failed(with: busy, at: .zero, health, jitter: 1, configuration) == .done)
    }

    @Test func aFullDiskIsNotTriedAgain() {
        var fetch = FetchProgress()
        fetch.begin(count: 1)
        let full = FluxError(.io, "no space left on device")
        let step = fetch.failed(index: 1, with: full, at: .zero, jitter: 1, configuration)
        #expect(step == .done(full))
    }
}
