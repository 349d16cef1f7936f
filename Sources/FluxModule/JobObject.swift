import FluxClient
import FluxJobs
import LuaRuntime
import Synchronization

/// A job in a script.
final class JobObject: LuaObject {
    let job: Job
    private let pictures = Mutex<[WeakPicture]>([])

    init(_ job: Job) { self.job = job }

    /// The pictures, each the same object for as long as the script holds it.
    var pictureObjects: [PictureObject] {
        let known = job.snapshot.pictures
        return pictures.withLock { pictures in
            let objects = known.enumerated().map { index, picture in
                (index < pictures.count ? pictures[index].object : nil)
                    ?? PictureObject(picture: picture, owner: self)
            }
            pictures = objects.map { WeakPicture(object: $0) }
            return objects
        }
    }

    /// A picture holds its job, so the job must not hold the picture.
    private struct WeakPicture {
        weak var object: PictureObject?
    }

    /// Completed by what a list said, its pictures not fetched so far: they are when it is awaited or saved.
    var hasEndedWell: Bool { job.isAsleep && job.snapshot.status == .completed }

    /// Why a settled job has no pictures.
    var error: LuaError? { job.snapshot.error.map { LuaError($0, job: self) } }

    /// `job b2c3d4e5 flux-2-pro seed=7 COMPLETED`
    var text: String {
        let snapshot = job.snapshot
        let id = snapshot.id.map { "\($0.prefix(8)) " } ?? ""
        let seed = job.request.seed.map { "seed=\($0) " } ?? ""
        return "job \(id)\(job.request.model) \(seed)\(snapshot.statusWord)"
    }
}

/// A picture of a job in a script.
final class PictureObject: LuaObject {
    let picture: Picture
    let owner: JobObject

    init(picture: Picture, owner: JobObject) {
        self.picture = picture
        self.owner = owner
    }
}

extension JobSnapshot {
    /// The status of a job that the service does not have yet.
    static let pending = "PENDING"

    /// What `job.status` says: the service's word, `PENDING` before it has the job, `FAILED` when it never got it.
    var statusWord: String {
        if let status { return status.rawValue }
        return isSettled ? JobStatus.failed.rawValue : Self.pending
    }
}

extension FluxModule {
    private static let jobFields = [
        "id", "model", "prompt", "seed", "params", "name", "status", "progress", "done", "ok", "error", "images",
        "cost",
        "reused", "created_at", "completed_at", "elapsed",
    ]
    private static let pictureFields = ["url", "format", "width", "height", "path"]

    func defineJobs(in lua: LuaRuntime) async throws(LuaError) {
        var job = LuaObjectType<JobObject>("job")
        job.fields { object, field throws(LuaError) in try self.field(field, of: object) }
        job.text { $0.text }
        job.method("await") { call throws(LuaError) in try self.await(call, name: "job:await") }
        job.method("save") { call throws(LuaError) in try self.save(call, name: "job:save") }
        try await lua.define(job)

        var picture = LuaObjectType<PictureObject>("image")
        picture.fields { object, field throws(LuaError) in
            let picture = object.picture
            switch field {
            case "url": return .string(picture.url)
            case "format": return .string(picture.format.fileExtension)
            case "width": return LuaValue(picture.width)
            case "height": return LuaValue(picture.height)
            // It tells where the user lives, and could not be opened.
            case "path": return self.restrictions.files == nil ? .string(picture.path) : .nil
            default: throw FluxModule.noField(field, of: "an image", known: FluxModule.pictureFields)
            }
        }
        picture.text { "image \($0.picture.index) of \($0.owner.text), \($0.picture.width)×\($0.picture.height)" }
        try await lua.define(picture)
        try await lua.define(Completed.type)
    }

    private func field(_ field: String, of object: JobObject) throws(LuaError) -> LuaValue {
        let request = object.job.request
        let snapshot = object.job.snapshot
        switch field {
        case "id": return LuaValue(snapshot.id)
        case "model": return .string(request.model)
        case "prompt": return .string(request.prompt)
        case "seed": return LuaValue(request.seed)
        case "params": return .fields(request.shownParameters.mapValues { LuaValue($0) })
        case "name": return LuaValue(request.name)
        case "progress": return LuaValue(snapshot.progress ?? (snapshot.isSuccess ? 100 : 0))
        case "images": return .list(object.pictureObjects.map { .object($0) })
        case "cost": return LuaValue(snapshot.cost)
        case "reused": return .boolean(snapshot.isReused)
        case "created_at": return LuaValue(snapshot.createdAt.map { Double($0) / 1000 })
        case "completed_at": return LuaValue(snapshot.completedAt.map { Double($0) / 1000 })
        case "elapsed": return LuaValue(snapshot.elapsed?.inSeconds)
        case "done": return .boolean(snapshot.isSettled || object.hasEndedWell)
        case "status":
            if snapshot.isSettled { see(object) }
            return .string(snapshot.statusWord)
        case "ok":
            if snapshot.isSettled { see(object) }
            return .boolean(snapshot.isSuccess || object.hasEndedWell)
        case "error":
            if snapshot.isSettled { see(object) }
            return object.error?.luaValue ?? .nil
        default: throw FluxModule.noField(field, of: "a job", known: FluxModule.jobFields + ["await", "save"])
        }
    }

    private static func noField(_ field: String, of what: String, known: [String]) -> LuaError {
        LuaError(kind: "invalid", "\(what) has no field '\(field)'\(Suggestion.question(for: field, in: known))")
    }
}

extension JobRequest {
    /// The parameters as the author gave them: pictures by URL or file.
    var shownParameters: [String: JSONValue] {
        var all = parameters
        for (name, sources) in images {
            let shown = sources.map { JSONValue.string($0.shown) }
            all[name] = shown.count == 1 ? shown[0] : .array(shown)
        }
        return all
    }
}
