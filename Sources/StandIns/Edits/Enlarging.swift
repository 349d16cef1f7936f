import FluxImaging
import Synchronization

/// A picture made larger: every pixel of the result is worked out from those of the source.
package enum Enlarging {
    /// What a picture made larger may have, so that the local service stays small: about 160 MB while it is made.
    package static let maximumPixels = 40_000_000

    /// One at a time: two at once would need twice the memory.
    private static let turn = Mutex(())

    package static func size(of source: PixelSize, factor: Int) -> PixelSize {
        PixelSize(width: source.width * factor, height: source.height * factor)
    }

    /// - Throws: `ImagingError.unsupported` where the result would be larger than `maximumPixels`.
    static func painted(_ source: Raster, factor: Int, order: PictureSpecification) throws(ImagingError) -> [UInt8] {
        let size = size(of: source.size, factor: factor)
        guard size.width * size.height <= maximumPixels else {
            throw .unsupported(
                "\(size.width) × \(size.height) pixels are more than the local service makes "
                    + "(\(maximumPixels / 1_000_000) megapixels)")
        }
        let result: Result<[UInt8], ImagingError> = turn.withLock { _ in
            do throws(ImagingError) {
                return .success(try source.resized(to: size).encoded(as: order.format, quality: order.quality))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
