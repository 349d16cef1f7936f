import CommandLineKit
import FluxClient
import FluxJobs
import FluxModule
import FluxStudio

/// `fluxlua gallery [FOLDER | --run ID | --since WHEN]`: a page of pictures that are there already.
struct GalleryCommand {
    let world: World
    let options: GalleryOptions

    func run() async throws(UsageError) -> Int32 {
        do {
            let (gallery, target) = try found()
            guard !gallery.pictures.isEmpty else {
                world.say(options.folder.map { "no pictures in \($0)" } ?? "no such jobs: 'fluxlua jobs' lists them")
                return ExitStatus.scriptFailed
            }
            let folder = GalleryFolder(path: target, files: PictureSaver(), linking: options.copies ? .copied : .linked)
            // A thousand pictures take some seconds: somebody who waits sees that it goes on.
            let step = 200
            try await folder.write(gallery) { [world] done, all in
                if done % step == 0, done < all { world.say("\(done) of \(all) thumbnails") }
            }
            let count = gallery.pictures.count { $0.source != nil }
            world.say("\(count == 1 ? "1 picture" : "\(count) pictures"): open \(folder.page) in a browser")
            return world.put(folder.page + "\n")
        } catch let error as UsageError {
            throw error
        } catch let error as FluxError {
            world.tell(error)
            return ExitStatus.scriptFailed
        } catch {
            world.say("\(error)")
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
        let session = try LedgerPlace.session(options.ledger, world)
        guard try session.hasLedger() else {
            throw FluxError(.io, "nothing asked for yet: there is no ledger \(try session.ledgerPath())")
        }
        let reader = try LedgerReader(path: try session.ledgerPath())
        let stores = try session.stores()
        var filter = RecordFilter()
        var title = options.title
        if let since = options.since {
            guard let moment = Moment(now: world.now()).since(since) else { throw UsageError(notAMoment: since) }
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

extension GalleryPicture {
    /// The pictures of a request, or why there is none.
    fileprivate static func all(of request: RequestRecord, in stores: [PictureStore]) -> [GalleryPicture] {
        let identity = request.identity
        var common = GalleryPicture(key: request.job ?? request.key)
        common.job = request.job
        common.call = identity.call
        common.model = identity.model
        common.prompt = identity.prompt
        common.seed = identity.seed
        common.name = request.name
        common.parameters = identity.parameters
        for (name, inputs) in identity.inputs {
            // An address, or the content of a file: its name the ledger does not know.
            let shown = inputs.map { JSONValue.string($0.hasPrefix("url:") ? String($0.dropFirst(4)) : $0) }
            common.parameters[name] = shown.count == 1 ? shown[0] : .array(shown)
        }
        common.status = request.statusWord
        common.error = request.errorMessage
        common.cost = request.cost
        common.created = request.createdAt.map(Moment.iso)
        for store in stores {
            guard let pictures = store.pictures(of: request) else { continue }
            return pictures.map { picture in
                var made = common
                made.error = nil
                made.key += "-\(picture.index)"
                made.source = Source(
                    path: picture.path, fileExtension: picture.format.fileExtension, width: picture.width,
                    height: picture.height, hash: picture.sha256)
                return made
            }
        }
        if request.state == .fetched {
            common.error = "its picture is no longer kept here: the script that asked for it fetches it again"
        }
        return [common]
    }
}
