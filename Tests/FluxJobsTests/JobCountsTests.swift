import FluxClient
import Testing

@testable import FluxJobs

@Suite struct JobTallyTests {
    private func snapshot(_ change: (inout JobSnapshot) -> Void) -> JobSnapshot {
        var snapshot = JobSnapshot()
        snapshot.isSettled = true
        change(&snapshot)
        return snapshot
    }

    @Test func jobsAreCountedByTheirEnds() {
        var tally = JobCounts()
        tally.add(snapshot { ($0.status, $0.cost) = (.completed, 10) })
        tally.add(snapshot { ($0.status, $0.cost, $0.isReused) = (.completed, 10, true) })
        tally.add(snapshot { ($0.status, $0.cost, $0.error) = (.failed, 10, FluxError(.failed, "no")) })
        tally.add(snapshot { $0.error = FluxError(.cancelled, "cancelled before it started") })
        tally.add(snapshot { ($0.status, $0.error) = (.processing, FluxError(.cancelled, "given up here")) })
        tally.add(snapshot { ($0.status, $0.error) = (.cancelled, FluxError(.cancelled, "at the service")) })
        #expect(tally.made == 1 && tally.reused == 1 && tally.failed == 2 && tally.leftOpen == 2 && tally.count == 6)
        #expect(tally.credits == 10 && tally.unknownCosts == 0)
    }

    @Test func jobThatCompletedIsPaidAlsoWhenItsPicturesAreLost() {
        var tally = JobCounts()
        tally.add(snapshot { ($0.status, $0.cost, $0.error) = (.completed, 9, FluxError(.expired, "gone")) })
        #expect(tally.failed == 1 && tally.made == 0 && tally.credits == 9)
        tally.add(snapshot { $0.status = .completed })
        #expect(tally.made == 1 && tally.credits == 9 && tally.unknownCosts == 1)
    }
}
