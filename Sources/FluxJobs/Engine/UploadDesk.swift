import FluxClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Uploads local files, once for each content as long as its URL is good, however many ask and whatever the files are
/// called (contract §7).
actor UploadDesk {
    private enum Entry {
        case running(Task<Result<String, FluxError>, Never>)
        case done(url: String, until: Duration)
    }

    private let client: FluxClient
    private let clock: EngineClock
    private let now: @Sendable () -> Date
    private var entries: [String: Entry] = [:]
    /// Contents of files that have not changed since they were read.
    private var hashes: [String: (identity: Files.Identity, hash: String)] = [:]

    private var hashing: [String: Task<Result<String, FluxError>, Never>] = [:]

    init(client: FluxClient, clock: EngineClock, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.clock = clock
        self.now = now
    }

    /// A URL of the file's content. A failed upload is tried anew by the next who asks.
    func url(ofFile path: String, lifetime: Duration) async throws(FluxError) -> String {
        let hash = try await hash(of: path)
        switch entries[hash] {
        case .done(let url, let until) where clock.now < until:
            return url
        case .running(let task):
            return try await task.value.get()
        case .done, nil:
            let task = Task { await self.upload(path, hash: hash, lifetime: lifetime) }
            entries[hash] = .running(task)
            return try await task.value.get()
        }
    }

    /// Ends what is under way.
    func shutDown() async {
        for case .running(let task) in entries.values {
            task.cancel()
            _ = await task.value
        }
    }

    private func upload(_ path: String, hash: String, lifetime: Duration) async -> Result<String, FluxError> {
        let start = clock.now
        do throws(FluxError) {
            let upload = try await client.upload(file: path)
            // A file that changed under way was sent under the wrong name: good for who asked, not for the next.
            let isSame = try await self.hash(of: path) == hash
            entries[hash] = isSame ? .done(url: upload.url, until: start + good(upload, lifetime)) : nil
            return .success(upload.url)
        } catch {
            entries[hash] = nil
            return .failure(error)
        }
    }

    /// For how long. What the service says counts as far as it makes sense beside our clock, which may be wrong.
    private func good(_ upload: Upload, _ lifetime: Duration) -> Duration {
        guard let expiresAt = upload.expiresAt else { return lifetime }
        let told = Duration.milliseconds(expiresAt - Int64(now().timeIntervalSince1970 * 1000))
        return told > .zero ? min(lifetime, told * 3 / 4) : lifetime
    }

    /// SHA-256 of a file's content, read once as long as the file does not change.
    func hash(of path: String) async throws(FluxError) -> String {
        if let known = hashes[path], try Files.entry(at: path) == .file(known.identity) { return known.hash }
        if let task = hashing[path] { return try await task.value.get() }
        let task = Task { await self.read(path) }
        hashing[path] = task
        return try await task.value.get()
    }

    private func read(_ path: String) async -> Result<String, FluxError> {
        defer { hashing[path] = nil }
        do throws(FluxError) {
            let (hash, identity) = try await Disk.run { () throws(FluxError) in try ContentHash.ofFile(path) }
            hashes[path] = (identity, hash)
            return .success(hash)
        } catch {
            return .failure(error)
        }
    }
}
