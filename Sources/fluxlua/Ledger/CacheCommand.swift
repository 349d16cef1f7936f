import CommandLineKit
import FluxClient
import FluxJobs

/// `fluxlua cache`: the pictures that are kept so that nothing is paid twice.
struct CacheCommand {
    let host: HostEnvironment
    let options: CacheOptions

    func run() -> Int32 {
        LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            let stores = try session.stores()
            switch options.action {
            case .summary: return try summarize(stores, session)
            case .list: return try list(stores)
            case .clear: return try trim(stores, to: 0, session)
            case .trim(let limit): return try trim(stores, to: limit, session)
            }
        }
    }

    private func summarize(_ stores: [PictureStore], _ session: Session) throws(FluxError) -> Int32 {
        let limit = try session.cacheLimit()
        var text = ""
        for store in stores {
            let pictures = try store.storedPictures()
            let bytes = pictures.reduce(0) { $0 + Int64($1.byteCount) }
            if options.isJSON {
                let object: JSONValue = [
                    "folder": .string(store.root), "pictures": .integer(Int64(pictures.count)),
                    "bytes": .integer(bytes), "limit": .integer(limit),
                ]
                text += object.line
            } else {
                let count = pictures.count == 1 ? "1 picture" : "\(pictures.count) pictures"
                text += "\(count), \(ByteSize.text(bytes)) of at most \(ByteSize.text(limit))\t\(store.root)\n"
            }
        }
        return host.put(text)
    }

    private func list(_ stores: [PictureStore]) throws(FluxError) -> Int32 {
        var table = TextTable(columns: [
            TextTable.Column(title: "USED"), TextTable.Column(title: "SIZE", isNumber: true),
            TextTable.Column(title: "FILE", canShrink: true),
        ])
        var json = ""
        let moment = TimestampFormat(now: host.now())
        for store in stores {
            for picture in try store.storedPictures() {
                if options.isJSON {
                    let object: JSONValue = [
                        "path": .string(picture.path), "sha256": .string(picture.sha256),
                        "bytes": .integer(Int64(picture.byteCount)),
                        "used_at": .string(TimestampFormat.iso(picture.lastUsed)),
                    ]
                    json += object.line
                } else if host.outputWidth == nil {
                    table.rows.append([TimestampFormat.iso(picture.lastUsed), String(picture.byteCount), picture.path])
                } else {
                    table.rows.append([
                        moment.short(picture.lastUsed), ByteSize.text(Int64(picture.byteCount)), picture.path,
                    ])
                }
            }
        }
        if options.isJSON { return host.put(json) }
        guard !table.rows.isEmpty else {
            host.say("no picture is kept")
            return ExitStatus.success
        }
        return host.put(table.text(width: host.outputWidth))
    }

    private func trim(_ stores: [PictureStore], to limit: Int64, _ session: Session) throws(FluxError) -> Int32 {
        let needed = try LedgerReader(path: try session.ledgerPath()).picturesInUse()
        // What was asked for by name goes, also what is new, unless a run needs it.
        var removed: [StoredPicture] = []
        for store in stores {
            let now = host.now()
            removed += try store.trim(to: limit, keeping: needed, notNewerThan: now)
            try store.removeTemporaries(olderThan: now - 24 * 3_600_000)
        }
        let bytes = removed.reduce(0) { $0 + Int64($1.byteCount) }
        let count = removed.count == 1 ? "1 picture" : "\(removed.count) pictures"
        if options.isJSON {
            let object: JSONValue = ["removed": .integer(Int64(removed.count)), "bytes": .integer(bytes)]
            return host.put(object.line)
        }
        return host.put("removed \(count), \(ByteSize.text(bytes))\n")
    }
}

extension HostEnvironment {
    /// `FLUX_PICTURES_SHARED`
    var sharedPictures: String? { value(of: .sharedPictures).map { Session.ledgerPath(of: $0) } }
}

extension Session {
    /// Those of paid pictures and of the local service's.
    func stores() throws(FluxError) -> [PictureStore] {
        let folder = try dataFolder()
        return [
            PictureStore(root: folder + "/pictures", alsoFoundIn: [host.sharedPictures].compactMap(\.self)),
            PictureStore(root: folder + "/local-pictures"),
        ]
    }

    /// Brings the kept pictures back under their limit at the end of a run. What is new stays: another run may be about to
    /// note it.
    func trim(_ store: PictureStore) {
        do throws(FluxError) {
            let (now, limit) = (host.now(), try cacheLimit())
            if store.mayHoldMore(than: limit) {
                try store.trim(
                    to: limit, keeping: try LedgerReader(path: try ledgerPath()).picturesInUse(),
                    notNewerThan: now - 10 * 60_000)
            }
            try store.removeTemporaries(olderThan: now - 24 * 3_600_000)
        } catch {
            host.say("the kept pictures may take more than FLUX_CACHE_MAX says: \(error.message)")
        }
    }

    /// `FLUX_CACHE_MAX`, in bytes.
    func cacheLimit() throws(FluxError) -> Int64 {
        guard let text = host.value(of: .cacheLimit) else { return PictureStore.usualLimit }
        guard let bytes = ByteSize.bytes(text) else {
            throw FluxError(.invalid, "FLUX_CACHE_MAX must be a size such as 500MB or 5GB (got '\(text)')")
        }
        return bytes
    }
}
