import FluxClient

extension JobEngine {
    /// Which of these requests would be answered from what was made before, or is under way and paid already, if they were
    /// started now. Those that need pictures of other jobs count as new: what they will be made from is not known yet.
    /// - Returns: a flag for each request.
    /// - Throws: `FluxError` of kind `io` when the ledger cannot be read.
    public func reusable(_ requests: [JobRequest]) async throws(FluxError) -> [Bool] {
        guard let ledger else { return requests.map { _ in false } }
        return try await core.reusable(requests, files: files, ledger: ledger)
    }
}

extension EngineCore {
    fileprivate func reusable(
        _ requests: [JobRequest], files: InputFiles, ledger: Ledger
    ) async throws(FluxError) -> [Bool] {
        var occurrences: [String: Int] = [:]
        var records: [RecordedRequest?] = []
        for request in requests {
            guard request.sourceJobs.isEmpty, request.seedSource == .given else {
                records.append(nil)
                continue
            }
            let contents = files.files(of: request)
            var inputs: [String: [String]] = [:]
            for (name, sources) in request.images {
                inputs[name] = sources.map { source in
                    switch source {
                    case .url(let url): "url:\(url)"
                    case .file(let path): "sha256:\((try? contents[path]?.get().sha256) ?? "none")"
                    case .picture(_, let index): "none:\(index)"
                    }
                }
            }
            var identity = RequestIdentity(
                account: ledger.run.account.name, call: request.call, model: request.model, prompt: request.prompt,
                parameters: request.parameters, inputs: inputs, seed: request.seed, seedSource: .given,
                occurrence: 1, lineage: ledger.run.lineage, parametersKey: request.parametersKey)
            occurrences[identity.digest, default: 0] += 1
            identity.occurrence = occurrences[identity.digest] ?? 1
            records.append(
                RecordedRequest(
                    identity: identity, digest: identity.digest, isFresh: request.isFresh || ledger.run.isFresh))
        }
        let known = try await ledger.newest(of: records.compactMap(\.self))
        let store = store
        let pictures = await Disk.run { known.map { $0.flatMap { store.pictures(of: $0) } } }
        var next = 0
        return records.map { record in
            guard var record else { return false }
            defer { next += 1 }
            record.decide(from: known[next], pictures: pictures[next], run: ledger.run, now: ledger.now)
            return switch record.plan {
            case .answered, .watch, .follow: true
            case .send, .sendAgain, .replay, .lookUp: false
            }
        }
    }
}
