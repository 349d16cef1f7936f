import FluxClient

extension EngineCore {
    /// How many jobs are asked for one by one at a time.
    private static let singleLooks = 32

    /// Looks at jobs. Each comes out of it seen, failed or settled; only trouble of the service as a whole holds back
    /// the next look.
    func look(_ look: PollingSchedule.Look) async {
        var outcome = LookOutcome()
        switch look {
        case .single(let jobs):
            await ask(jobs, &outcome)
        case .list(let jobs, let pages):
            let missing = await list(jobs, pages: pages, &outcome)
            let listsInVain = outcome.vain
            await ask(missing, &outcome)
            if missing.count == jobs.count, outcome.told > 1 {
                // That was learned once, and is not paid for with time.
                schedule.listsTellNothing(at: clock.now)
                outcome.vain -= listsInVain
            }
        }
        schedule.charge(Double(outcome.vain) / configuration.looksPerSecond, at: clock.now)
        if outcome.isAnswered {
            schedule.recovered()
            serviceAnswered()
        } else if let trouble = outcome.trouble {
            schedule.trouble(at: clock.now, retryAfter: trouble.retryAfter, jitter: jitter)
            if trouble.isPassing, trouble.kind != .rateLimited {
                serviceFailed(trouble)
            } else if trouble.status != nil {
                serviceAnswered()
            }
        }
    }

    private struct LookOutcome {
        /// Anything that the service said of a job.
        var isAnswered = false
        /// Jobs that were asked for one by one, with an answer.
        var told = 0
        var trouble: FluxError?
        /// Calls that told of no job that is over.
        var vain = 0
    }

    private struct Answer: Sendable {
        var number: Int
        var result: Result<JobState, FluxError>
    }

    /// Asks for jobs one by one.
    private func ask(_ jobs: [Int], _ outcome: inout LookOutcome) async {
        await withTaskGroup(of: Answer.self) { group in
            var underWay = 0
            for number in jobs {
                guard !isShutDown, let id = progress[number]?.job.snapshot.id else { continue }
                if underWay >= Self.singleLooks, let answer = await group.next() { take(answer, &outcome) }
                group.addTask { [client] in await Self.answer(of: client, number, id) }
                underWay += 1
            }
            for await answer in group { take(answer, &outcome) }
        }
    }

    private func take(_ answer: Answer, _ outcome: inout LookOutcome) {
        switch answer.result {
        case .success(let state) where !isAbout(state, answer.number):
            outcome.vain += 1
            let error = FluxError(.service, "the service answered with job \(state.id) when it was asked about another")
            lookFailed(answer.number, error, &outcome)
        case .success(let state) where state.unreadableResult != nil && mayBecomeReadable(answer.number):
            outcome.isAnswered = true
            outcome.vain += 1
            progress[answer.number]?.unknownLooks += 1
            schedule.failed(answer.number, at: clock.now)
        case .success(let state):
            outcome.isAnswered = true
            outcome.told += 1
            if state.status.isFinal { schedule.found(answer.number, at: clock.now) } else { outcome.vain += 1 }
            observe(answer.number, state)
        case .failure(let error):
            outcome.vain += 1
            lookFailed(answer.number, error, &outcome)
        }
    }

    /// A job may be called completed a little before its result is there, but not for long.
    private func mayBecomeReadable(_ number: Int) -> Bool {
        guard let entry = progress[number] else { return false }
        if case .watch(_, .completed) = entry.record?.plan { return false }
        return entry.unknownLooks + 1 < configuration.unknownJobLooks
    }

    /// A cache on the way may mix answers up.
    private func isAbout(_ state: JobState, _ number: Int) -> Bool {
        guard let id = progress[number]?.job.snapshot.id else { return true }
        return id.lowercased() == state.id.lowercased()
    }

    @concurrent private static func answer(of client: FluxClient, _ number: Int, _ id: String) async -> Answer {
        do throws(FluxError) {
            return Answer(number: number, result: .success(try await client.job(id)))
        } catch {
            return Answer(number: number, result: .failure(error))
        }
    }

    /// Reads lists until the jobs were seen. Lists tell of jobs that were not due as well.
    /// - Returns: those to be asked for one by one.
    private func list(_ jobs: [Int], pages: Int, _ outcome: inout LookOutcome) async -> [Int] {
        let entries = jobs.compactMap { progress[$0] }
        let floors = entries.map { $0.job.snapshot.createdAt ?? $0.notOlderThan }
        var unseen = Set(entries.map(\.job.number))
        var walk = JobListPaginator(
            wanted: Set(entries.compactMap { $0.job.snapshot.id }),
            floor: floors.contains(nil) ? nil : floors.compactMap(\.self).min(), pages: pages)
        while !walk.isOver, !isShutDown {
            do throws(FluxError) {
                let page = try await client.jobs(limit: PollingSchedule.pageSize, cursor: walk.cursor)
                outcome.isAnswered = true
                walk.take(page)
                var isVain = true
                // Oldest first: jobs that were done at the same time settle in the order in which they were asked for.
                for state in page.jobs.reversed() {
                    // What is odd in a list may be told better by itself.
                    guard let number = numbers[state.id], state.unreadableResult == nil else { continue }
                    unseen.remove(number)
                    if state.status.isFinal {
                        isVain = false
                        schedule.found(number, at: clock.now)
                    }
                    observe(number, state)
                }
                if isVain { outcome.vain += 1 }
            } catch {
                // The list itself may be at fault, and then asking one by one helps; other trouble that would meet too.
                if error.kind == .invalid || error.isUnreadable { break }
                for number in unseen { lookFailed(number, error, &outcome) }
                return []
            }
        }
        return unseen.sorted()
    }

    /// Takes in what the service says of a job.
    func observe(_ number: Int, _ state: JobState) {
        guard let entry = progress[number], entry.holdsSlot || entry.foreignKey != nil, entry.job.snapshot.id != nil
        else { return }
        let now = clock.now
        tellOddities(of: state, hasWebhook: entry.hasWebhook)
        if schedule.webhooksAreMissing(at: now) { tellOfWebhooks("no webhook has arrived") }
        newestServiceTime = [newestServiceTime, state.createdAt, state.completedAt].compactMap(\.self).max()
        progress[number]?.unknownLooks = 0
        let atService = state.duration
        entry.job.update { snapshot in
            snapshot.take(state)
            if state.status.isFinal { snapshot.elapsed = atService ?? now - entry.acceptedAt }
        }
        if entry.foreignKey != nil, state.status.isFinal {
            if let atService, state.status == .completed { learned(atService, of: state.model, at: now) }
            return noteForeign(number, state)
        }
        switch state.status {
        case .queued, .processing:
            schedule.seen(number, at: now)
        case .completed:
            if let atService { learned(atService, of: entry.job.request.model, at: now) }
            entry.job.completionSeen = now
            schedule.remove(number)
            noteCompletion(number, state)
            numbers[state.id] = nil
            progress[number]?.holdsSlot = false
            limiter.leave()
            fetch(number, state)
            admitWaiting()
        case .failed:
            settle(number, error: FluxError(jobFailure: state.error))
        case .cancelled:
            settle(number, error: .cancelledAtService)
        }
    }

    /// A look gave no state of a job. Only what will not pass by itself ends it.
    private func lookFailed(_ number: Int, _ error: FluxError, _ outcome: inout LookOutcome) {
        guard !isShutDown, progress[number] != nil else { return }
        let now = clock.now
        switch error.kind {
        case .auth:
            outcome.trouble = error
            var error = error
            error.hint =
                "the job goes on at the service, and stays open here: set APIFRAME_API_KEY to a valid key, and "
                + "'fluxlua resume' finishes it ('fluxlua resume --new-key' if the key is a different one)"
            // A key that is not known is not known for any job; a denied access may be about one.
            for refused in error.status == 401 ? Array(numbers.values).sorted() : [number] {
                settle(refused, error: error)
            }
        case .invalid,
            .service where error.isUnreadable:
            outcome.isAnswered = true
            progress[number]?.unknownLooks += 1
            let looks = progress[number]?.unknownLooks ?? 0
            if looks >= configuration.unknownJobLooks { return settle(number, error: error) }
            schedule.failed(number, at: now)
        case .service:
            outcome.trouble = error
            schedule.failed(number, at: now)
        default:
            outcome.trouble = error
            schedule.postponed(number, at: now)
        }
    }
}

extension FluxError {
    /// An answer came and makes no sense; waiting will hardly change it.
    fileprivate var isUnreadable: Bool { kind == .service && (status ?? 200) < 300 }
}
