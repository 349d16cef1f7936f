import FluxClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Uploads local files, once for each content as long as its URL is good, however many ask and whatever the files are
/// called (contract §7).
actor UploadCache {
    private enum Entry {
        case running(Task<Result<String, FluxError>, Never>, path: String)
        case done(url: String, until: Duration)
    }

    private let client: FluxClient
    private let clock: EngineClock
    private let now: @Sendable () -> Date
    private let files: InputFiles
    /// By the hash of the content.
    private var entries: [String: Entry] = [:]
    private var isShutDown = false

    init(client: FluxClient, clock: EngineClock, now: @escaping @Sendable () -> Date, files: InputFiles) {
        self.client = client
        self.clock = clock
        self.now = now
        self.files = files
    }

    /// A URL of the content that the file had when it was asked for. A failed upload is tried anew by the next who asks;
    /// `.io` when the file has another content by now, and the old one was not uploaded before.
    /// - Parameter client: what uploads it, unless it is under way already; nil: the cache's own.
    func url(
        of file: InputFile, lifetime: Duration, through client: FluxClient? = nil
    ) async throws(FluxError) -> String {
        while true {
            switch entries[file.sha256] {
            case .done(let url, let until) where clock.now < until:
                return url
            case .running(let task, let path):
                let result = await task.value
                // Another file with the content has lost it; this one may still have it.
                if case .failure(.changed(path)) = result, path != file.path { continue }
                // Whoever brings a client of his own need not give up as early as the other did.
                if case .failure(let error) = result, error.kind == .rateLimited, client != nil { continue }
                return try result.get()
            case .done, nil:
                if isShutDown { throw FluxError(.cancelled, "shut down before \(file.path) was uploaded") }
                let task = Task { await self.upload(file, lifetime: lifetime, client ?? self.client) }
                entries[file.sha256] = .running(task, path: file.path)
                return try await task.value.get()
            }
        }
    }

    /// Ends what is under way; nothing begins afterwards.
    func shutDown() async {
        isShutDown = true
        for case .running(let task, _) in entries.values {
            task.cancel()
            _ = await task.value
        }
    }

    private func upload(
        _ file: InputFile, lifetime: Duration, _ client: FluxClient
    ) async -> Result<String, FluxError> {
        let start = clock.now
        do throws(FluxError) {
            try await check(file)
            let upload = try await client.upload(file: file.path)
            // It may have changed while it was sent.
            try await check(file)
            entries[file.sha256] = .done(url: upload.url, until: start + good(upload, lifetime))
            return .success(upload.url)
        } catch {
            entries[file.sha256] = nil
            return .failure(error)
        }
    }

    private func check(_ file: InputFile) async throws(FluxError) {
        let present = try await Disk.run { [files] () throws(FluxError) in try files.file(at: file.path) }
        guard present.sha256 == file.sha256 else { throw .changed(file.path) }
    }

    /// For how long. What the service says counts as far as it makes sense beside our clock, which may be wrong.
    private func good(_ upload: Upload, _ lifetime: Duration) -> Duration {
        guard let expiresAt = upload.expiresAt else { return lifetime }
        let told = Duration.milliseconds(expiresAt - Int64(now().timeIntervalSince1970 * 1000))
        return told > .zero ? min(lifetime, told * 3 / 4) : lifetime
    }
}
