import FluxClient
import FluxImaging
import StandIns

/// Turns a job into an order for the painter.
enum JobPainter {
    /// The encoded file of the job's picture, counted from 0.
    /// - Throws: `PictureFailure` when a picture that was given cannot be read, and the painter's errors.
    static func paint(_ job: JobRecord, _ given: [InputPicture], _ index: Int) throws -> [UInt8] {
        try Painter.paint(order(job, given, index))
    }

    static func order(_ job: JobRecord, _ given: [InputPicture], _ index: Int) throws -> PictureSpecification {
        let request = try job.submission().request
        let inputs = try Inputs(given)
        let references = request.call == .generate ? inputs.all : []
        let size = PictureSize.pixels(
            resolution: request.text("resolution") ?? request.text("image_size"),
            aspectRatio: request.text("aspect_ratio") ?? request.shapeOfSize,
            width: request.whole("width"), height: request.whole("height"),
            matching: references.first.map { ($0.width, $0.height) }, model: request.model)
        return PictureSpecification(
            // Each of several pictures of one job is another one.
            model: request.model, prompt: request.prompt, seed: job.seed &+ Int64(index), width: size.width,
            height: size.height, raw: request.parameters["raw"]?.boolValue ?? false, references: references,
            referenceStrength: request.parameters["image_prompt_strength"]?.numberValue ?? 0.5,
            edit: edit(request, inputs), format: ImageFormat(rawValue: job.format) ?? .jpg,
            quality: request.whole("output_quality") ?? 90)
    }

    private static func edit(_ request: ImageRequest, _ inputs: Inputs) -> PictureSpecification.Edit? {
        guard request.call != .generate, let source = inputs["image"].first else { return nil }
        if request.call == .upscale { return .upscale(source: source, factor: request.enlargement) }
        if request.call == .removeBackground {
            let backdrop = request.text("background_type").flatMap(PictureSpecification.CutOut.Backdrop.init) ?? .none
            return .cutOut(
                source: source,
                PictureSpecification.CutOut(
                    backdrop: backdrop, threshold: request.parameters["threshold"]?.numberValue ?? 0,
                    isReversed: request.parameters["reverse"]?.boolValue ?? false))
        }
        if request.text("mode") == "inpaint", let mask = inputs["mask"].first {
            return .inpaint(source: source, mask: mask)
        }
        return .outpaint(source: source, preset: request.text("outpaint") ?? "Zoom out 1.5x")
    }
}

/// The given pictures by parameter, decoded.
private struct Inputs {
    private var rasters: [String: [Raster]] = [:]
    /// In the order in which they were given.
    private(set) var all: [Raster] = []

    init(_ pictures: [InputPicture]) throws(PictureFailure) {
        for picture in pictures {
            do throws(ImagingError) {
                let raster = try Raster(decoding: picture.bytes)
                rasters[picture.parameter, default: []].append(raster)
                all.append(raster)
            } catch {
                throw PictureFailure(reason: "could not read image '\(picture.parameter)': \(error)")
            }
        }
    }

    subscript(parameter: String) -> [Raster] { rasters[parameter] ?? [] }
}

extension ImageRequest {
    fileprivate func text(_ name: String) -> String? { parameters[name]?.stringValue }
    /// `16:9` of an `image_size` such as `landscape_16_9`.
    fileprivate var shapeOfSize: String? {
        let parts = (text("image_size") ?? "").split(separator: "_")
        guard parts.count == 3 else { return nil }
        return parts[0] == "portrait" ? "\(parts[2]):\(parts[1])" : "\(parts[1]):\(parts[2])"
    }

    /// How many times as wide and high; the local service doubles where nothing is said.
    var enlargement: Int {
        (parameters["upscale_factor"] ?? parameters["scale_factor"])?.integerValue.flatMap { Int(exactly: $0) } ?? 2
    }

    fileprivate func whole(_ name: String) -> Int? { parameters[name]?.integerValue.flatMap { Int(exactly: $0) } }
}
