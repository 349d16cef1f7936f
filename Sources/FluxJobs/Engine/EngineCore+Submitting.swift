import FluxClient

extension EngineCore {
    /// Takes in a new job. It gets in line for its turn when the jobs whose pictures it needs are settled.
    func begin(_ job: Job) {
        let entry = Progress(job: job)
        let sources = job.request.sourceJobs.filter { !$0.snapshot.isSettled }
        entry.awaited = sources.count
        progress[job.number] = entry
        if isLeftOut(job) { return leaveOut(job.number) }
        if sources.isEmpty { return sourcesSettled(job.number) }
        for source in sources {
            source.whenSettled { Task { await self.sourceSettled(of: job.number) } }
        }
    }

    private func sourceSettled(of number: Int) {
        progress[number]?.awaited -= 1
        guard progress[number]?.awaited == 0 else { return }
        sourcesSettled(number)
        admitWaiting()
    }

    private func sourcesSettled(_ number: Int) {
        guard let job = progress[number]?.job else { return }
        if let error = job.request.sourceFailure { return settle(number, error: error) }
        guard let inspection = job.request.inspection else { return goOn(withSourcesOf: number) }
        run {
            do throws(FluxError) {
                try await Disk.run(inspection)
                self.goOn(withSourcesOf: number)
                self.admitWaiting()
            } catch {
                self.settle(number, error: error)
            }
        }
    }

    private func goOn(withSourcesOf number: Int) {
        if ledger != nil { return consult(number) }
        enqueue(number)
    }

    /// Gets a job in line for its turn.
    func enqueue(_ number: Int) {
        guard let job = progress[number]?.job else { return }
        if asksNoMore, isUnsent(number) { return settle(number, error: .neverAskedFor) }
        limiter.enter(number, lane: job.request.lane)
    }

    /// Sends nothing that was not sent before: nobody wants it any more. What the service has, or may have, goes on.
    func askNoMore() {
        asksNoMore = true
        takeNews()
        let unasked = lookups.waiting
        lookups.waiting = []
        for number in unasked { settle(number, error: .neverAskedFor) }
        for number in limiter.takeWaiting() { enqueue(number) }
        admitWaiting()
    }

    private func isUnsent(_ number: Int) -> Bool {
        guard let entry = progress[number] else { return false }
        guard let record = entry.record else { return entry.prepared == nil }
        return record.isToBeSent && record.written == nil
    }

    /// Whether somebody waits for a turn and may have one, if the service lets us.
    var canSubmit: Bool {
        limiter.isOpen && submitting < max(1, configuration.submissionConcurrency) && !fetchesAreLate
    }

    /// Whether more pictures wait to be fetched than should.
    var fetchesAreLate: Bool { fetches.waiting >= max(1, configuration.fetchBacklog) }

    /// Gives turns to those who are in line, as far as the service lets us, and sets the timer for when the next may come.
    /// To be called whenever somebody gets in line, or a place or the service becomes free.
    func admitWaiting() {
        while !isShutDown, canSubmit, clock.now >= submissionPause.until, health.letsThrough(at: clock.now),
            let number = limiter.next()
        {
            guard let job = progress[number]?.job else {
                limiter.leave()
                health.undecided()
                continue
            }
            progress[number]?.holdsSlot = true
            submitting += 1
            run {
                await self.submit(job)
                self.submitting -= 1
                self.admitWaiting()
            }
        }
        rearm()
    }

    private func submit(_ job: Job) async {
        do throws(FluxError) {
            if ledger != nil { return try await submitRecorded(job) }
            let (request, key) = try await prepared(job)
            // The service makes the job later than all that it has told of so far.
            progress[job.number]?.notOlderThan = newestServiceTime
            accepted(job, try await submitter.submit(request, idempotencyKey: key))
        } catch {
            submissionFailed(job.number, error)
        }
    }

    func prepared(_ job: Job) async throws(FluxError) -> (request: ImageRequest, key: String) {
        if let prepared = progress[job.number]?.prepared { return prepared }
        let urls = try await urls(for: job)
        var request = job.request.imageRequest(urls: urls, catalogue: client.catalogue)
        if request.webhookURL == nil, let url = configuration.webhookURL {
            request.webhookURL = url
            request.webhookEvents = ["completed", "failed"]
            progress[job.number]?.hasWebhook = true
        }
        let prepared = (request, progress[job.number]?.record?.key ?? newKey())
        progress[job.number]?.prepared = prepared
        return prepared
    }

    private func submissionFailed(_ number: Int, _ error: FluxError) {
        let now = clock.now
        switch error {
        case _ where error.kind == .rateLimited:
            serviceAnswered()
            submissionPause.refused(
                at: now, retryAfter: error.retryAfter.map { min($0, configuration.rateLimitPatience) }, jitter: jitter)
            tellPause()
        case _ where error.isPassing: serviceFailed(error)
        case _ where error.status != nil: serviceAnswered()
        default: health.undecided()
        }
        // Before it was written down, it was an upload that failed.
        if error.isPassing, !error.isUnsent, error.kind != .rateLimited, progress[number]?.record?.written != nil {
            progress[number]?.record?.mayHaveArrived = true
        }
        let step = progress[number]?.submission.failed(with: error, at: now, health, jitter: jitter, configuration)
        switch step {
        case .inLine: stepBack(number)
        case .again(let delay): submissionDelays.set(number, to: now + delay)
        case .done: settle(number, error: error)
        case nil: break
        }
        admitWaiting()
    }

    /// Puts a job that has a turn back in line, the first of its lane.
    func stepBack(_ number: Int) {
        guard let job = progress[number]?.job else { return }
        progress[number]?.holdsSlot = false
        limiter.stepBack(number, lane: job.request.lane)
    }

    /// The service has answered a submission.
    func accepted(_ job: Job, _ accepted: JobAccepted, isOld: Bool = false) {
        serviceAnswered()
        submissionPause.accepted()
        watch(job, accepted, isOld: isOld)
    }

    /// - Parameter isOld: it was accepted long ago, so that it may be final by now.
    func watch(_ job: Job, _ accepted: JobAccepted, isOld: Bool) {
        let now = clock.now
        guard progress[job.number] != nil else { return }
        progress[job.number]?.acceptedAt = now
        progress[job.number]?.prepared = nil
        // It was another run's that we looked at.
        if let foreign = numbers[accepted.jobID] { dropForeign(foreign) }
        numbers[accepted.jobID] = job.number
        registry.know(job, as: accepted.jobID)
        job.update { snapshot in
            snapshot.id = accepted.jobID
            snapshot.status = accepted.status
        }
        schedule.add(
            job.number, pace: pace(of: job.request.model, isFinal: isOld || accepted.status.isFinal),
            hasWebhook: progress[job.number]?.hasWebhook ?? false, isScout: isScout(job), at: now)
        if let delivery = early.take(accepted.jobID) { receive(delivery) }
        rearm()
    }

    /// Of models that state none (contract §3); the others take about as long.
    private static let unknownDuration: Duration = .seconds(12)

    /// A job that is final already, because its key was a repetition, is looked at without delay.
    func pace(of model: String, isFinal: Bool) -> PollingInterval {
        let configuration = configuration
        let said =
            configuration.expectedDurations[model] ?? configuration.expectedDuration
            ?? client.catalogue[model]?.averageDuration ?? Self.unknownDuration
        // An author who wants the first look early expects the job early.
        let duration = configuration.firstLook ?? expected.duration(of: model, said: said)
        return PollingInterval(expected: duration, firstLook: isFinal ? .zero : nil)
    }

    /// Whether a job is the first of its model, and only the model's page says how long it should take.
    private func isScout(_ job: Job) -> Bool {
        let configuration = configuration
        let model = job.request.model
        guard configuration.scouts, configuration.firstLook == nil, configuration.expectedDuration == nil,
            configuration.expectedDurations[model] == nil, expected.knowsNothing(of: model)
        else { return false }
        return scouted.insert(model).inserted
    }

    /// A job took so long: others of its model that are not looked at yet may be ready much sooner than was thought.
    func learned(_ duration: Duration, of model: String, at now: Duration) {
        let before = pace(of: model, isFinal: false)
        expected.add(duration, of: model)
        let pace = pace(of: model, isFinal: false)
        guard ExpectedDurations.isMuchLess(pace.firstLook, than: before.firstLook) else { return }
        for (number, entry) in progress where entry.job.request.model == model {
            schedule.expect(number, pace: pace, at: now)
        }
    }

    // MARK: Pictures to send

    private func urls(for job: Job) async throws(FluxError) -> [String: [String]] {
        var urls: [String: [String]] = [:]
        for (name, sources) in job.request.images.sorted(by: { $0.key < $1.key }) {
            for source in sources {
                do throws(FluxError) {
                    urls[name, default: []].append(try await url(of: source, for: job))
                } catch {
                    var error = error
                    error.message = "\(name): \(error.message)"
                    throw error
                }
            }
        }
        return urls
    }

    private func url(of source: ImageSource, for asker: Job) async throws(FluxError) -> String {
        switch source {
        case .url(let url):
            return url
        case .file(let path):
            guard let input = asker.inputs[path] else { throw .changed(path) }
            return try await uploads.url(of: try input.get(), lifetime: configuration.uploadLifetime)
        case .picture(let job, let index):
            let pictures = job.snapshot.pictures
            guard let picture = pictures.first(where: { $0.index == index }) else {
                throw FluxError(.invalid, "job \(job.label) has \(pictures.count) pictures, but no number \(index)")
            }
            if picture.url.isWebAddress, let seen = job.completionSeen, clock.now - seen < configuration.pictureLifetime
            {
                return picture.url
            }
            let file = InputFile(path: picture.path, sha256: picture.sha256, byteCount: picture.byteCount)
            return try await uploads.url(of: file, lifetime: configuration.uploadLifetime)
        }
    }
}

extension JobRequest {
    /// Why a job cannot begin, when one that it needs a picture of has failed.
    fileprivate var sourceFailure: FluxError? {
        for (name, sources) in images.sorted(by: { $0.key < $1.key }) {
            for case .picture(let job, _) in sources {
                guard var error = job.snapshot.error else { continue }
                error.message = "\(name): job \(job.label), which it comes from, failed: \(error.message)"
                return error
            }
        }
        return nil
    }
}

extension FluxError {
    static let neverAskedFor = FluxError(.cancelled, "stopped before it was sent to the service")
}

extension Job {
    /// For messages: the beginning of the service's id, or our number before there is one.
    var label: String { snapshot.id.map { String($0.prefix(8)) } ?? "number \(number)" }
}
