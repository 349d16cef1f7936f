import FluxClient

/// One picture of one job.
struct FetchKey: Sendable, Hashable {
    var job: Int
    /// From 1.
    var index: Int
}

/// A picture that is coming in, over as many attempts as it takes.
struct PictureFetch: Sendable {
    let place: String
    let reading = PictureReading()
    let partial: PartialDownload

    init(to place: String) {
        self.place = place
        partial = PartialDownload(isInPlace: true, observer: reading)
    }
}

extension EngineCore {
    /// Gets the pictures of a completed job in line to be fetched.
    func fetch(_ number: Int, _ state: JobState) {
        if state.isExpired {
            return settle(number, error: .picturesGone)
        }
        guard !state.imageURLs.isEmpty else {
            let shape = state.unreadableResult.map { ", but with a result of unknown shape: \($0.shortened(to: 300))" }
            var error = FluxError(.service, "the job completed\(shape ?? " without a picture")")
            error.answer = state.unreadableResult
            return settle(number, error: error)
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
            var fetch = begunFetches.removeValue(forKey: key)
            run { [client, store] in
                let result = await Self.fetched(url, index: key.index, &fetch, client, store)
                self.fetches.leave()
                self.take(result, fetch, key)
                let wereLate = self.fetchesAreLate
                self.startFetches()
                if wereLate { self.admitWaiting() }
            }
        }
    }

    @concurrent private static func fetched(
        _ url: String, index: Int, _ begun: inout PictureFetch?, _ client: FluxClient, _ store: PictureStore
    ) async -> Result<Picture, FluxError> {
        do throws(FluxError) {
            let fetch = if let begun { begun } else { PictureFetch(to: try store.temporaryPath()) }
            begun = fetch
            _ = try await client.download(url, to: fetch.place, resuming: fetch.partial)
            return .success(
                try await Disk.run { () throws(FluxError) in
                    try store.keep(fetch.place, fetch.reading, index: index, url: url.withoutContent)
                })
        } catch {
            var error = error
            if error.kind == .io, error.hint == nil { error.hint = Self.diskHint }
            if error.kind == .expired { error.hint = Self.goneHint }
            if error.kind == .auth { error.hint = Self.deniedHint }
            return .failure(error)
        }
    }

    private static let goneHint =
        "the service keeps pictures for a limited time, usually a day; if the job is newer than that, run the script again "
        + "in a minute; otherwise fresh = true requests a new one"

    private static let deniedHint =
        "the picture is paid for, and the job stays open: 'fluxlua resume' fetches it again; if the service no longer "
        + "accepts the key, set APIFRAME_API_KEY to a valid one first"

    private static let diskHint =
        "the picture is paid for, and the service keeps it for about a day: make room or make the folder writable, "
        + "and run the script again"

    private func take(_ result: Result<Picture, FluxError>, _ fetch: PictureFetch?, _ key: FetchKey) {
        guard let job = progress[key.job]?.job else { return }
        let step: FetchProgress.Step?
        switch result {
        case .success(let picture):
            job.update { snapshot in
                snapshot.imageURLs[key.index - 1] = picture.url
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
            // Each part that is kept until the next attempt holds a file open.
            if let fetch, !fetch.partial.isEmpty, begunFetches.count < configuration.fetchConcurrency {
                begunFetches[key] = fetch
            }
            fetchDelays.set(key, to: clock.now + delay)
            rearm()
        case .done(let error):
            settle(key.job, error: error)
        case .wait, nil:
            break
        }
    }
}
