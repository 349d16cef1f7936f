import FluxClient

/// One picture of one job.
struct FetchKey: Sendable, Hashable {
    var job: Int
    /// From 1.
    var index: Int
}

extension EngineCore {
    /// Gets the pictures of a completed job in line to be fetched.
    func fetch(_ number: Int, _ state: JobState) {
        if state.isExpired {
            return settle(number, error: .picturesGone)
        }
        guard !state.imageURLs.isEmpty else {
            return settle(number, error: FluxError(.service, "the job completed without a picture"))
        }
        progress[number]?.fetch.begin(count: state.imageURLs.count)
        for index in 1...state.imageURLs.count { fetches.enter(FetchKey(job: number, index: index)) }
        startFetches()
    }

    func startFetches() {
        while !isShutDown, let key = fetches.next() {
            guard let job = progress[key.job]?.job else {
                fetches.leave()
                continue
            }
            let url = job.snapshot.imageURLs[key.index - 1]
            run { [client, store] in
                let result = await Self.fetched(url, index: key.index, client, store)
                self.fetches.leave()
                self.take(result, key)
                self.startFetches()
            }
        }
    }

    @concurrent private static func fetched(
        _ url: String, index: Int, _ client: FluxClient, _ store: PictureStore
    ) async -> Result<Picture, FluxError> {
        do throws(FluxError) {
            let place = try store.temporaryPath()
            let reading = PictureReading()
            _ = try await client.download(url, to: place, isInPlace: true, observer: reading)
            return .success(
                try await Disk.run { () throws(FluxError) in
                    try store.keep(place, reading, index: index, url: url)
                })
        } catch {
            return .failure(error)
        }
    }

    private func take(_ result: Result<Picture, FluxError>, _ key: FetchKey) {
        guard let job = progress[key.job]?.job else { return }
        let step: FetchProgress.Step?
        switch result {
        case .success(let picture):
            job.update { snapshot in
                snapshot.pictures.append(picture)
                snapshot.pictures.sort { $0.index < $1.index }
            }
            step = progress[key.job]?.fetch.succeeded()
        case .failure(let error):
            step = progress[key.job]?.fetch.failed(
                index: key.index, with: error, at: clock.now, jitter: jitter, configuration)
        }
        switch step {
        case .again(let delay):
            fetchDelays.set(key, to: clock.now + delay)
            rearm()
        case .done(let error):
            settle(key.job, error: error)
        case .wait, nil:
            break
        }
    }
}
