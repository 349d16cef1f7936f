import FluxImaging
import StandIns

/// What the model that is priced by output megapixels costs here (contract §10; the service tells no table).
enum UpscalePrice {
    static let model = "topaz-image-upscale"

    /// 5 credits for each 24 megapixels that are begun.
    static func credits(of size: PixelSize) -> Int {
        max(1, (size.width * size.height + 23_999_999) / 24_000_000) * 5
    }

    /// The least and the most.
    static var range: ClosedRange<Int> {
        5...credits(of: PixelSize(width: Enlarging.maximumPixels, height: 1))
    }
}
