import FluxClient

/// What a run knows of the others on a ledger that several machines share.
struct Team {
    /// Whether this run asks the service how the jobs of all are doing. A run that nobody has told anything does.
    var watches = true
    /// Jobs whose requests another run is sending, by their keys: they wait for what becomes of those.
    var followers: [String: [Int]] = [:]
    /// The jobs of this run whose requests are in the ledger, by their keys.
    var numbers: [String: Int] = [:]
    /// When the next look at their records is due: a run that died tells nobody.
    var nextCheck: Duration = .zero
    /// Requests of which something was told that nobody here has read yet.
    var heard: Set<String> = []
    var isReading = false
    /// The last number that a job of another run was given here; they count down.
    var lastForeign = 0
    /// Jobs of other runs that this one looks at.
    var foreignCount = 0

    /// How often the records of followed requests are read: a lease that runs out tells nobody.
    static let checkInterval = Duration.seconds(3)
    /// Who does not watch looks by itself where the one that does seems to have missed it.
    static let patience = Duration.seconds(20)
}

/// With a ledger on a server: what others on it do is heard of, followed, and done for those that are gone.
extension EngineCore {
    func joinTeam(_ ledger: Ledger) {
        ledger.presence.listen { [weak self] event in Task { await self?.hear(event) } }
    }

    /// When this run looks next at its jobs at the service.
    var nextLook: Duration? {
        team.watches ? schedule.nextLook : schedule.nextLook.map { $0 + Team.patience }
    }

    func takeLook() -> PollingSchedule.Look? {
        schedule.takeLook(
            at: team.watches ? clock.now : clock.now - Team.patience, foreign: team.foreignCount)
    }

    private func hear(_ event: LedgerEvent) {
        guard !isShutDown, let ledger else { return }
        switch event {
        case .changed(let keys):
            hear(keys)
        case .paused(let until):
            let left = Duration.milliseconds(max(0, until - ledger.now))
            submissionPause.hold(until: clock.now + min(left, configuration.rateLimitPatience))
            rearm()
        case .watches(let watches):
            team.watches = watches
            if watches { run { await self.watchForOthers(ledger) } } else { dropForeign() }
            rearm()
        case .connected:
            hear(Array(team.followers.keys) + Array(team.numbers.keys))
        }
    }

    /// Has another run's pause heard by all.
    func tellPause() {
        guard let ledger else { return }
        let (seconds, attoseconds) = (submissionPause.until - clock.now).components
        ledger.presence.tellPause(until: ledger.now + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// A job is what the ledger has by that key.
    func know(_ job: Job, by key: String) {
        job.recordKey = key
        if ledger?.isShared == true { team.numbers[key] = job.number }
    }

    // MARK: Following

    /// A job waits for what becomes of its request, which another run is sending.
    func follow(_ number: Int, _ record: RequestRecord) {
        if team.followers.isEmpty { team.nextCheck = clock.now + Team.checkInterval }
        team.followers[record.key, default: []].append(number)
        rearm()
    }

    var nextTeamCheck: Duration? { team.followers.isEmpty ? nil : team.nextCheck }

    func checkFollowed() {
        guard !team.followers.isEmpty, clock.now >= team.nextCheck else { return }
        team.nextCheck = clock.now + Team.checkInterval
        hear(Array(team.followers.keys))
    }

    private func hear(_ keys: [String]) {
        team.heard.formUnion(keys)
        guard !team.isReading, !team.heard.isEmpty else { return }
        team.isReading = true
        run {
            while !self.isShutDown, !self.team.heard.isEmpty {
                let keys = self.team.heard
                self.team.heard = []
                await self.read(keys)
            }
            self.team.isReading = false
        }
    }

    private func read(_ keys: Set<String>) async {
        guard let ledger else { return }
        let wanted = keys.filter { team.watches || team.followers[$0] != nil || team.numbers[$0] != nil }
        // A ledger that cannot be read is read again when it is heard of next.
        guard !wanted.isEmpty, let records = try? await ledger.records(keys: Array(wanted)) else { return }
        let pictures = await Disk.run { [store] in records.map { store.pictures(of: $0) } }
        for (record, pictures) in zip(records, pictures) {
            for number in followersToServe(record) { goOn(number, following: record, pictures) }
            if let number = team.numbers[record.key] { take(record, number) }
            takeForeign(record, isNews: true)
        }
        admitWaiting()
    }

    /// Those who follow a request that nobody is sending any more.
    private func followersToServe(_ record: RequestRecord) -> [Int] {
        if record.state == .written, record.isClaimed { return [] }
        return team.followers.removeValue(forKey: record.key) ?? []
    }

    private func goOn(_ number: Int, following record: RequestRecord, _ pictures: [Picture]?) {
        guard progress[number] != nil, let ledger else { return }
        switch record.state {
        case .failed, .refused, .unknown:
            // The same would come of it here.
            settle(number, error: record.error)
        case .written, .accepted, .completed, .fetched:
            progress[number]?.record?.decide(from: record, pictures: pictures, run: ledger.run, now: ledger.now)
            goOn(number)
        }
    }

    /// Another run has learned how one of our jobs ended.
    private func take(_ record: RequestRecord, _ number: Int) {
        guard let state = record.jobState, state.status.isFinal, state.id == progress[number]?.job.snapshot.id else {
            return
        }
        progress[number]?.isTold = true
        observe(number, state)
    }

    // MARK: Watching for others

    /// Takes the jobs of others that are at the service into the looks of this run.
    private func watchForOthers(_ ledger: Ledger) async {
        var filter = RecordFilter()
        filter.account = ledger.run.account.name
        filter.status = RecordState.accepted.rawValue
        guard let records = try? await ledger.requests(filter) else { return }
        for record in records { takeForeign(record, isNews: false) }
        rearm()
    }

    private func takeForeign(_ record: RequestRecord, isNews: Bool) {
        guard let ledger, !isShutDown, let id = record.job, record.identity.account == ledger.run.account.name else {
            return
        }
        guard record.state == .accepted else {
            if let number = numbers[id], progress[number]?.foreignKey != nil { dropForeign(number) }
            return
        }
        guard team.watches, numbers[id] == nil else { return }
        team.lastForeign -= 1
        team.foreignCount += 1
        let request = JobRequest(call: record.identity.call, model: record.identity.model, prompt: "")
        let job = Job(number: team.lastForeign, request: request)
        job.update { snapshot in
            snapshot.id = id
            snapshot.status = record.status ?? .queued
        }
        let entry = Progress(job: job)
        entry.foreignKey = record.key
        entry.acceptedAt = clock.now
        progress[job.number] = entry
        numbers[id] = job.number
        // What is told has just happened, however wrong another machine's clock may be.
        let age = isNews ? .zero : Duration.milliseconds(max(0, ledger.now - (record.acceptedAt ?? ledger.now)))
        schedule.add(job.number, pace: pace(of: record.identity.model, isFinal: false), at: clock.now - age)
        rearm()
    }

    /// A look has shown how the job of another run ended: the ledger tells that run.
    func noteForeign(_ number: Int, _ state: JobState) {
        guard let key = progress[number]?.foreignKey else { return }
        switch state.status {
        case .completed: ledger?.completed(key: key, state)
        case .failed: ledger?.failed(key: key, status: .failed, FluxError(jobFailure: state.error))
        case .cancelled: ledger?.failed(key: key, status: .cancelled, .cancelledAtService)
        case .queued, .processing: return
        }
        dropForeign(number)
    }

    /// - Returns: whether it was another's.
    @discardableResult
    func dropForeign(_ number: Int) -> Bool {
        guard let entry = progress[number], entry.foreignKey != nil else { return false }
        progress[number] = nil
        team.foreignCount -= 1
        schedule.remove(number)
        if let id = entry.job.snapshot.id { numbers[id] = nil }
        return true
    }

    private func dropForeign() {
        for number in progress.keys where number < 0 { dropForeign(number) }
    }
}

extension RequestRecord {
    /// What the service last said of it, as far as the ledger knows.
    var jobState: JobState? {
        guard let job, let status = state == .fetched || state == .completed ? .completed : status else { return nil }
        return JobState(
            id: job, status: status, model: identity.model, imageURLs: imageURLs, error: errorMessage, creditCost: cost,
            createdAt: createdAt, completedAt: completedAt)
    }
}
