import CPangoCairo
import FluxImaging

/// A part of a picture, in pixels from its upper left corner. It may reach over the picture's edges.
public enum MaskShape: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        public var x: Double
        public var y: Double

        public init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    case rect(Point, width: Double, height: Double)
    case ellipse(Point, rx: Double, ry: Double)
    case polygon([Point])

    /// In pixels of a picture, from hundredths of its width and height.
    public func scaled(fromHundredthsOf size: PixelSize) -> MaskShape {
        let (across, down) = (Double(size.width) / 100, Double(size.height) / 100)
        func scaled(_ point: Point) -> Point { Point(point.x * across, point.y * down) }
        return switch self {
        case .rect(let corner, let width, let height):
            .rect(scaled(corner), width: width * across, height: height * down)
        case .ellipse(let middle, let rx, let ry): .ellipse(scaled(middle), rx: rx * across, ry: ry * down)
        case .polygon(let points): .polygon(points.map(scaled))
        }
    }

    /// Whether any of it can lie inside a picture.
    public func reaches(into size: PixelSize) -> Bool {
        let (least, most) = bounds
        return most.x > 0 && most.y > 0 && least.x < Double(size.width) && least.y < Double(size.height)
    }

    private var bounds: (least: Point, most: Point) {
        switch self {
        case .rect(let corner, let width, let height): (corner, Point(corner.x + width, corner.y + height))
        case .ellipse(let middle, let rx, let ry):
            (Point(middle.x - rx, middle.y - ry), Point(middle.x + rx, middle.y + ry))
        case .polygon(let points):
            (
                Point(points.map(\.x).min() ?? 0, points.map(\.y).min() ?? 0),
                Point(points.map(\.x).max() ?? 0, points.map(\.y).max() ?? 0)
            )
        }
    }

    fileprivate var path: Path {
        switch self {
        case .rect(let corner, let width, let height): .rect(corner.x, corner.y, width, height)
        case .ellipse(let middle, let rx, let ry): .ellipse(middle.x, middle.y, rx, ry)
        case .polygon(let points): .polygon(points.map { ($0.x, $0.y) })
        }
    }
}

extension GreyPicture {
    /// White where the shapes are, black elsewhere; a pixel that an edge goes through is grey.
    /// - Throws: `ImagingError.unsupported` for a size that cannot be drawn.
    public init(size: PixelSize, white shapes: [MaskShape]) throws(ImagingError) {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, Int32(size.width), Int32(size.height)),
            let context = cairo_create(surface)
        else { throw .unsupported("no memory for a mask of \(size.width)×\(size.height) pixels") }
        defer {
            cairo_destroy(context)
            cairo_surface_destroy(surface)
        }
        cairo_set_source_rgba(context, 1, 1, 1, 1)
        for shape in shapes {
            shape.path.trace(on: context)
            cairo_fill(context)
        }
        cairo_surface_flush(surface)
        guard cairo_status(context) == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface) else {
            throw .unsupported("cannot draw a mask of \(size.width)×\(size.height) pixels")
        }
        let bytesPerRow = Int(cairo_image_surface_get_stride(surface))
        var pixels: [UInt8] = []
        pixels.reserveCapacity(size.width * size.height)
        for y in 0..<size.height {
            pixels.append(contentsOf: UnsafeBufferPointer(start: data + y * bytesPerRow, count: size.width))
        }
        try self.init(size: size, pixels: pixels)
    }

    /// Lets edges fade over so many pixels to each side: what is farther from an edge stays as it is. What lies at the
    /// picture's own edge does not fade there.
    public mutating func feather(_ pixels: Int) {
        // Three boxes one after the other come close to a Gaussian.
        let radii = (0..<3).map { (pixels + $0) / 3 }.filter { $0 > 0 }
        guard !radii.isEmpty else { return }
        let size = size
        var copy = self.pixels
        withUnsafeMutablePixels { here in
            copy.withUnsafeMutableBufferPointer { there in
                for radius in radii {
                    BoxBlur.across(from: UnsafeBufferPointer(here), to: there, size, radius)
                    BoxBlur.down(from: UnsafeBufferPointer(there), to: here, size, radius)
                }
            }
        }
    }
}

/// The mean over a window of pixels; beyond the picture its last pixel goes on.
private enum BoxBlur {
    static func across(
        from source: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>, _ size: PixelSize,
        _ radius: Int
    ) {
        let (span, last) = (UInt32(radius * 2 + 1), size.width - 1)
        for row in stride(from: 0, to: size.width * size.height, by: size.width) {
            var sum = UInt32(source[row]) * UInt32(radius)
            for x in 0..<radius { sum += UInt32(source[row + min(x, last)]) }
            for x in 0...last {
                sum += UInt32(source[row + min(x + radius, last)])
                output[row + x] = UInt8((sum + span / 2) / span)
                sum -= UInt32(source[row + max(x - radius, 0)])
            }
        }
    }

    /// Row by row with a sum for each column, as memory lies.
    static func down(
        from source: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>, _ size: PixelSize,
        _ radius: Int
    ) {
        let (width, span, last) = (size.width, UInt32(radius * 2 + 1), size.height - 1)
        var sums = [UInt32](repeating: 0, count: width)
        sums.withUnsafeMutableBufferPointer { sums in
            for x in 0..<width { sums[x] = UInt32(source[x]) * UInt32(radius) }
            for y in 0..<radius {
                let row = min(y, last) * width
                for x in 0..<width { sums[x] += UInt32(source[row + x]) }
            }
            for y in 0...last {
                let (next, row, old) = (min(y + radius, last) * width, y * width, max(y - radius, 0) * width)
                for x in 0..<width {
                    let sum = sums[x] + UInt32(source[next + x])
                    output[row + x] = UInt8((sum + span / 2) / span)
                    sums[x] = sum - UInt32(source[old + x])
                }
            }
        }
    }
}
