import FluxImaging

/// A picture without its background. What looks like the picture's left and right edges, and hangs together with its
/// outer edge, is taken for background.
struct CuttingOut {
    let source: Raster
    let order: PictureSpecification.CutOut

    func painted() -> Raster {
        var alphas = subject()
        let limit = order.threshold > 0 ? max(1, Int(min(order.threshold, 1) * 255)) : nil
        alphas.withUnsafeMutableBufferPointer { alphas in
            for place in 0..<alphas.count {
                var alpha = Int(alphas[place])
                if order.isReversed { alpha = 255 - alpha }
                if let limit { alpha = alpha >= limit ? 255 : 0 }
                alphas[place] = UInt8(alpha)
            }
        }
        switch order.backdrop {
        case .none: return transparent(alphas)
        case .map:
            return composed(alphas, over: Self.colour(0, 0, 0, source.size), Self.colour(255, 255, 255, source.size))
        case .green: return composed(alphas, over: Self.colour(0, 177, 64, source.size), source)
        case .white: return composed(alphas, over: Self.colour(255, 255, 255, source.size), source)
        case .blur: return composed(alphas, over: blurred(), source)
        case .overlay:
            // Red over what goes, so that one sees both.
            let half = [UInt8](repeating: 128, count: alphas.count)
            let red = composed(half, over: Self.colour(255, 0, 0, source.size), source)
            return composed(alphas, over: red, source)
        }
    }

    /// What the picture had of transparency, it keeps.
    private func transparent(_ alphas: [UInt8]) -> Raster {
        var result = source
        result.withUnsafeMutablePixels { pixels in
            alphas.withUnsafeBufferPointer { alphas in
                for place in 0..<alphas.count {
                    pixels[place * 4 + 3] = UInt8(Int(pixels[place * 4 + 3]) * Int(alphas[place]) / 255)
                }
            }
        }
        return result
    }

    /// A picture where the cut-out is, another behind it.
    private func composed(_ alphas: [UInt8], over backdrop: Raster, _ picture: Raster) -> Raster {
        var result = backdrop
        result.withUnsafeMutablePixels { pixels in
            picture.pixels.withUnsafeBufferPointer { front in
                alphas.withUnsafeBufferPointer { alphas in
                    for place in 0..<alphas.count {
                        let weight = Int(alphas[place])
                        for channel in place * 4..<place * 4 + 3 {
                            let sum = Int(front[channel]) * weight + Int(pixels[channel]) * (255 - weight)
                            pixels[channel] = UInt8((sum + 127) / 255)
                        }
                        pixels[place * 4 + 3] = 255
                    }
                }
            }
        }
        return result
    }

    private static func colour(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ size: PixelSize) -> Raster {
        Raster(width: size.width, height: size.height, red: red, green: green, blue: blue)
    }

    private func blurred() -> Raster {
        let small = PixelSize(width: max(1, source.width / 24), height: max(1, source.height / 24))
        return source.resized(to: small, filter: .box).resized(to: source.size, filter: .bilinear)
    }

    // MARK: What is subject

    /// 0 background … 255 subject, a byte for each pixel.
    private func subject() -> [UInt8] {
        let differences = differences()
        let limit = Self.threshold(differences)
        let background = flooded(differences, below: limit)
        let share = Double(background.count { $0 }) / Double(background.count)
        // A picture of one texture all over: its middle, so that something is cut out.
        if share < 0.02 || share > 0.98 { return middle() }
        return softened(background)
    }

    /// How far each pixel is from the colours at the two ends of its row.
    private func differences() -> [UInt8] {
        let (width, height) = (source.width, source.height)
        let margin = max(1, width / 40)
        return source.pixels.withUnsafeBufferPointer { pixels in
            [UInt8](unsafeUninitializedCapacity: width * height) { buffer, initialized in
                for y in 0..<height {
                    let row = y * width
                    let left = Self.mean(pixels, from: row, count: margin)
                    let right = Self.mean(pixels, from: row + width - margin, count: margin)
                    for x in 0..<width {
                        let index = (row + x) * 4
                        let far = max(1, width - 1)
                        let red = Int(pixels[index]) - left.0 - (right.0 - left.0) * x / far
                        let green = Int(pixels[index + 1]) - left.1 - (right.1 - left.1) * x / far
                        let blue = Int(pixels[index + 2]) - left.2 - (right.2 - left.2) * x / far
                        buffer[row + x] = UInt8(min(max(abs(red), abs(green), abs(blue)), 255))
                    }
                }
                initialized = width * height
            }
        }
    }

    private static func mean(
        _ pixels: UnsafeBufferPointer<UInt8>, from start: Int, count: Int
    ) -> (Int, Int, Int) {
        var (red, green, blue) = (0, 0, 0)
        for pixel in start..<start + count {
            red += Int(pixels[pixel * 4])
            green += Int(pixels[pixel * 4 + 1])
            blue += Int(pixels[pixel * 4 + 2])
        }
        return (red / count, green / count, blue / count)
    }

    /// The difference that parts the two kinds of pixels best (Otsu's), within reason.
    private static func threshold(_ differences: [UInt8]) -> UInt8 {
        var counts = [Int](repeating: 0, count: 256)
        for difference in differences { counts[Int(difference)] += 1 }
        let total = Double(differences.count)
        let sum = counts.enumerated().reduce(0.0) { $0 + Double($1.offset * $1.element) }
        var (below, sumBelow, best, limit) = (0.0, 0.0, 0.0, 24)
        for value in 0..<255 {
            below += Double(counts[value])
            sumBelow += Double(value * counts[value])
            guard below > 0, below < total else { continue }
            let distance = sumBelow / below - (sum - sumBelow) / (total - below)
            let variance = below * (total - below) * distance * distance
            if variance > best { (best, limit) = (variance, value + 1) }
        }
        return UInt8(min(max(limit, 16), 96))
    }

    /// What is reached from the outer edge over small differences.
    private func flooded(_ differences: [UInt8], below limit: UInt8) -> [Bool] {
        let (width, height) = (source.width, source.height)
        var reached = [Bool](repeating: false, count: width * height)
        var edge: [Int] = []
        func visit(_ place: Int) {
            guard !reached[place], differences[place] < limit else { return }
            reached[place] = true
            edge.append(place)
        }
        for x in 0..<width {
            visit(x)
            visit((height - 1) * width + x)
        }
        for y in 0..<height {
            visit(y * width)
            visit(y * width + width - 1)
        }
        while let place = edge.popLast() {
            let x = place % width
            if x > 0 { visit(place - 1) }
            if x < width - 1 { visit(place + 1) }
            if place >= width { visit(place - width) }
            if place < width * (height - 1) { visit(place + width) }
        }
        return reached
    }

    /// The mean over a pixel and those beside, above and below it: an edge without steps.
    private func softened(_ background: [Bool]) -> [UInt8] {
        let (width, height) = (source.width, source.height)
        return background.withUnsafeBufferPointer { background in
            [UInt8](unsafeUninitializedCapacity: width * height) { buffer, initialized in
                for y in 0..<height {
                    for x in 0..<width {
                        let place = y * width + x
                        var inside = background[place] ? 0 : 1
                        inside += background[x > 0 ? place - 1 : place] ? 0 : 1
                        inside += background[x < width - 1 ? place + 1 : place] ? 0 : 1
                        inside += background[y > 0 ? place - width : place] ? 0 : 1
                        inside += background[y < height - 1 ? place + width : place] ? 0 : 1
                        buffer[place] = UInt8(inside * 51)
                    }
                }
                initialized = width * height
            }
        }
    }

    private func middle() -> [UInt8] {
        let (width, height) = (source.width, source.height)
        let (halfWidth, halfHeight) = (Double(width) / 2, Double(height) / 2)
        return [UInt8](unsafeUninitializedCapacity: width * height) { buffer, initialized in
            for y in 0..<height {
                for x in 0..<width {
                    let across = (Double(x) + 0.5 - halfWidth) / (halfWidth * 0.8)
                    let down = (Double(y) + 0.5 - halfHeight) / (halfHeight * 0.8)
                    let depth = (1 - (across * across + down * down).squareRoot()) * min(halfWidth, halfHeight)
                    buffer[y * width + x] = UInt8(min(max(depth, 0), 1) * 255)
                }
            }
            initialized = width * height
        }
    }
}
