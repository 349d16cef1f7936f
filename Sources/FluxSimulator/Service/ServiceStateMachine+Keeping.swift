/// Books that outlive their service: what has to be written down, and what was.
extension ServiceStateMachine {
    /// What a state file has to know, in order.
    enum Change: Sendable {
        case job(JobRecord)
        case forgottenJob(Int)
        case key(IdempotencyKeys.Acceptance)
        case forgottenKey(String)
        case file(Files.Change)
    }

    /// What is written with every change.
    struct Account: Sendable, Hashable {
        /// Up to when everything has happened.
        var clock: Duration
        var lastNumber: Int
        var credits: Int
        var random: UInt64
    }

    var account: Account {
        Account(clock: clock, lastNumber: lastNumber, credits: credits, random: random.state)
    }

    mutating func record(_ change: Change) { changes?.append(change) }

    mutating func recordFiles() {
        for change in files.takeChanges() { record(.file(change)) }
    }

    mutating func takeChanges() -> [Change] {
        defer { if changes != nil { changes = [] } }
        return changes ?? []
    }

    /// Goes on where another service ended, and has its changes recorded from now on. What would have happened meanwhile
    /// does so at the next `advance(to:)`, each thing at its own moment.
    mutating func resume(_ saved: SavedState) {
        changes = []
        guard let account = saved.account else { return }
        // The clock of the machine may have been set back.
        clock = min(account.clock, .zero)
        lastNumber = max(account.lastNumber, saved.jobs.last?.number ?? 0)
        credits = account.credits
        random = RandomSource(seed: account.random)
        for acceptance in saved.keys { keys.add(acceptance) }
        files.resume(saved)
        for job in saved.jobs { jobs.append(job) }
        for job in saved.jobs.sorted(by: { ($0.finishedAt ?? .zero) < ($1.finishedAt ?? .zero) }) { resume(job) }
    }

    private mutating func resume(_ job: JobRecord) {
        if job.finishedAt != nil {
            finished.append(job.number)
            guard job.webhook?.status == .pending else { return }
            // It may have been delivered, and is once more: deliveries can repeat (contract §8).
            announce(job.failure == nil ? .completed : .failed, job.number)
            jobs.update(job.number) { $0.webhook?.settle() }
        } else if job.startedAt != nil {
            jobsAtWork += 1
            schedule(job, from: clock)
        } else {
            eventQueue.enter(.ready(job.number), at: job.createdAt + job.queueTime)
        }
    }
}
