import FluxClient
import FluxImaging
import FluxJobs
import LuaRuntime

/// Looks at the pictures of an edit inside a mask before it is paid for, as far as they are here: what the service would
/// take, and paint something else than was meant.
struct MaskInspection: Sendable {
    /// A picture as the author names it.
    enum Source: Sendable {
        case elsewhere
        /// `path` is read, `shown` is its name.
        case file(path: String, shown: String)
        case picture(Job, index: Int)
    }

    private let image: Source
    private let mask: Source
    private let examiner: PictureInspector
    /// Then the pictures of jobs only stand in for others, unless they were made before.
    private let isPlan: Bool

    init?(_ request: JobRequest, given fields: [String: LuaValue], module: FluxModule) {
        guard request.call == .edit, request.parameters["mode"] == "inpaint",
            let image = request.images["image"], let mask = request.images["mask"], image.count == 1, mask.count == 1
        else { return nil }
        examiner = module.examiner
        isPlan = !module.saver.writesFiles
        self.image = Self.source(image[0], fields["image"], module)
        self.mask = Self.source(mask[0], fields["mask"], module)
    }

    private static func source(_ source: ImageSource, _ given: LuaValue?, _ module: FluxModule) -> Source {
        switch source {
        case .url: return .elsewhere
        case .picture(let job, let index): return .picture(job, index: index)
        case .file(let path):
            let shown = given?.string ?? given?.table?.items.first?.string ?? path
            // What only stands in for a picture says nothing of it.
            return module.saver.hasOnlyGuess(at: shown) ? .elsewhere : .file(path: path, shown: shown)
        }
    }

    /// Whether a picture is still being made: then the rest is to be looked at when it is there.
    var isIncomplete: Bool {
        [image, mask].contains { source in
            if case .picture(let job, _) = source { !job.snapshot.isSettled } else { false }
        }
    }

    /// - Throws: kind `invalid`, with the parameter's name at the beginning of the message.
    func check() throws(FluxError) {
        let image = try look(at: image, "image")
        let mask = try look(at: mask, "mask", tones: true)
        if let image {
            try checkTurn(
                of: image, "image",
                "save it upright first (magick \(image.shown) -auto-orient upright.png); what "
                    + "flux.mask(\(image.inLua), …) makes fits the upright one")
        }
        guard let mask else { return }
        let picture = image?.inLua ?? "picture"
        try checkTurn(of: mask, "mask", "flux.mask(\(picture), …) makes one that is upright")
        if let tones = mask.facts.tones, !tones.isOpaque {
            throw wrong(
                "mask: \(mask.shown) is transparent in places, but a mask is white where to repaint and black where to "
                    + "keep; flux.mask(\(mask.inLua), \"transparent\") makes what is transparent white, and with "
                    + "{ invert = true } the rest")
        }
        if let image, image.facts.stored != mask.facts.stored {
            throw wrong(
                "mask: \(mask.shown) is \(mask.facts.stored.shown), but the picture is \(image.facts.stored.shown); "
                    + "flux.mask(\(image.inLua), …) makes one of the same size")
        }
        if mask.facts.tones?.hasWhite == false {
            throw wrong(
                "mask: \(mask.shown) has nothing white in it, so nothing would be repainted; "
                    + "flux.mask(\(picture), { rect = { x, y, width, height } }) makes one with a white part")
        }
        if mask.facts.tones?.hasBlack == false {
            throw wrong(
                "mask: \(mask.shown) is white all over, so nothing of the picture would be kept; "
                    + "flux.mask(\(picture), { rect = { x, y, width, height } }) makes one with a white part only")
        }
    }

    /// - Parameter advice: what to do about it.
    private func checkTurn(of picture: Known, _ field: String, _ advice: String) throws(FluxError) {
        guard let turn = picture.facts.turn else { return }
        throw wrong("\(field): \(picture.shown) is \(turn), which the service may overlook; \(advice)")
    }

    private struct Known {
        /// As it is called in a message, and in a call.
        var shown: String
        var inLua: String
        var facts: PictureInfo
    }

    /// What is known of a picture; nil where it is elsewhere, not there yet, or a stand-in.
    private func look(at source: Source, _ field: String, tones: Bool = false) throws(FluxError) -> Known? {
        switch source {
        case .elsewhere: return nil
        case .file(let path, let shown):
            return Known(shown: shown, inLua: "\"\(shown)\"", facts: try facts(of: path, field, tones))
        case .picture(let job, let index):
            guard !isPlan || job.snapshot.isReused,
                let picture = job.snapshot.pictures.first(where: { $0.index == index })
            else { return nil }
            // Unless its pixels count, the picture's file need not be read.
            let size = PixelSize(width: picture.width, height: picture.height)
            let facts =
                tones
                ? try facts(of: picture.path, field, tones) : PictureInfo(stored: size, orientation: .upright)
            return Known(shown: "the job's picture", inLua: "job", facts: facts)
        }
    }

    private func facts(of path: String, _ field: String, _ tones: Bool) throws(FluxError) -> PictureInfo {
        do throws(FluxError) {
            return try examiner.facts(of: path, tones: tones)
        } catch {
            var error = error
            error.message = "\(field): \(error.message)"
            throw error
        }
    }

    private func wrong(_ message: String) -> FluxError { FluxError(.invalid, message) }
}

extension PictureInfo {
    /// How the file's EXIF turns it, such as `stored as 400×300 and turned by its EXIF (orientation 6)`; nil when upright.
    var turn: String? {
        guard orientation != .upright else { return nil }
        let how = orientation == .mirrored || orientation == .flipped ? "mirrored" : "turned"
        return "stored as \(stored.shown) and \(how) by its EXIF (orientation \(orientation.rawValue))"
    }
}

extension RequestReader {
    /// Refuses to extend one side of a picture whose sides are not where people see them.
    func inspectSides(of request: JobRequest, given fields: [String: LuaValue]) throws(LuaError) {
        guard request.call == .edit, request.parameters["mode"] == "outpaint",
            let side = request.parameters["outpaint"]?.stringValue, side.hasSuffix(" outpaint"),
            case .file(let path)? = request.images["image"]?.first
        else { return }
        let shown = fields["image"]?.string ?? path
        guard !module.saver.hasOnlyGuess(at: shown) else { return }
        do throws(FluxError) {
            guard let turn = try module.examiner.facts(of: path).turn else { return }
            throw FluxError(
                .invalid,
                "image: \(shown) is \(turn), so '\(side)' may extend a different side from the one that you see; "
                    + "save it upright first (magick \(shown) -auto-orient upright.png)")
        } catch {
            throw LuaError(error, in: name)
        }
    }

    /// Looks at the mask of an edit now, or lets that be done when the job's picture is there that it is for.
    func inspectMask(of request: inout JobRequest, given fields: [String: LuaValue]) throws(LuaError) {
        guard let inspection = MaskInspection(request, given: fields, module: module) else { return }
        do throws(FluxError) {
            try inspection.check()
        } catch {
            throw LuaError(error, in: name)
        }
        if inspection.isIncomplete { request.inspection = { () throws(FluxError) in try inspection.check() } }
    }
}
