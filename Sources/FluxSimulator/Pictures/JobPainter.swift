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
        let references = inputs["image_prompt"] + inputs["input_images"]
        let size = PictureSize.pixels(
            resolution: request.text("resolution"), aspectRatio: request.text("aspect_ratio"),
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
        guard request.call == .edit, let source = inputs["image"].first else { return nil }
        if request.text("mode") == "inpaint", let mask = inputs["mask"].first {
            return .inpaint(source: source, mask: mask)
        }
        return .outpaint(source: source, preset: request.text("outpaint") ?? "Zoom out 1.5x")
    }
}

/// The given pictures by parameter, decoded.
private struct Inputs {
    private var rasters: [String: [Raster]] = [:]

    init(_ pictures: [InputPicture]) throws(PictureFailure) {
        for picture in pictures {
            do throws(ImagingError) {
                let raster = try Raster(decoding: picture.bytes)
                rasters[picture.parameter, default: []].append(raster)
            } catch {
                throw PictureFailure(reason: "could not read image '\(picture.parameter)': \(error)")
            }
        }
    }

    subscript(parameter: String) -> [Raster] { rasters[parameter] ?? [] }
}

extension ImageRequest {
    fileprivate func text(_ name: String) -> String? { parameters[name]?.stringValue }
    fileprivate func whole(_ name: String) -> Int? { parameters[name]?.integerValue.flatMap { Int(exactly: $0) } }
}
