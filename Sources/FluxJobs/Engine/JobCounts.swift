import FluxClient

/// How the jobs of an engine ended.
public struct JobCounts: Sendable, Hashable {
    /// Made and paid, with all their pictures.
    public var made = 0
    /// Answered from what was already made.
    public var reused = 0
    /// Without pictures, or not all of them.
    public var failed = 0
    /// Given up here, while they may go on at the service.
    public var leftOpen = 0
    /// Dropped before the service was asked for them.
    public var notAskedFor = 0
    /// What the service charged this run for them: each job's cost is told by one run.
    public var credits = 0
    /// Jobs that completed without the service telling what they cost.
    public var unknownCosts = 0

    public init() {}

    public var count: Int { made + reused + failed + leftOpen + notAskedFor }

    mutating func add(_ job: JobSnapshot) {
        if job.isReused {
            reused += 1
            return
        }
        // A failed job is not paid (contract §4); one that completed is, also when its pictures are lost.
        if job.status == .completed, !job.isPaidElsewhere {
            credits += job.cost ?? 0
            if job.cost == nil { unknownCosts += 1 }
        }
        if job.isSuccess {
            made += 1
        } else if job.error == .neverAskedFor {
            notAskedFor += 1
        } else if job.error?.kind == .cancelled, job.status?.isFinal != true {
            leftOpen += 1
        } else {
            failed += 1
        }
    }
}
