import FluxClient

/// Requests whose answer was lost so long ago that their keys are forgotten: the service's list may show what became of
/// them.
extension EngineCore {
    /// Pages of the list, and jobs of it, that are looked at for one request.
    private static let mostPages = 100
    private static let mostCandidates = 300

    private enum Found: Sendable {
        case job(JobState)
        case nothing
        case unclear(String)
    }

    func lookUp(_ number: Int, _ record: RequestRecord) async {
        guard let ledger, let job = progress[number]?.job else { return }
        let found: Found
        do throws(FluxError) {
            found = try await find(record, ledger)
        } catch {
            return settle(number, error: error)
        }
        guard progress[number] != nil, !isShutDown else { return }
        switch found {
        case .job(let state):
            ledger.accepted(key: record.key, job: state.id, status: state.status)
            progress[number]?.record?.plan = .watch(id: state.id, status: state.status)
            enqueue(number)
        case .nothing where record.job != nil:
            // It was accepted once, and may be paid: that is not asked anew by itself.
            settle(number, error: .forgottenByService)
        case .nothing where job.draftIdentity?.record == nil:
            ledger.refused(key: record.key, FluxError(.service, "the service never had it"))
            progress[number]?.record?.sendNewAttempt()
            enqueue(number)
        case .nothing:
            settle(number, error: .unknownOutcome("its list of jobs shows none like it"))
        case .unclear(let why):
            settle(number, error: .unknownOutcome(why))
        }
        admitWaiting()
    }

    /// Walks through the list of jobs, newest first, as far back as the request's can be.
    @concurrent private func find(_ record: RequestRecord, _ ledger: Ledger) async throws(FluxError) -> Found {
        let offset = try await ledger.clockOffset()
        let window = OutcomeSearch.window(of: record, clockOffset: offset)
        var candidates: [JobState] = []
        var oldest = Int64.max
        var cursor: String?
        for page in 1...Self.mostPages {
            let list = try await client.jobs(model: record.identity.model, limit: 100, cursor: cursor)
            // One that is another request's cannot be this one's.
            let known = try await ledger.known(jobs: list.unreadable.compactMap(\.jobID))
            if let first = list.unreadable.first(where: { $0.jobID.map { !known.contains($0) } ?? true }) {
                return .unclear("a job of its list cannot be read (\(first.error.message))")
            }
            for state in list.jobs {
                guard let createdAt = state.createdAt else {
                    return .unclear("its list does not say when jobs were made")
                }
                if window.contains(createdAt) { candidates.append(state) }
                oldest = min(oldest, createdAt)
            }
            if !list.hasMore || oldest < window.lowerBound { break }
            guard let next = list.nextCursor, next != cursor, page < Self.mostPages else {
                return .unclear("its list of jobs does not end")
            }
            cursor = next
        }
        let known = try await ledger.known(jobs: candidates.map(\.id))
        let found = try await choose(among: candidates.filter { !known.contains($0.id) }, record)
        if case .nothing = found, !OutcomeSearch.reachesBack(to: record, oldest: oldest, clockOffset: offset) {
            return .unclear("its list of jobs does not reach back to that time")
        }
        return found
    }

    @concurrent private func choose(
        among candidates: [JobState], _ record: RequestRecord
    ) async throws(FluxError) -> Found {
        guard candidates.count <= Self.mostCandidates else {
            return .unclear("it has \(candidates.count) jobs of that time that could be it")
        }
        var same: [JobState] = []
        var unclear = 0
        for candidate in candidates {
            let input: JSONValue?
            do throws(FluxError) {
                input = try await client.input(ofJob: candidate.id)
            } catch {
                guard error.status == 404 else { throw error }
                unclear += 1
                continue
            }
            switch OutcomeSearch.verdict(sent: record.sent.body, input: input) {
            case .same: same.append(candidate)
            case .unclear: unclear += 1
            case .different: break
            }
        }
        if same.count == 1 { return .job(same[0]) }
        if same.count > 1 { return .unclear("it has \(same.count) jobs of that time with the same request") }
        if unclear > 0 { return .unclear("it does not say what \(unclear) jobs of that time requested") }
        return .nothing
    }
}
