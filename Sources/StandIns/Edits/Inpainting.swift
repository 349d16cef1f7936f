import FluxDrawing
import FluxImaging

/// Paints the white part of a mask anew (contract §3). Where the mask is black every byte of the source stays.
struct Inpainting {
    let source: Raster
    let mask: Raster
    let order: PictureSpecification

    func painted() throws(ImagingError) -> Raster {
        let coverage = Coverage(mask, size: source.size)
        // A mask without white asks for nothing.
        guard let bounds = coverage.bounds else { return source }
        let weights = coverage.softened(in: bounds)
        let painting = Painting(order, surroundings: source)
        let size = sceneSize(bounds)
        let canvas = try painting.scene(of: size)
        let offset = (x: (size.width - bounds.width) / 2, y: (size.height - bounds.height) / 2)
        drawLabel(on: canvas, coverage, bounds, offset, painting.palette)
        let scene = canvas.raster()
        var result = source
        result.withUnsafeMutablePixels { pixels in
            scene.pixels.withUnsafeBufferPointer { fresh in
                for y in 0..<bounds.height {
                    for x in 0..<bounds.width {
                        let weight = Int(weights[y * bounds.width + x])
                        guard weight > 0 else { continue }
                        let target = ((bounds.y + y) * source.width + bounds.x + x) * 4
                        let from = ((offset.y + y) * size.width + offset.x + x) * 4
                        for channel in 0..<4 {
                            let old = Int(pixels[target + channel])
                            let new = Int(fresh[from + channel])
                            pixels[target + channel] = UInt8((old * (255 - weight) + new * weight + 127) / 255)
                        }
                    }
                }
            }
        }
        return result
    }

    /// The mask's bounds, widened where they are a sliver: a scene needs some height to be one.
    private func sceneSize(_ bounds: PixelRect) -> PixelSize {
        PixelSize(
            width: max(bounds.width, bounds.height / 3, 16), height: max(bounds.height, bounds.width / 3, 16))
    }

    /// Only on pixels that are white all through: where no such strip is wide and high enough, there is no label.
    private func drawLabel(
        on canvas: Canvas, _ coverage: Coverage, _ bounds: PixelRect, _ offset: (x: Int, y: Int), _ palette: Palette
    ) {
        let label = Label(order)
        // A narrower strip finds a lower place in a round mask.
        var width = max(min(bounds.width, 150), bounds.width * 3 / 4)
        while width >= 150 {
            if let height = label.height(on: canvas, width: width),
                let strip = coverage.lowestStrip(width: width, height: height, in: bounds)
            {
                let place = PixelRect(
                    x: strip.x - bounds.x + offset.x, y: strip.y - bounds.y + offset.y, width: strip.width,
                    height: strip.height)
                label.draw(on: canvas, along: place, palette: palette)
                return
            }
            width = width * 7 / 8
        }
    }
}

/// How much of each pixel a mask gives away: 0 keep … 255 paint.
struct Coverage {
    let size: PixelSize
    let values: [UInt8]

    /// Luminance times alpha, at the source's size.
    init(_ mask: Raster, size: PixelSize) {
        let scaled = mask.resized(to: size, filter: .bilinear)
        self.size = size
        values = scaled.pixels.withUnsafeBufferPointer { pixels in
            [UInt8](unsafeUninitializedCapacity: size.width * size.height) { buffer, initialized in
                var index = 0
                for position in 0..<size.width * size.height {
                    let red = Int(pixels[index]) * 77
                    let green = Int(pixels[index + 1]) * 150
                    let luminance = (red + green + Int(pixels[index + 2]) * 29) >> 8
                    buffer[position] = UInt8(luminance * Int(pixels[index + 3]) / 255)
                    index += 4
                }
                initialized = size.width * size.height
            }
        }
    }

    /// Around everything that is not black; nil when all is.
    var bounds: PixelRect? {
        var (left, top, right, bottom) = (size.width, size.height, -1, -1)
        values.withUnsafeBufferPointer { values in
            for y in 0..<size.height {
                for x in 0..<size.width where values[y * size.width + x] > 0 {
                    left = min(left, x)
                    right = max(right, x)
                    top = min(top, y)
                    bottom = y
                }
            }
        }
        guard right >= left else { return nil }
        return PixelRect(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    /// The values inside the bounds, fading toward black neighbours from the inside only: black stays 0, so the new
    /// picture has no hard edge and the old one loses nothing.
    func softened(in bounds: PixelRect) -> [UInt8] {
        let radius = max(1, min(bounds.width, bounds.height) / 28)
        var inside = [Int32](repeating: 0, count: bounds.width * bounds.height)
        for y in 0..<bounds.height {
            for x in 0..<bounds.width where values[(bounds.y + y) * size.width + bounds.x + x] > 0 {
                inside[y * bounds.width + x] = 256
            }
        }
        // Two means over a window make a ramp. At the picture's own edge the mask is taken to go on.
        for _ in 0..<2 {
            inside.withUnsafeMutableBufferPointer { line in
                for y in 0..<bounds.height {
                    Self.smooth(
                        line, from: y * bounds.width, count: bounds.width, step: 1, radius: radius,
                        before: bounds.x == 0, after: bounds.x + bounds.width == size.width)
                }
                for x in 0..<bounds.width {
                    Self.smooth(
                        line, from: x, count: bounds.height, step: bounds.width, radius: radius,
                        before: bounds.y == 0, after: bounds.y + bounds.height == size.height)
                }
            }
        }
        var result = [UInt8](repeating: 0, count: bounds.width * bounds.height)
        for y in 0..<bounds.height {
            for x in 0..<bounds.width {
                let index = y * bounds.width + x
                let value = Int(values[(bounds.y + y) * size.width + bounds.x + x])
                // 128 on the edge, 256 well inside; a quarter of the new picture shows even on the edge.
                let depth = min(max(Int(inside[index]) - 112, 0), 144)
                result[index] = UInt8(value * (64 + depth * 192 / 144) / 256)
                if value == 255 && depth >= 143 { result[index] = 255 }
            }
        }
        return result
    }

    private static func smooth(
        _ line: UnsafeMutableBufferPointer<Int32>, from start: Int, count: Int, step: Int, radius: Int, before: Bool,
        after: Bool
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { copy in
            for index in 0..<count { copy[index] = line[start + index * step] }
            func value(_ index: Int) -> Int32 {
                if index < 0 { return before ? copy[0] : 0 }
                if index >= count { return after ? copy[count - 1] : 0 }
                return copy[index]
            }
            var sum: Int32 = 0
            for index in -radius...radius { sum += value(index) }
            for index in 0..<count {
                line[start + index * step] = sum / Int32(radius * 2 + 1)
                sum += value(index + radius + 1) - value(index - radius)
            }
        }
    }

    /// The lowest place where a rectangle of that size is white all through, as near the middle as it can be.
    func lowestStrip(width: Int, height: Int, in bounds: PixelRect) -> PixelRect? {
        guard width <= bounds.width, height <= bounds.height else { return nil }
        // For each column, how many white pixels lie one above the other up to the current row.
        var rises = [Int](repeating: 0, count: bounds.width)
        var lowest: PixelRect?
        for y in 0..<bounds.height {
            var run = 0
            var best: Int?
            for x in 0..<bounds.width {
                rises[x] = values[(bounds.y + y) * size.width + bounds.x + x] >= 250 ? rises[x] + 1 : 0
                run = rises[x] >= height ? run + 1 : 0
                guard run >= width else { continue }
                let left = x - width + 1
                let middle = (bounds.width - width) / 2
                if best.map({ abs($0 - middle) > abs(left - middle) }) ?? true { best = left }
            }
            if let best {
                lowest = PixelRect(
                    x: bounds.x + best, y: bounds.y + y - height + 1, width: width, height: height)
            }
        }
        return lowest
    }
}
