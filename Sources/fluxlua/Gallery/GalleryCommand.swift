import CommandLineKit
import FluxClient
import FluxJobs
import FluxModule
import FluxStudio

/// `fluxlua gallery [FOLDER | --run ID | --since WHEN]`: a page of existing pictures.
struct GalleryCommand {
    let host: HostEnvironment
    let options: GalleryOptions

    func run() async throws(UsageError) -> Int32 {
        do {
            let (gallery, target) = try found()
            guard !gallery.pictures.isEmpty else {
                host.say(options.folder.map { "no pictures in \($0)" } ?? "no such jobs: 'fluxlua jobs' lists them")
                return ExitStatus.scriptFailed
            }
            let folder = GalleryFolder(path: target, files: PictureSaver(), linking: options.copies ? .copied : .linked)
            // A thousand pictures take some seconds: somebody who waits sees that it goes on.
            let step = 200
            try await folder.write(gallery) { [host] done, all in
                if done % step == 0, done < all { host.say("\(done) of \(all) thumbnails") }
            }
            let count = gallery.pictures.count { $0.source != nil }
            host.say("\(count == 1 ? "1 picture" : "\(count) pictures"): open \(folder.page) in a browser")
            return host.put(folder.page + "\n")
        } catch let error as UsageError {
            throw error
        } catch let error as FluxError {
            host.tell(error)
            return ExitStatus.scriptFailed
        } catch {
            host.say("\(error)")
            return ExitStatus.scriptFailed
        }
    }

    private func found() throws -> (Gallery, target: String) {
        guard let folder = options.folder else { return (try ofLedger(), options.target ?? "gallery") }
        var path = folder
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let title = options.title ?? path.split(separator: "/").last.map(String.init) ?? path
        var gallery = Gallery(title: title)
        gallery.pictures = try PictureFolder(path: path, target: options.target).pictures()
        gallery.findAxes()
        return (gallery, options.target ?? path)
    }

    private func ofLedger() throws -> Gallery {
        let session = try LedgerLocation.session(options.ledger, host)
        guard try session.hasLedger() else {
            let place = LedgerAddress.shown(try session.ledgerPath())
            throw FluxError(.io, "nothing requested yet: there is no ledger \(place)")
        }
        let reader = try LedgerReader(path: try session.ledgerPath())
        let stores = try session.stores()
        var filter = RecordFilter()
        var title = options.title
        if let since = options.since {
            guard let moment = TimestampFormat(now: host.now()).since(since) else {
                throw UsageError(notAMoment: since)
            }
            filter.since = moment
            title = title ?? "since \(since)"
        } else if let run = try options.run ?? reader.lastRun() {
            filter.run = run
            title = title ?? "run \(run)"
        }
        var gallery = Gallery(title: title ?? "")
        for request in try reader.requests(filter).reversed() {
            gallery.pictures += GalleryPicture.all(of: request, in: stores)
        }
        gallery.findAxes()
        return gallery
    }
}
