/// How many pixels a request asks for (contract §3). The service gives no table; this is the local service's rule.
///
/// - A resolution `"nMP"` means n·10⁶ pixels in the asked shape. Both sides are multiples of 16, and of all such
///   pairs the one is taken that misses the shape and the pixel count least, the shape counting three times.
///   So `2MP` is 1408×1408 at 1:1 and 1888×1056 at 16:9.
/// - `"match_input_image"` means the first reference's own size, reduced to 4 MP if it is larger.
/// - `width` and `height` given together are taken as they are; one alone gets the other from the shape.
/// - `"512px"`, `"1K"`, `"2K"` mean 0.26, 1 and 4 MP, `"4K"` no more than 8.
/// - Without a resolution: 4 MP for ultra models, 1 MP for `flux-1.1-pro`, `flux-lora` and `flux-fill-pro`, else 2 MP.
package enum PictureSize {
    /// The longest side that is ever painted.
    static let maximumSide = 4_096

    /// - Parameters:
    ///   - aspectRatio: `W:H`, or `match_input_image`; 1:1 when nil or senseless, at most 4:1 either way.
    ///   - matching: size of the first reference, if there is one.
    package static func pixels(
        resolution: String?, aspectRatio: String?, width: Int?, height: Int?, matching: (width: Int, height: Int)?,
        model: String
    ) -> (width: Int, height: Int) {
        if let width, let height { return (side(width), side(height)) }
        let shape = ratio(aspectRatio, matching: matching)
        if let width { return (side(width), multiple(Double(side(width)) / shape)) }
        if let height { return (multiple(Double(side(height)) * shape), side(height)) }
        if resolution == "match_input_image", let matching { return match(matching) }
        return best(pixels: megapixels(resolution, model: model) * 1_000_000, ratio: shape)
    }

    private static func megapixels(_ resolution: String?, model: String) -> Double {
        if let resolution, resolution.hasSuffix("MP"), let number = Double(resolution.dropLast(2)) {
            return min(max(number, 0.1), 8)
        }
        if let pixels = words[resolution ?? ""] { return pixels }
        if model.hasSuffix("-ultra") { return 4 }
        return ["flux-1.1-pro", "flux-lora", "flux-fill-pro"].contains(model) ? 1 : 2
    }

    /// Megapixels of the sizes that other models name.
    private static let words = ["512px": 0.26, "1K": 1, "2K": 4, "4K": 8, "square": 0.26]

    private static func ratio(_ text: String?, matching: (width: Int, height: Int)?) -> Double {
        if text == "match_input_image", let matching, matching.width > 0, matching.height > 0 {
            return bounded(Double(matching.width) / Double(matching.height))
        }
        let parts = (text ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Double($0) ?? 0 }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0, parts[0].isFinite, parts[1].isFinite else { return 1 }
        return bounded(parts[0] / parts[1])
    }

    private static func match(_ size: (width: Int, height: Int)) -> (width: Int, height: Int) {
        let pixels = Double(size.width) * Double(size.height)
        guard pixels > 4_000_000 || max(size.width, size.height) > maximumSide else {
            return (side(size.width), side(size.height))
        }
        let shape = bounded(Double(size.width) / Double(max(1, size.height)))
        return best(pixels: min(pixels, 4_000_000), ratio: shape)
    }

    private static func bounded(_ ratio: Double) -> Double { min(max(ratio, 0.25), 4) }

    private static func best(pixels: Double, ratio: Double) -> (width: Int, height: Int) {
        if ratio < 1 {
            let turned = best(pixels: pixels, ratio: 1 / ratio)
            return (turned.height, turned.width)
        }
        var best = (width: 16, height: 16)
        var least = Double.infinity
        for width in stride(from: 16, through: maximumSide, by: 16) {
            let ideal = Int(Double(width) / ratio / 16) * 16
            for height in [ideal, ideal + 16] where height > 0 {
                let shapeError = logarithmicError(Double(width) / Double(height), ratio)
                let sizeError = logarithmicError(Double(width * height), pixels)
                let error = 3 * shapeError + sizeError
                if error < least && sizeError < 0.03 {
                    least = error
                    best = (width, height)
                }
            }
        }
        return best
    }

    /// How far apart two quantities are as a share of the smaller: the same both ways.
    private static func logarithmicError(_ a: Double, _ b: Double) -> Double { max(a / b, b / a) - 1 }

    private static func side(_ value: Int) -> Int { min(max(value, 64), maximumSide) }

    private static func multiple(_ value: Double) -> Int { min(max(Int((value / 16).rounded()) * 16, 64), maximumSide) }
}
