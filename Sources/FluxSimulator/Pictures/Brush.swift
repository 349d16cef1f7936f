import FluxImaging

/// Turns a job into what its pictures show.
enum Brush {
    /// The encoded file of the job's picture, counted from 0.
    static func paint(_ job: JobRecord, _ index: Int) throws -> [UInt8] {
        for input in job.inputs {
            do {
                _ = try Raster(decoding: input.bytes)
            } catch {
                throw PictureFailure(reason: "could not read image '\(input.parameter)': \(error)")
            }
        }
        let colour = UInt8(truncatingIfNeeded: job.seed &+ Int64(index))
        return try Raster(width: 64, height: 64, red: colour, green: 128, blue: 128)
            .encoded(as: ImageFormat(rawValue: job.format) ?? .jpg)
    }
}
