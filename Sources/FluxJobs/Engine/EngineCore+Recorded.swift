import FluxClient

/// Jobs that wait to be compared with the ledger: all that are new at a time go together, in their order.
struct LedgerLookups {
    var waiting: [Int] = []
    var isRunning = false
    /// Requests of this run, by their digests: each is one job's.
    var claimed: Set<ShortDigest> = []
}

/// With a ledger: what was asked before is not asked again, and nothing is sent that is not written down.
extension EngineCore {
    // MARK: What was asked before

    /// A job is ready to be sent, as far as its pictures go.
    func consult(_ number: Int) {
        lookups.waiting.append(number)
        guard !lookups.isRunning else { return }
        lookups.isRunning = true
        run {
            while !self.isShutDown, !self.lookups.waiting.isEmpty {
                let batch = self.lookups.waiting
                self.lookups.waiting = []
                await self.consult(batch)
                self.admitWaiting()
            }
            self.lookups.isRunning = false
        }
    }

    private func consult(_ batch: [Int]) async {
        guard let ledger else { return }
        var numbers: [Int] = []
        for number in batch {
            do throws(FluxError) {
                guard let job = progress[number]?.job else { continue }
                let record = try recorded(job)
                progress[number]?.record = record
                numbers.append(number)
            } catch {
                settle(number, error: error)
            }
        }
        do throws(FluxError) {
            let requests = numbers.compactMap { progress[$0]?.record }
            var records = try await ledger.newest(of: requests)
            for (index, number) in numbers.enumerated() {
                guard let twin = records[index], twin.digest != requests[index].digest else { continue }
                // Its own job of this run may be at it.
                if lookups.claimed.insert(ShortDigest(twin.digest)).inserted {
                    progress[number]?.record = RecordedRequest(
                        identity: twin.identity, digest: twin.digest, isFresh: false)
                } else {
                    records[index] = nil
                }
            }
            let pictures = await Disk.run { [store, records] in records.map { $0.flatMap { store.pictures(of: $0) } } }
            for (index, number) in numbers.enumerated() {
                let old = progress[number]?.job.draftIdentity?.record
                progress[number]?.record?.decide(
                    from: old ?? records[index], pictures: pictures[index], run: ledger.run, now: ledger.now)
                if progress[number]?.job.draftIdentity?.sendsAnew == true { progress[number]?.record?.sendNewAttempt() }
            }
            // Before any gets in line: those that waited for an answer together would go on in any order, and a budget is
            // for the first that were asked for.
            if numbers.contains(where: { progress[$0]?.record?.isToBeSent == true }) { await learnPrices() }
            for number in numbers { goOn(number) }
        } catch {
            for number in numbers { settle(number, error: error) }
        }
    }

    /// Which request a job is. No two jobs of a run are the same one.
    private func recorded(_ job: Job) throws(FluxError) -> RecordedRequest {
        guard let ledger, let draftIdentity = job.draftIdentity else {
            throw FluxError(.io, "the ledger did not record this request")
        }
        if let record = draftIdentity.record {
            return RecordedRequest(identity: record.identity, digest: record.digest, isFresh: false)
        }
        let request = job.request
        var identity = RequestIdentity(
            account: ledger.run.account.name, call: request.call, model: request.model, prompt: request.prompt,
            parameters: request.parameters, inputs: try inputs(of: job), seed: request.seed,
            seedSource: request.seedSource, occurrence: draftIdentity.occurrence, lineage: ledger.run.lineage,
            parametersKey: request.parametersKey)
        var digest = identity.digest
        // Other names for the same pictures make the same request once more.
        while !lookups.claimed.insert(ShortDigest(digest)).inserted {
            identity.occurrence += 1
            digest = identity.digest
        }
        return RecordedRequest(
            identity: identity, digest: digest, isFresh: request.isFresh || ledger.run.isFresh)
    }

    /// Parameter → the content of each of its pictures.
    private func inputs(of job: Job) throws(FluxError) -> [String: [String]] {
        var inputs: [String: [String]] = [:]
        for (name, sources) in job.request.images {
            for source in sources {
                let input =
                    switch source {
                    case .url(let url): "url:\(url)"
                    case .file(let path): "sha256:\(try job.inputs[path]?.get().sha256 ?? "none")"
                    case .picture(let source, let index):
                        source.snapshot.pictures.first { $0.index == index }.map { "sha256:\($0.sha256)" }
                            ?? "none:\(index)"
                    }
                inputs[name, default: []].append(input)
            }
        }
        return inputs
    }

    /// Does what was decided about a job that has no turn yet.
    func goOn(_ number: Int) {
        guard let entry = progress[number], let record = entry.record else { return }
        if handover != nil, record.isUnderWay { return handOver(number) }
        switch record.plan {
        case .answered(let answer, let pictures):
            self.answer(number, answer, pictures)
        case .lookUp(let earlier):
            run { await self.lookUp(number, earlier) }
        case .follow(let theirs):
            follow(number, theirs)
        case .send, .sendAgain, .replay, .watch:
            enqueue(number)
        }
    }

    private func answer(_ number: Int, _ record: RequestRecord, _ pictures: [Picture]) {
        guard let job = progress[number]?.job else { return }
        noteUse(job, reused: true)
        job.update { snapshot in
            snapshot.id = record.job
            snapshot.status = .completed
            snapshot.progress = 100
            snapshot.pictures = pictures
            snapshot.imageURLs = record.imageURLs
            snapshot.cost = 0
            snapshot.createdAt = record.createdAt
            snapshot.completedAt = record.completedAt
            snapshot.elapsed = record.completedAt.flatMap { end in
                record.createdAt.map { Duration.milliseconds(end - $0) }
            }
            snapshot.isReused = true
        }
        if let id = record.job { registry.know(job, as: id) }
        settle(number, error: nil)
    }

    // MARK: Sending

    /// Does what was decided about a job that has its turn.
    func submitRecorded(_ job: Job) async throws(FluxError) {
        while let record = progress[job.number]?.record, let ledger {
            switch record.plan {
            case .watch(let id, let status):
                let isOurs = try await takeUp(job, record.key, reused: record.wasFetched)
                // An earlier run has seen it completed, and told what it cost; or one that goes on now will.
                if status == .completed || !isOurs { job.update { $0.isPaidElsewhere = true } }
                health.undecided()
                watch(job, JobAccepted(jobID: id, status: status), isOld: true)
                // What another run knows need not be asked of the service.
                if let known = record.known, isRecent(known, ledger) {
                    progress[job.number]?.isTold = true
                    observe(job.number, known)
                }
                return
            case .replay(let stored):
                let written = try await ledger.writeAgain(key: record.key, stored, in: [.written])
                guard follow(job, written) else { continue }
                if !(try await takeUp(job, record.key, reused: false)) { job.update { $0.isPaidElsewhere = true } }
                do throws(FluxError) {
                    let answer = try await submitter.replay(stored, idempotencyKey: record.key)
                    return noteAcceptance(job, answer, isOld: true)
                } catch {
                    // What is wrong with it now was wrong with it before: it was refused then.
                    guard error.status == 400 else { throw error }
                    progress[job.number]?.record?.mayHaveArrived = false
                    // As of today it may be spelled better.
                    guard job.draftIdentity?.record == nil else { throw error }
                    progress[job.number]?.record?.plan = .sendAgain
                }
            case .send, .sendAgain:
                guard job.draftIdentity?.record == nil || job.draftIdentity?.sendsAnew == true else {
                    throw FluxError(
                        .failed, "the service did not make it", hint: "run its script again to request it once more")
                }
                guard let encoded = try await written(job, record) else { continue }
                if handover != nil { return handOver(job.number) }
                if job.draftIdentity?.record != nil {
                    let answer = try await submitter.replay(encoded, idempotencyKey: record.key)
                    return noteAcceptance(job, answer, isOld: false)
                }
                let (request, _) = try await prepared(job)
                // The service makes the job later than all that it has told of so far.
                progress[job.number]?.notOlderThan = newestServiceTime
                let answer = try await submitter.submit(
                    request, idempotencyKey: record.key, replaying: encoded,
                    willSend: { [key = record.key] body in
                        // The other dialect's.
                        if body != encoded { _ = try await ledger.writeAgain(key: key, body, in: [.written]) }
                    })
                return noteAcceptance(job, answer, isOld: false)
            case .answered, .lookUp, .follow:
                progress[job.number]?.holdsSlot = false
                limiter.leave()
                health.undecided()
                return goOn(job.number)
            }
        }
        health.undecided()
    }

    /// Writes a request down before it is sent for the first time by this process.
    /// - Returns: what may be sent; nil when what others did with the request comes first.
    private func written(_ job: Job, _ record: RecordedRequest) async throws(FluxError) -> EncodedRequest? {
        guard let ledger else { return nil }
        if let written = record.written { return written }
        let (request, _) = try await prepared(job)
        // What is only finished here may name pictures that are not known here.
        let encoded = job.draftIdentity?.record?.sent ?? client.encoded(request)
        let outcome: WriteOutcome
        if case .sendAgain = record.plan {
            let states: Set<RecordState> =
                ledger.run.account.isInProcess ? Set(RecordState.allCases) : [.written, .refused]
            outcome = try await ledger.writeAgain(
                key: record.key, encoded, in: states, isForOthers: handover != nil,
                under: budgetLimits(ledger))
            noteUse(job, reused: false)
        } else {
            outcome = try await ledger.write(
                RequestDraft(
                    identity: record.identity, digest: record.digest, attempt: record.attempt,
                    isFresh: record.isFresh, isForOthers: handover != nil, name: job.request.name,
                    origin: job.request.origin, sent: encoded,
                    costLimit: try await costLimit(of: job.request)), under: budgetLimits(ledger))
        }
        guard follow(job, outcome) else { return nil }
        progress[job.number]?.record?.written = encoded
        return encoded
    }

    /// Another process may have done more with a request than was known: then that counts.
    /// - Returns: whether it is ours to send.
    private func follow(_ job: Job, _ written: WriteOutcome) -> Bool {
        guard case .theirs(let record) = written, let ledger else { return true }
        let pictures = store.pictures(of: record)
        progress[job.number]?.record?.decide(from: record, pictures: pictures, run: ledger.run, now: ledger.now)
        return false
    }

    // MARK: Noting

    private func noteAcceptance(_ job: Job, _ answer: JobAccepted, isOld: Bool) {
        if let key = progress[job.number]?.record?.key {
            know(job, by: key)
            ledger?.accepted(key: key, job: answer.jobID, status: answer.status)
        }
        accepted(job, answer, isOld: isOld)
    }

    private func noteUse(_ job: Job, reused: Bool) {
        guard let key = progress[job.number]?.record?.key else { return }
        know(job, by: key)
        ledger?.used(key: key, name: job.request.name, origin: job.request.origin, reused: reused)
    }

    /// - Returns: whether what it costs is this run's to tell: no other that goes on has asked for it.
    private func takeUp(_ job: Job, _ key: String, reused: Bool) async throws(FluxError) -> Bool {
        know(job, by: key)
        return try await ledger?.takenUp(
            key: key, name: job.request.name, origin: job.request.origin, reused: reused) ?? true
    }

    /// Whether the service still has the pictures that the ledger says it made.
    private func isRecent(_ state: JobState, _ ledger: Ledger) -> Bool {
        guard ledger.isShared, state.status == .completed, !state.imageURLs.isEmpty, let end = state.completedAt else {
            return false
        }
        return Duration.milliseconds(ledger.now - end) < configuration.pictureLifetime
    }

    func noteCompletion(_ number: Int, _ state: JobState) {
        guard progress[number]?.isTold != true, let key = progress[number]?.record?.key else { return }
        ledger?.completed(key: key, state)
    }

    /// The last that is known of a job.
    func note(_ ended: Progress, endedWith error: FluxError?) {
        guard let ledger, let record = ended.record else { return }
        if case .answered = record.plan { return }
        let snapshot = ended.job.snapshot
        guard var error else {
            // It was answered and paid before, or by another, and only fetched once more.
            if record.wasFetched || record.isTheirs {
                ended.job.update { snapshot in
                    snapshot.cost = 0
                    snapshot.isReused = true
                }
            }
            return ledger.fetched(key: record.key, snapshot.pictures)
        }
        switch snapshot.status {
        case .failed, .cancelled: ledger.failed(key: record.key, status: snapshot.status, error)
        case _ where error.kind == .unknownOutcome: ledger.unknown(key: record.key, error)
        case _ where error == .forgottenByService: ledger.unknown(key: record.key, error)
        case nil where error.madeNoJob && !record.mayHaveArrived && !error.mayHaveArrived:
            ledger.refused(key: record.key, error)
        // Given up here, it goes on when the run is taken up.
        case _ where error.kind == .cancelled: break
        default:
            // What may have arrived before says more than what did not leave now.
            if snapshot.id != nil || record.mayHaveArrived || error.mayHaveArrived { error.isUnsent = false }
            ledger.troubled(key: record.key, error)
        }
    }

    // MARK: What is gone

    /// Asks anew for pictures that were here once, when the service does not have them any more, and says so: they are
    /// paid again.
    /// - Returns: false when the job ends as it is.
    func renews(_ number: Int, after error: FluxError?) -> Bool {
        // Where several share a ledger, another machine may well have them.
        guard let error, error.kind == .expired || error.status == 404, !isShutDown, let entry = progress[number],
            entry.record?.wasFetched == true, entry.job.draftIdentity?.record == nil, ledger?.isShared != true
        else { return false }
        let id = entry.job.snapshot.id ?? ""
        notice(
            "job \(id.prefix(8)) was made and paid for, but its pictures are gone, here and at the service: "
                + "it is made and paid for again")
        numbers[id] = nil
        if entry.holdsSlot { limiter.leave() }
        schedule.remove(number)
        entry.job.update { $0 = JobSnapshot() }
        let renewed = Progress(job: entry.job)
        renewed.record = entry.record
        renewed.record?.sendNewAttempt()
        progress[number] = renewed
        enqueue(number)
        admitWaiting()
        rearm()
        return true
    }

    /// An error, as far as what became of the request makes another of it: `.invalid` promises that nothing was made, which
    /// nobody can of a job that the service had, or of a request that may have arrived.
    func verdict(on number: Int, _ error: FluxError) -> FluxError {
        guard let entry = progress[number] else { return error }
        let isGone = error.kind == .expired || error.status == 404
        if isGone, entry.record?.wasFetched == true, let ledger, ledger.isShared {
            return .onAnotherMachine(entry.record?.member, run: entry.record?.owner ?? 0)
        }
        if entry.job.snapshot.id != nil {
            if error.status == 404, error.kind == .invalid { return .forgottenByService }
            guard error.kind == .invalid else { return error }
            var error = error
            error.kind = .service
            return error
        }
        if error.status == 409 { return .unknownOutcome("it has another request under the same key") }
        guard error.kind == .invalid, error.mayHaveArrived || entry.record?.mayHaveArrived == true else { return error }
        var unclear = error
        unclear.kind = .service
        unclear.message += "; an earlier attempt, whose answer was lost, may have made a job"
        unclear.hint = "run the script again, or 'fluxlua resume': within 24 hours nothing is paid twice"
        return unclear
    }
}

extension FluxError {
    /// Another has the pictures of a request, or had: they are not made anew behind its back.
    /// - Parameter member: the machine that fetched them; nil where nobody told.
    static func onAnotherMachine(_ member: String?, run: Int64) -> FluxError {
        if member == Member.name {
            return FluxError(
                .expired,
                "this machine fetched the pictures once and has removed them, and the service no longer has them",
                hint: "request new ones with fresh = true, which are paid for again, unless another member has a copy")
        }
        let name = member ?? "another machine (run \(run))"
        return FluxError(
            .expired, "\(name) has the pictures, and the service no longer has them",
            hint:
                "ask \(name) for them; FLUX_PICTURES_SHARED, a folder that all members see, shares what is fetched from "
                + "then on; fresh = true requests new ones, which are paid for again")
    }

    /// A job that was accepted once.
    static let forgottenByService = FluxError(
        .expired, "the service no longer has the job or its pictures", status: 404,
        hint: "it may belong to another API key; fresh = true requests new pictures, which are paid for again")
}
