import HTTPServer

/// Jobs going on: from the queue to work when there is room, through their progress, to their end.
extension ServiceStateMachine {
    /// What happens to a job by itself, by the job's number.
    enum Event: Sendable, Hashable {
        /// It has been in the queue for as long as it has to.
        case ready(Int)
        /// A quarter more of its work is done.
        case quarter(Int)
        /// The time of its work is over.
        case due(Int)
    }

    /// What others have to do because of it.
    enum Effect: Sendable {
        /// Its pictures are to be made.
        case begin(JobRecord)
        /// Its webhook is to be told.
        case announce(Webhook.Event, JobRecord, at: Duration)
    }

    /// All that happens up to a moment. Time never runs back.
    mutating func advance(to moment: Duration) {
        while let (at, event) = eventQueue.next(until: max(moment, clock)) {
            clock = max(clock, at)
            switch event {
            case .ready(let number):
                line.append(number)
                startWaiting()
            case .quarter(let number): announce(.progress, number)
            case .due(let number):
                // Without its pictures it goes on until they are there.
                if jobs[number: number]?.isSettled == true { end(number) }
            }
        }
        clock = max(clock, moment)
        forget()
    }

    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    private mutating func startWaiting() {
        while jobsAtWork < limits.jobsAtWork, let number = line.popFirst() { start(number) }
    }

    private mutating func start(_ number: Int) {
        let now = clock
        let started = jobs.update(number) { job in
            job.startedAt = now
            return job
        }
        guard let started else { return }
        jobsAtWork += 1
        record(.job(started))
        schedule(started, from: now)
        announce(.progress, number)
    }

    /// What is still to come of a job at work.
    func futureEvents(of job: JobRecord, after moment: Duration) -> [(Event, at: Duration)] {
        guard let startedAt = job.startedAt, let endsAt = job.endsAt else { return [] }
        var events: [(Event, at: Duration)] = []
        if job.webhook?.events.contains(.progress) == true, job.workTime > .zero {
            for quarter in 1...3 {
                let at = startedAt + job.workTime * quarter / 4
                if at > moment { events.append((.quarter(job.number), at)) }
            }
        }
        events.append((.due(job.number), endsAt))
        return events
    }

    mutating func schedule(_ job: JobRecord, from moment: Duration) {
        for (event, at) in futureEvents(of: job, after: moment) { eventQueue.enter(event, at: at) }
        if job.failure == nil { effects.append(.begin(job)) }
    }

    /// The job's pictures are there, or its inputs could not be used.
    mutating func settle(_ number: Int, failure: String?, given: [(parameter: String, content: FileContent)] = []) {
        let now = clock
        let job = jobs.update(number) { job -> JobRecord? in
            guard !job.isSettled else { return nil }
            job.isSettled = true
            job.failure = failure
            job.inputs = given.map { JobInput(parameter: $0.parameter, fingerprint: $0.content.fingerprint) }
            return job
        }
        guard let job = job ?? nil else { return }
        files.add(given.map(\.content), ofJob: number)
        recordFiles()
        record(.job(job))
        if let endsAt = job.endsAt, endsAt <= now { end(number) }
    }

    private mutating func end(_ number: Int) {
        let now = clock
        let ended = jobs.update(number) { job in
            job.finishedAt = now
            return job
        }
        guard let ended else { return }
        jobsAtWork -= 1
        finished.append(number)
        if ended.failure == nil {
            tally.completed += 1
        } else {
            tally.failed += 1
            tally.billed -= ended.cost
            credits += ended.cost
        }
        announce(ended.failure == nil ? .completed : .failed, number)
        jobs.update(number) { $0.webhook?.settle() }
        if let job = jobs[number: number] { record(.job(job)) }
        startWaiting()
    }

    // MARK: Webhooks

    mutating func announce(_ event: Webhook.Event, _ number: Int) {
        let now = clock
        let told = jobs.update(number) { job -> JobRecord? in
            guard job.webhook?.events.contains(event) == true else { return nil }
            job.webhook?.underWay += 1
            job.webhook?.announced += 1
            return job
        }
        if let job = told ?? nil { effects.append(.announce(event, job, at: now)) }
    }

    /// An event was taken by the other side, or given up.
    mutating func dealt(withEventOf number: Int, delivered: Bool) {
        let settled = jobs.update(number) { job -> JobRecord? in
            job.webhook?.underWay -= 1
            if !delivered { job.webhook?.hasLostSome = true }
            guard job.finishedAt != nil else { return nil }
            job.webhook?.settle()
            return job
        }
        if let job = settled ?? nil { record(.job(job)) }
    }
}
