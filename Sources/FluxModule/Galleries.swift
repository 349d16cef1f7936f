import FluxClient
import FluxJobs
import FluxStudio
import LuaRuntime
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `flux.gallery` (`stdlib/gallery.lua`) leaves to Swift: options, data and files.
extension FluxModule {
    func defineGalleries(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.check_gallery") { call throws(LuaError) in
            _ = try GalleryArguments(folder: try call[1], options: try call[2], self)
            return .value(.boolean(!self.saver.writesFiles))
        }
        try await lua.register("flux.write_gallery") { call throws(LuaError) in try self.writeGallery(call) }
        try await lua.register("flux.gallery_change") { call throws(LuaError) in try self.awaitChange(call) }
    }

    private struct GalleryArguments {
        var folder: String
        var title: String
        var linking: PictureSaver.Linking

        init(folder: LuaValue, options value: LuaValue, _ module: FluxModule) throws(LuaError) {
            func wrong(_ message: String) -> LuaError { LuaError(kind: "invalid", "flux.gallery: \(message)") }
            guard var name = folder.string, !name.isEmpty else {
                throw wrong("expected the name of a folder such as \"mugs\" (got \(folder.shown))")
            }
            while name.count > 1, name.hasSuffix("/") { name.removeLast() }
            do throws(FluxError) {
                try module.saver.checkPlace(of: name + "/index.html")
            } catch {
                throw LuaError(error, in: "flux.gallery")
            }
            let options = try Options(
                value, of: "flux.gallery", known: ["title", "copy"], example: "title = \"Mugs\"")
            let word = try options.text("copy") ?? PictureSaver.Linking.linked.rawValue
            guard let linking = PictureSaver.Linking(rawValue: word) else {
                throw wrong("'copy' must be \"link\" or \"copy\" (got \"\(word)\")")
            }
            self.folder = name
            self.linking = linking
            title = try options.text("title") ?? name.split(separator: "/").last.map(String.init) ?? name
        }
    }

    /// `write_gallery(folder, options, entries, axes, is_running)`; an entry is `{ item = a job or an image, cell = its
    /// request, place = { … } }`, an axis `{ name, values, labels }`.
    private func writeGallery(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let order = try GalleryArguments(folder: try call[1], options: try call[2], self)
        var gallery = Gallery(title: order.title, isRunning: try call[5] == true)
        for axis in try call[4].table?.items ?? [] {
            let values = (axis.table?["values"].table?.items ?? []).map { $0.json ?? .string($0.typeName) }
            let labels = (axis.table?["labels"].table?.items ?? []).map { $0.string ?? $0.shown }
            gallery.axes.append(
                Gallery.Axis(name: axis.table?["name"].string ?? "", values: values, labels: labels))
        }
        for (number, entry) in try (call[3].table?.items ?? []).enumerated() {
            gallery.pictures += pictures(of: entry.table ?? LuaTable(), number: number + 1)
        }
        let folder = galleryFolder(order.folder, order.linking)
        return try later(call, raisingIn: "flux.gallery") { [gallery] () throws(FluxError) in
            try await folder.write(gallery)
            return .value(.string(folder.page))
        }
    }

    /// The pictures of an entry, or what stands for it where it has none.
    private func pictures(of entry: LuaTable, number: Int) -> [GalleryPicture] {
        let place = entry["place"].table?.items.compactMap { $0.integer.map { Int($0) - 1 } }
        var made: [GalleryPicture]
        if let object: PictureObject = entry["item"].object() {
            made = GalleryPicture.all(of: object.owner.job).filter { $0.source?.path == object.picture.path }
        } else if let object: JobObject = entry["item"].object() {
            if object.job.snapshot.isSettled { see(object) }
            made = GalleryPicture.all(of: object.job)
        } else {
            made = [GalleryPicture(cell: entry["cell"].json?.objectValue ?? [:])]
        }
        for index in made.indices {
            made[index].place = place
            if made[index].key.isEmpty { made[index].key = "cell-\(number)" }
        }
        return made
    }

    /// `gallery_change(jobs, task)`: waits until one of them ends, and then a little, so that a rush of pictures makes one
    /// page; not when nothing is left that could come. With a task, jobs may be asked for that are not in the list: then it
    /// is looked for them within that time.
    private func awaitChange(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let pause = Duration.seconds(1)
        let jobs = (try call[1].table?.items ?? []).compactMap { Awaitable($0) }
        let task = Awaitable(try call[2])
        let all = jobs + (task.map { [$0] } ?? [])
        let wait = try call.wait()
        let left = Atomic(all.count)
        let timer = Mutex<Int?>(nil)
        let timers = timers
        let end: @Sendable () -> Void = {
            timer.withLock { timer in
                guard timer == nil else { return }
                timer = timers.after(pause) { wait.finish { .none } }
            }
        }
        if task != nil { end() }
        let removals = all.map { one in
            one.whenOver {
                if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                    wait.finish { .none }
                } else {
                    end()
                }
            }
        }
        wait.onEnd {
            for remove in removals { remove() }
            timer.withLock { timer in if let timer { timers.cancel(timer) } }
        }
        return .wait(wait)
    }
}

extension GalleryPicture {
    /// A cell that was not asked for.
    fileprivate init(cell: [String: JSONValue]) {
        self.init(key: "")
        var cell = cell
        model = cell.removeValue(forKey: "model")?.stringValue ?? ""
        prompt = cell.removeValue(forKey: "prompt")?.stringValue ?? ""
        seed = cell.removeValue(forKey: "seed")?.integerValue
        name = cell.removeValue(forKey: "name")?.stringValue
        parameters = cell
        status = "PENDING"
    }

    /// The pictures of a job; one that says why, where it has none.
    static func all(of job: Job) -> [GalleryPicture] {
        let (request, snapshot) = (job.request, job.snapshot)
        var common = GalleryPicture(key: snapshot.id ?? "")
        common.job = snapshot.id
        common.call = request.call
        common.model = request.model
        common.prompt = request.prompt
        common.seed = request.seed
        common.name = request.name
        common.parameters = request.shownParameters
        common.status = snapshot.statusWord
        common.error = snapshot.error?.message
        common.cost = snapshot.cost
        common.created = snapshot.createdAt.map { milliseconds in
            Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
        }
        return snapshot.pictures.isEmpty ? [common] : common.each(of: snapshot.pictures)
    }
}
