import FluxClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JobEngine {
    /// Finishes an open request of the ledger without what asked for it: it is sent again byte for byte, watched on, or
    /// looked up. New attempts are not made.
    /// - Parameters:
    ///   - record: the open request.
    ///   - sendsAnew: for one of unknown outcome: it is a new attempt after all, of the same body. If the service did make
    ///     a job of the other, both are paid.
    public func resume(_ record: RequestRecord, sendsAnew: Bool = false) -> Job {
        let identity = record.identity
        var request = JobRequest(
            call: identity.call, model: identity.model, prompt: identity.prompt, parameters: identity.parameters,
            seed: identity.seed, name: record.name, origin: record.origin)
        request.seedIsDrawn = identity.seedSource == .drawn
        return start(
            request, [:],
            draftIdentity: DraftIdentity(
                occurrence: identity.occurrence, draft: record.digest, record: record, sendsAnew: sendsAnew))
    }

    /// Notes where pictures were saved.
    /// - Parameters:
    ///   - items: what was saved.
    ///   - saved: of each item, as `PictureSaver` gave them.
    public func noteSaved(_ items: [PictureSaver.Item], _ saved: [SavedPicture]) {
        guard let ledger else { return }
        let marks = SavedMarks()
        for (item, saved) in zip(items, saved) {
            guard let key = item.recordKey else { continue }
            ledger.saved(key: key, place: item.picture.index, path: marks.absolute(saved.path), saved.mark)
        }
    }

    /// What the ledger knows of the files that earlier runs saved. Where it cannot be read, `PictureSaver` reads the files.
    public func savedMarks(of items: [PictureSaver.Item]) async -> SavedMarks {
        let keys = Set(items.filter(\.snapshot.isReused).compactMap(\.recordKey))
        guard let ledger, !keys.isEmpty, let saved = try? await ledger.saves(of: keys) else { return SavedMarks() }
        var marks = SavedMarks()
        for (path, mark) in saved { marks[path] = mark }
        return marks
    }
}
