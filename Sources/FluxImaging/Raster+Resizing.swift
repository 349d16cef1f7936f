#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// How a resized picture's pixels are made from those around them.
public enum ResizeFilter: Sendable {
    /// The plain mean of what a pixel covers: fast, for thumbnails of thumbnails.
    case box
    /// A tent: smooth, never outside the values that are there; for masks.
    case bilinear
    /// Three-lobed: the sharpest; for pictures that people look at.
    case lanczos

    /// Half the filter's width in source pixels where nothing is reduced.
    var radius: Double {
        switch self {
        case .box: 0.5
        case .bilinear: 1
        case .lanczos: 3
        }
    }

    func weight(_ distance: Double) -> Double {
        switch self {
        case .box:
            return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear:
            return max(0, 1 - abs(distance))
        case .lanczos:
            if distance == 0 { return 1 }
            guard abs(distance) < 3 else { return 0 }
            let angle = Double.pi * distance
            return 3 * sin(angle) * sin(angle / 3) / (angle * angle)
        }
    }
}

extension Raster {
    /// The whole picture at another size, stretched if the shape differs. Transparent pixels lend no colour to others.
    /// - Parameter size: sides are brought into 1…65535.
    public func resized(to size: PixelSize, filter: ResizeFilter = .lanczos) -> Raster {
        let target = PixelSize(
            width: min(max(size.width, 1), Self.maximumSide), height: min(max(size.height, 1), Self.maximumSide))
        if target == self.size { return self }
        let columns = ResizeTable(from: width, to: target.width, filter: filter)
        let rows = ResizeTable(from: height, to: target.height, filter: filter)
        var result = [UInt8](repeating: 0, count: target.width * target.height * 4)
        pixels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { output in
                Resampler(columns: columns, rows: rows, sourceWidth: width, opaque: isOpaque)
                    .run(source: source, output: output)
            }
        }
        return Raster(unchecked: target, pixels: result)
    }
}

/// For each target pixel along one axis: the first source pixel that counts, and the weights from there on.
private struct ResizeTable {
    let count: Int
    let taps: Int
    var starts: [Int]
    var weights: [Float]

    init(from source: Int, to target: Int, filter: ResizeFilter) {
        let scale = Double(source) / Double(target)
        let stretch = max(1, scale)
        let radius = filter.radius * stretch
        count = target
        taps = min(source, Int((radius * 2).rounded(.up)) + 1)
        starts = []
        weights = []
        starts.reserveCapacity(target)
        weights.reserveCapacity(target * taps)
        for index in 0..<target {
            let center = (Double(index) + 0.5) * scale
            let start = min(max(Int((center - radius).rounded(.down)), 0), source - taps)
            let raw = (start..<start + taps).map { filter.weight((Double($0) + 0.5 - center) / stretch) }
            let sum = raw.reduce(0, +)
            starts.append(start)
            weights += sum == 0 ? Self.nearest(center, start, taps) : raw.map { Float($0 / sum) }
        }
    }

    private static func nearest(_ center: Double, _ start: Int, _ taps: Int) -> [Float] {
        let position = min(max(Int(center) - start, 0), taps - 1)
        return (0..<taps).map { $0 == position ? 1 : 0 }
    }
}

/// Two passes, across and then down; only the source rows that the current target row needs are held.
private struct Resampler {
    let columns: ResizeTable
    let rows: ResizeTable
    let sourceWidth: Int
    let opaque: Bool

    func run(source: UnsafeBufferPointer<UInt8>, output: UnsafeMutableBufferPointer<UInt8>) {
        let ring = rows.taps
        var lines = [SIMD4<Float>](repeating: .zero, count: ring * columns.count)
        var line = [SIMD4<Float>](repeating: .zero, count: sourceWidth)
        var sums = [SIMD4<Float>](repeating: .zero, count: columns.count)
        var filled = 0
        sums.withUnsafeMutableBufferPointer { sums in
            lines.withUnsafeMutableBufferPointer { lines in
                line.withUnsafeMutableBufferPointer { line in
                    for y in 0..<rows.count {
                        let start = rows.starts[y]
                        for row in max(filled, start)..<max(filled, start + ring) {
                            load(source, row: row, into: line)
                            across(line, into: lines, at: (row % ring) * columns.count)
                        }
                        filled = max(filled, start + ring)
                        down(
                            lines, start: start, weights: y * ring, sums: sums, into: output, at: y * columns.count * 4)
                    }
                }
            }
        }
    }

    private func load(
        _ source: UnsafeBufferPointer<UInt8>, row: Int, into line: UnsafeMutableBufferPointer<SIMD4<Float>>
    ) {
        var index = row * sourceWidth * 4
        for x in 0..<sourceWidth {
            var pixel = SIMD4<Float>(
                Float(source[index]), Float(source[index + 1]), Float(source[index + 2]), Float(source[index + 3]))
            if !opaque {
                let alpha = pixel.w / 255
                pixel *= SIMD4(alpha, alpha, alpha, 1)
            }
            line[x] = pixel
            index += 4
        }
    }

    private func across(
        _ line: UnsafeMutableBufferPointer<SIMD4<Float>>, into lines: UnsafeMutableBufferPointer<SIMD4<Float>>,
        at offset: Int
    ) {
        let taps = columns.taps
        columns.weights.withUnsafeBufferPointer { weights in
            columns.starts.withUnsafeBufferPointer { starts in
                for x in 0..<columns.count {
                    var sum = SIMD4<Float>.zero
                    let start = starts[x]
                    for tap in 0..<taps { sum += line[start + tap] * weights[x * taps + tap] }
                    lines[offset + x] = sum
                }
            }
        }
    }

    /// Adds the weighted source rows, then writes the sum as bytes. `sums` is room for one row.
    private func down(
        _ lines: UnsafeMutableBufferPointer<SIMD4<Float>>, start: Int, weights offset: Int,
        sums: UnsafeMutableBufferPointer<SIMD4<Float>>, into output: UnsafeMutableBufferPointer<UInt8>,
        at position: Int
    ) {
        let width = columns.count
        for tap in 0..<rows.taps {
            let weight = rows.weights[offset + tap]
            let line = (start + tap) % rows.taps * width
            if tap == 0 {
                for x in 0..<width { sums[x] = lines[line + x] * weight }
            } else {
                for x in 0..<width { sums[x] += lines[line + x] * weight }
            }
        }
        var index = position
        for x in 0..<width {
            var sum = sums[x]
            if !opaque && sum.w > 0 {
                let factor = 255 / min(sum.w, 255)
                sum *= SIMD4(factor, factor, factor, 1)
            }
            // One by one: the vector conversions of the standard library are many times slower.
            output[index] = Self.byte(sum.x)
            output[index + 1] = Self.byte(sum.y)
            output[index + 2] = Self.byte(sum.z)
            output[index + 3] = Self.byte(sum.w)
            index += 4
        }
    }

    private static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), 255)) }
}
