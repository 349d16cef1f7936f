import CPangoCairo

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// An outline, in the units of the canvas that it is drawn on.
package struct Path {
    package enum Step {
        case move(Double, Double)
        case line(Double, Double)
        case curve(Double, Double, Double, Double, Double, Double)
        case close
    }

    package private(set) var steps: [Step] = []

    package init() {}

    package mutating func move(_ x: Double, _ y: Double) { steps.append(.move(x, y)) }
    package mutating func line(_ x: Double, _ y: Double) { steps.append(.line(x, y)) }
    package mutating func curve(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ x: Double, _ y: Double) {
        steps.append(.curve(x1, y1, x2, y2, x, y))
    }
    package mutating func close() { steps.append(.close) }
    package mutating func add(_ other: Path) { steps += other.steps }

    package static func polygon(_ points: [(Double, Double)], closed: Bool = true) -> Path {
        var path = Path()
        for (index, point) in points.enumerated() {
            if index == 0 { path.move(point.0, point.1) } else { path.line(point.0, point.1) }
        }
        if closed { path.close() }
        return path
    }

    package static func rect(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Path {
        polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
    }

    package static func rounded(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ radius: Double) -> Path {
        let r = min(radius, width / 2, height / 2)
        let k = r * 0.4477
        var path = Path()
        path.move(x + r, y)
        path.line(x + width - r, y)
        path.curve(x + width - k, y, x + width, y + k, x + width, y + r)
        path.line(x + width, y + height - r)
        path.curve(x + width, y + height - k, x + width - k, y + height, x + width - r, y + height)
        path.line(x + r, y + height)
        path.curve(x + k, y + height, x, y + height - k, x, y + height - r)
        path.line(x, y + r)
        path.curve(x, y + k, x + k, y, x + r, y)
        path.close()
        return path
    }

    package static func ellipse(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double) -> Path {
        let kx = rx * 0.5523
        let ky = ry * 0.5523
        var path = Path()
        path.move(x + rx, y)
        path.curve(x + rx, y + ky, x + kx, y + ry, x, y + ry)
        path.curve(x - kx, y + ry, x - rx, y + ky, x - rx, y)
        path.curve(x - rx, y - ky, x - kx, y - ry, x, y - ry)
        path.curve(x + kx, y - ry, x + rx, y - ky, x + rx, y)
        path.close()
        return path
    }

    package static func circle(_ x: Double, _ y: Double, _ radius: Double) -> Path { ellipse(x, y, radius, radius) }

    /// Part of a circle's edge, angles in degrees, clockwise from the right.
    package static func arc(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double, from: Double, to: Double) -> Path {
        let parts = max(1, Int((abs(to - from) / 12).rounded(.up)))
        return smooth(
            (0...parts).map { index in
                let angle = (from + (to - from) * Double(index) / Double(parts)) * .pi / 180
                return (x + rx * cos(angle), y + ry * sin(angle))
            })
    }

    /// A curve through the points without corners (Catmull–Rom).
    package static func smooth(_ points: [(Double, Double)], closed: Bool = false) -> Path {
        guard points.count > 2 else { return polygon(points, closed: closed) }
        var path = Path()
        path.move(points[0].0, points[0].1)
        let count = points.count
        func point(_ index: Int) -> (Double, Double) {
            closed ? points[(index + count) % count] : points[min(max(index, 0), count - 1)]
        }
        for index in 0..<(closed ? count : count - 1) {
            let (before, from, to, after) = (point(index - 1), point(index), point(index + 1), point(index + 2))
            path.curve(
                from.0 + (to.0 - before.0) / 6, from.1 + (to.1 - before.1) / 6, to.0 - (after.0 - from.0) / 6,
                to.1 - (after.1 - from.1) / 6, to.0, to.1)
        }
        if closed { path.close() }
        return path
    }

    package func trace(on context: OpaquePointer) {
        cairo_new_path(context)
        for step in steps {
            switch step {
            case .move(let x, let y): cairo_move_to(context, x, y)
            case .line(let x, let y): cairo_line_to(context, x, y)
            case .curve(let x1, let y1, let x2, let y2, let x, let y): cairo_curve_to(context, x1, y1, x2, y2, x, y)
            case .close: cairo_close_path(context)
            }
        }
    }
}
