import FluxClient
import FluxDrawing
import FluxImaging
import FluxJobs
import LuaRuntime

/// `flux.mask(picture, shapes, opts)`: the path of a PNG, white where `flux.edit` repaints.
extension FluxModule {
    func mask(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let order = try MaskArguments(picture: try call[1], shapes: try call[2], options: try call[3])
        if case .file(let path) = order.subject { try check(path) }
        if case .transparency(of: let path?) = order.white { try check(path, as: "from: ") }
        let wait = try call.wait()
        let task = Task { [self] in
            do throws(LuaError) {
                let path = try await mask(order)
                wait.finish { .value(.string(path)) }
            } catch {
                wait.finish { () throws(LuaError) in throw error }
            }
        }
        wait.onEnd { task.cancel() }
        return .wait(wait)
    }

    private func check(_ path: String, as what: String = "") throws(LuaError) {
        guard saver.standIn(for: path) == nil else { return }
        if let problem = LocalPicture.problem(with: path, self) { throw MaskArguments.wrong(what + problem) }
    }

    private func mask(_ order: MaskArguments) async throws(LuaError) -> String {
        let model = try await model(for: order)
        do throws(FluxError) {
            let path = try path(for: order, of: model)
            // Also when a plan is made, which writes nothing.
            try restrictions.checkWriting(path)
            return try await saver.saved(
                at: path, overwrite: order.overwrites, isGuess: model.isGuess,
                made: { [examiner] () throws(FluxError) in
                    let painter = MaskPainter(order: order, model: model, examiner: examiner)
                    return try painter.file()
                },
                keep: { bytes throws(FluxError) in try self.engine().keep(bytes) })
        } catch {
            throw LuaError(error, in: MaskArguments.name)
        }
    }

    /// The picture that a mask is made for, and the file that says what is transparent.
    private func model(for order: MaskArguments) async throws(LuaError) -> MaskModel {
        var model: MaskModel
        switch order.subject {
        case .size(let size):
            model = MaskModel(size: size, shown: "the picture")
        case .file(let path):
            model = MaskModel(
                path: saver.standIn(for: path) ?? path, shown: path, isGuess: saver.hasOnlyGuess(at: path))
        case .job(let object, let index):
            let snapshot = await object.job.settled()
            see(object)
            if let error = snapshot.error {
                var raised = LuaError(error, job: object)
                raised.message = "\(MaskArguments.name): \(object.text): \(raised.message)"
                throw raised
            }
            guard let item = PictureSaver.Item.all(of: object.job).first(where: { $0.picture.index == index ?? 1 })
            else { throw MaskArguments.wrong("\(object.text) has no picture") }
            model = MaskModel(
                size: PixelSize(width: item.picture.width, height: item.picture.height), path: item.picture.path,
                shown: object.text, isGuess: isGuess(object.job), item: item)
        }
        if case .transparency(of: let path?) = order.white {
            model.from = (saver.standIn(for: path) ?? path, path)
            if saver.hasOnlyGuess(at: path) { model.isGuess = true }
        }
        return model
    }

    /// Whether a plan has only stand-ins for a job's pictures.
    func isGuess(_ job: Job) -> Bool { !saver.writesFiles && !job.snapshot.isReused }

    private func path(for order: MaskArguments, of model: MaskModel) throws(FluxError) -> String {
        if let file = order.file, !file.hasSuffix("/") { return file }
        let folder = order.file.map { String($0.dropLast()) } ?? settings.out
        switch order.subject {
        case .size(let size): return "\(folder)/mask-\(size.width)x\(size.height).png"
        case .file(let path): return PictureSaver.path(madeFrom: path, mark: "-mask", in: folder)
        case .job:
            let name = try model.item.map { item throws(FluxError) in try saver.path(of: item, in: folder) }
            return PictureSaver.path(madeFrom: name ?? "job", mark: "-mask", in: folder)
        }
    }
}

/// What a mask must fit.
private struct MaskModel: Sendable {
    /// As people see it; nil: to be read from the file.
    var size: PixelSize?
    var path: String?
    /// As it is called in messages.
    var shown: String
    /// A stand-in of a plan, whose size and pixels say nothing.
    var isGuess = false
    var item: PictureSaver.Item?
    /// The file that says what is transparent, and how its author calls it.
    var from: (path: String, shown: String)?
}

/// Makes a mask's file. Blocks.
private struct MaskPainter {
    let order: MaskArguments
    let model: MaskModel
    let examiner: PictureInspector

    func file() throws(FluxError) -> [UInt8] {
        var mask: GreyPicture
        switch order.white {
        case .shapes(let shapes, let inHundredths): mask = try drawn(shapes, inHundredths)
        case .transparency: mask = try fromTransparency()
        }
        mask.feather(order.feather)
        if !model.isGuess { try check(PictureTones(grey: mask.pixels)) }
        if order.isInverted { mask.invert() }
        return try imaging { () throws(ImagingError) in try mask.encodedAsPNG() }
    }

    private func drawn(_ given: [MaskShape], _ inHundredths: Bool) throws(FluxError) -> GreyPicture {
        let size = try size()
        let shapes = inHundredths ? given.map { $0.scaled(fromHundredthsOf: size) } : given
        for (index, shape) in shapes.enumerated() where !model.isGuess && !shape.reaches(into: size) {
            let which = shapes.count == 1 ? "the shape" : "shape \(index + 1)"
            throw wrong("\(which) lies outside the picture, which is \(size.shown)")
        }
        return try imaging { () throws(ImagingError) in try GreyPicture(size: size, white: shapes) }
    }

    private func fromTransparency() throws(FluxError) -> GreyPicture {
        guard let path = model.from?.path ?? model.path else { throw wrong("\"transparent\" needs a picture") }
        let raster = try examiner.raster(of: path)
        let size = try size()
        guard raster.size == size || model.isGuess else {
            let name = model.from?.shown ?? model.shown
            throw wrong("from: \(name) is \(raster.size.shown), but the picture is \(size.shown)")
        }
        return GreyPicture(transparencyOf: raster)
    }

    private func size() throws(FluxError) -> PixelSize {
        if let size = model.size { return size }
        guard let path = model.path else { throw wrong("there is no picture") }
        return try examiner.facts(of: path).seen
    }

    /// What is white all over or nowhere, `flux.edit` would refuse.
    private func check(_ tones: PictureTones) throws(FluxError) {
        let missing = order.isInverted ? "kept" : "repainted"
        let left = order.isInverted ? "repainted" : "kept"
        switch order.white {
        case .shapes where !tones.hasWhite && order.feather > 0:
            throw wrong(
                "with a feather of \(order.feather) pixels nothing is left of the shapes: make the shapes larger or the feather smaller"
            )
        case .shapes where !tones.hasWhite:
            throw wrong("the shapes are too thin or too small: nothing would be \(missing)")
        case .shapes where !tones.hasBlack:
            throw wrong("the shapes cover the whole picture: nothing would be \(left)")
        case .transparency where !tones.hasWhite:
            throw wrong("\(model.from?.shown ?? model.shown) has nothing transparent: nothing would be \(missing)")
        case .transparency where !tones.hasBlack:
            throw wrong("\(model.from?.shown ?? model.shown) is transparent all over: nothing would be \(left)")
        default: break
        }
    }

    private func wrong(_ message: String) -> FluxError { FluxError(.invalid, message) }

    private func imaging<T>(_ body: () throws(ImagingError) -> T) throws(FluxError) -> T {
        do throws(ImagingError) { return try body() } catch { throw wrong("\(error)") }
    }
}

extension PixelSize {
    /// As it stands in messages.
    var shown: String { "\(width) × \(height)" }
}
