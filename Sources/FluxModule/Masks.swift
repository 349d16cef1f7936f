import FluxClient
import FluxDrawing
import FluxImaging
import FluxJobs
import LuaRuntime

/// `flux.mask`: masks without an image editor.
extension FluxModule {
    private static let maskOptions = ["unit", "feather", "invert", "file", "from"]

    func defineMasks(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.mask") { call throws(LuaError) in try self.mask(call) }
    }

    private enum MaskPicture: Sendable {
        case size(PixelSize)
        case file(String)
        case job(JobObject, index: Int)

        /// What the mask's file is called after.
        var name: String {
            switch self {
            case .size(let size): return "\(size.width)x\(size.height)"
            case .file(let path):
                let file = path.split(separator: "/").last.map(String.init) ?? path
                return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
            case .job(let object, _): return object.job.snapshot.id.map { String($0.prefix(8)) } ?? "job"
            }
        }
    }

    private enum MaskSubject: Sendable {
        case shapes([MaskPainter.Shape], isPercent: Bool)
        case transparent(from: String?)
    }

    private static func wrong(_ message: String) -> LuaError { LuaError(kind: "invalid", "flux.mask: \(message)") }

    /// `flux.mask(picture, shapes, options)`: the path of a PNG, as large as the picture, white where `flux.edit`
    /// repaints.
    private func mask(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        let picture = try maskPicture(try call[1])
        let options = try Options(
            try call[3], of: "flux.mask", known: Self.maskOptions, example: "feather = 8")
        let unit = try options.text("unit") ?? "px"
        guard unit == "px" || unit == "%" else {
            throw Self.wrong("'unit' must be \"%\" or \"px\" (got \"\(unit)\")")
        }
        let feather = options.value("feather")?.number ?? (options.value("feather") == nil ? 0 : -1)
        guard (0...2_000).contains(feather) else {
            throw Self.wrong("'feather' must be a number of pixels from 0 to 2000")
        }
        let isInverted = try options.flag("invert")
        let from = try options.text("from")
        if let from, let problem = LocalPicture.problem(with: from, restrictions) {
            throw Self.wrong("from: \(problem)")
        }
        let subject = try maskSubject(try call[2], isPercent: unit == "%", from: from)
        let file = try options.text("file") ?? "\(settings.out)/\(picture.name)-mask.png"
        guard file.lowercased().hasSuffix(".png") else {
            throw Self.wrong("'file' must end in .png: a mask has hard edges (got \"\(file)\")")
        }
        let engine = saver.writesFiles ? nil : try engine(for: "flux.mask")
        let wait = try call.wait()
        let task = Task { [self] in
            if case .job(let object, _) = picture { _ = await object.job.settled() }
            do throws(LuaError) {
                let raster = try raster(picture, subject, feather: feather, isInverted: isInverted)
                let path: String
                do throws(FluxError) {
                    let bytes: [UInt8]
                    do throws(ImagingError) {
                        bytes = try raster.encoded(as: .png)
                    } catch {
                        throw FluxError(.io, "\(error)")
                    }
                    path = try saver.keep(bytes, at: file, planned: engine?.plannedFile)
                } catch {
                    throw LuaError(error, in: "flux.mask")
                }
                wait.finish { .value(.string(path)) }
            } catch {
                wait.finish { () throws(LuaError) in throw error }
            }
        }
        wait.onEnd { task.cancel() }
        return .wait(wait)
    }

    private func raster(
        _ picture: MaskPicture, _ subject: MaskSubject, feather: Double, isInverted: Bool
    ) throws(LuaError) -> Raster {
        let path: String?
        var size: PixelSize
        switch picture {
        case .size(let given): (path, size) = (nil, given)
        case .file(let file): (path, size) = (file, try Self.size(of: file))
        case .job(let object, let index):
            see(object)
            if let error = object.job.snapshot.error {
                throw Self.wrong("\(object.text): \(error.message)")
            }
            guard let picture = object.job.snapshot.pictures.first(where: { $0.index == index }) else {
                throw Self.wrong("\(object.text) has no picture \(index)")
            }
            (path, size) = (picture.path, PixelSize(width: picture.width, height: picture.height))
        }
        do throws(ImagingError) {
            switch subject {
            case .shapes(let shapes, let isPercent):
                let scaled = isPercent ? shapes.map { $0.scaled(to: size) } : shapes
                guard scaled.contains(where: { $0.touches(size) }) else {
                    throw Self.outside(size)
                }
                return try MaskPainter.mask(scaled, size: size, feather: feather, isInverted: isInverted)
            case .transparent(let from):
                guard let source = from ?? path else {
                    throw ImagingError.unsupported("\"transparent\" needs a picture, or 'from', a file")
                }
                let bytes: [UInt8]
                do {
                    bytes = try PictureFile.contents(of: source)
                } catch {
                    throw ImagingError.unsupported(error.message)
                }
                let cutout = try Raster(decoding: bytes)
                guard cutout.size == size else {
                    throw ImagingError.unsupported(
                        "\(source) is \(cutout.width) × \(cutout.height) pixels, but the picture is "
                            + "\(size.width) × \(size.height)")
                }
                guard !cutout.isOpaque else {
                    throw ImagingError.unsupported("nothing of \(source) is transparent")
                }
                size = cutout.size
                return try MaskPainter.mask(ofTransparent: cutout, feather: feather, isInverted: isInverted)
            }
        } catch {
            throw Self.wrong("\(error)")
        }
    }

    private static func outside(_ size: PixelSize) -> ImagingError {
        .unsupported(
            "all shapes lie outside of the picture, which is \(size.width) × \(size.height) pixels"
                + " (shapes are in pixels from the upper left; unit = \"%\" takes hundredths)")
    }

    /// - Throws: also for a picture that its EXIF data turns.
    private static func size(of path: String) throws(LuaError) -> PixelSize {
        do {
            let bytes = try PictureFile.contents(of: path)
            if MaskReading.isTurned(bytes) { throw ImagingError.unsupported("\(path) \(MaskChecks.turnedAdvice)") }
            return try ImageHeader(parsing: bytes).size
        } catch {
            throw wrong("\(error)")
        }
    }

    // MARK: Arguments

    private func maskPicture(_ value: LuaValue) throws(LuaError) -> MaskPicture {
        if let object: JobObject = value.object() { return .job(object, index: 1) }
        if let picture: PictureObject = value.object() { return .job(picture.owner, index: picture.picture.index) }
        if let path = value.string {
            if let standIn = saver.standIn(for: path) { return .file(standIn) }
            if let problem = LocalPicture.problem(with: path, restrictions) { throw Self.wrong(problem) }
            return .file(path)
        }
        let expected = "expected a file, a job or { width = …, height = … }"
        guard let table = value.table else { throw Self.wrong("\(expected), got \(value.typeName)") }
        guard let width = table["width"].integer, let height = table["height"].integer, table.pairs.count == 2,
            (1...16_384).contains(width), (1...16_384).contains(height)
        else { throw Self.wrong("\(expected) with whole numbers from 1 to 16384, got \(value.shown)") }
        return .size(PixelSize(width: Int(width), height: Int(height)))
    }

    private func maskSubject(
        _ value: LuaValue, isPercent: Bool, from: String?
    ) throws(LuaError) -> MaskSubject {
        if value.string == "transparent" { return .transparent(from: from) }
        if from != nil { throw Self.wrong("'from' goes with \"transparent\"") }
        guard let table = value.table else {
            throw Self.wrong(
                "expected shapes such as { rect = { x, y, width, height } }, or \"transparent\" (got \(value.shown))")
        }
        var shapes: [MaskPainter.Shape] = []
        for item in table.items.isEmpty ? [value] : table.items { shapes.append(try shape(item)) }
        return .shapes(shapes, isPercent: isPercent)
    }

    private func shape(_ value: LuaValue) throws(LuaError) -> MaskPainter.Shape {
        let kinds = ["rect", "ellipse", "polygon"]
        guard let table = value.table, table.items.isEmpty, table.pairs.count == 1,
            let (key, body) = table.pairs.first, let kind = key.string
        else { throw Self.wrong("a shape is { rect = … }, { ellipse = … } or { polygon = … } (got \(value.shown))") }
        func numbers(_ value: LuaValue, _ count: Int, _ form: String) throws(LuaError) -> [Double] {
            let numbers = value.table?.items.compactMap(\.number) ?? []
            guard numbers.count == count, value.table?.items.count == count, numbers.allSatisfy({ abs($0) < 1e6 })
            else {
                throw Self.wrong("'\(kind)' must be \(form) (got \(value.shown))")
            }
            return numbers
        }
        switch kind {
        case "rect":
            let part = try numbers(body, 4, "{ x, y, width, height }")
            guard part[2] > 0, part[3] > 0 else { throw Self.wrong("'rect' needs a width and a height above 0") }
            return .rect(x: part[0], y: part[1], width: part[2], height: part[3])
        case "ellipse":
            let part = try numbers(body, 4, "{ x, y, rx, ry }, its middle and its radii")
            guard part[2] > 0, part[3] > 0 else { throw Self.wrong("'ellipse' needs radii above 0") }
            return .ellipse(x: part[0], y: part[1], rx: part[2], ry: part[3])
        case "polygon":
            let form = "a list of three points { x, y } or more"
            var points: [(x: Double, y: Double)] = []
            for item in body.table?.items ?? [] {
                let point = try numbers(item, 2, form)
                points.append((point[0], point[1]))
            }
            guard points.count >= 3 else { throw Self.wrong("'polygon' must be \(form) (got \(body.shown))") }
            return .polygon(points)
        default:
            throw Self.wrong("unknown shape '\(kind)'\(Suggestion.question(for: kind, in: kinds))")
        }
    }
}

extension MaskPainter.Shape {
    /// From hundredths of a picture's sides to pixels.
    fileprivate func scaled(to size: PixelSize) -> MaskPainter.Shape {
        let (across, down) = (Double(size.width) / 100, Double(size.height) / 100)
        switch self {
        case .rect(let x, let y, let width, let height):
            return .rect(x: x * across, y: y * down, width: width * across, height: height * down)
        case .ellipse(let x, let y, let rx, let ry):
            return .ellipse(x: x * across, y: y * down, rx: rx * across, ry: ry * down)
        case .polygon(let points): return .polygon(points.map { ($0.x * across, $0.y * down) })
        }
    }

    /// Whether any of it may lie inside a picture.
    fileprivate func touches(_ size: PixelSize) -> Bool {
        let (left, top, right, bottom): (Double, Double, Double, Double)
        switch self {
        case .rect(let x, let y, let width, let height): (left, top, right, bottom) = (x, y, x + width, y + height)
        case .ellipse(let x, let y, let rx, let ry): (left, top, right, bottom) = (x - rx, y - ry, x + rx, y + ry)
        case .polygon(let points):
            let (xs, ys) = (points.map(\.x), points.map(\.y))
            (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
            (right, bottom) = (xs.max() ?? 0, ys.max() ?? 0)
        }
        return right > 0 && bottom > 0 && left < Double(size.width) && top < Double(size.height)
    }
}
