import FluxDrawing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension Stage {
    /// Sky, its light, its clouds or stars. Shared by all outdoor scenes.
    /// - Parameter horizon: in units from the top.
    /// - Returns: where the sun or moon stands.
    @discardableResult
    func drawHeaven(horizon: Double, withDisc: Bool = true) -> (x: Double, y: Double, radius: Double) {
        let (w, h) = (width, height)
        let x = w * (0.5 + lightSide * random.between(0.06, 0.3))
        let y = horizon * (light == .sunset ? random.between(0.62, 0.82) : random.between(0.24, 0.5))
        let radius = light == .sunset ? random.between(85, 135) : random.between(55, 95)
        let cloudCount = light == .night ? 2 : 3 + random.below(4)
        let clouds = (0..<cloudCount).map { _ in
            (random.between(-0.05, 1.05) * w, random.between(0.12, 0.75) * horizon, random.between(120, 300))
        }
        canvas.soft(1 / 8, blur: 10) { layer in
            layer.flood(
                .linear(
                    0, 0, 0, horizon,
                    [
                        .init(0, palette.skyTop), .init(0.55, palette.skyTop.mixed(palette.skyLow, 0.5)),
                        .init(1, palette.skyLow),
                    ]))
            layer.flood(.glow(x, y, max(w, h) * 0.62, palette.glow, light == .night ? 0.42 : 0.78))
            for (cloudX, cloudY, size) in clouds {
                let colour = palette.skyLow.mixed(palette.glow, 0.5)
                for index in 0..<4 {
                    let offset = (Double(index) - 1.5) * size * 0.42
                    layer.fill(
                        .ellipse(cloudX + offset, cloudY - (index == 1 ? size * 0.06 : 0), size * 0.5, size * 0.085),
                        colour, light == .night ? 0.1 : 0.42)
                }
            }
        }
        if light == .night { drawStars(Int(w * horizon / 9_000), below: horizon * 0.92) }
        if withDisc {
            let disc = light == .sunset ? palette.glow.mixed(palette.accent, 0.12) : palette.glow
            canvas.fill(
                .circle(x, y, radius), .vertical(y - radius, y + radius, disc.lighter(0.03), disc.darker(0.035)))
            if light == .night {
                for _ in 0..<4 {
                    let angle = random.between(0, 2 * .pi)
                    let distance = random.between(0.1, 0.6) * radius
                    canvas.fill(
                        .circle(
                            x + cos(angle) * distance, y + sin(angle) * distance, radius * random.between(0.06, 0.16)),
                        disc.darker(0.1), 0.5)
                }
            }
        }
        return (x, y, radius)
    }

    func drawStars(_ count: Int, below limit: Double) {
        for _ in 0..<min(count, 400) {
            let size = random.unit() * random.unit() * 3 + 0.9
            canvas.fill(
                .circle(random.between(0, width), random.between(0, limit), size), palette.paper,
                random.between(0.25, 0.95))
        }
    }

    func drawLandscape() {
        let h = height
        let horizon = h * random.between(0.56, 0.66)
        let hasPeaks =
            !reading.mentions("hill", "field", "meadow", "desert", "park", "garden") || reading.mentions("mountain")
        let hasLake = reading.mentions("lake", "river", "reflection") || (hasPeaks && random.chance(0.35))
        let isForest = reading.mentions("forest", "wood", "tree", "숲", "森")
        let sun = drawHeaven(horizon: horizon)
        if light != .night { drawBirds(near: sun.x, sun.y - 40) }

        let layers = 4
        for index in 0..<layers {
            let depth = Double(index) / Double(layers)
            let base = horizon * (0.86 + 0.1 * Double(index) / Double(layers))
            if hasPeaks && index < 3 {
                drawPeaks(
                    base: base, rise: h * (0.3 - 0.075 * Double(index)), depth: depth * 0.62, floor: horizon + h * 0.1)
            } else {
                drawHill(base: base, rise: h * 0.07, depth: depth * 0.72, floor: h, trees: 0)
            }
            drawMist(horizon * (0.9 + 0.05 * Double(index)), palette.skyLow, light == .night ? 0.18 : 0.38)
        }
        if hasLake { drawLake(from: horizon, under: sun) }
        let first = hasLake ? h * 0.86 : horizon * 1.04
        let step = (h - first) / 3
        for index in 0..<3 where !hasLake || index > 0 {
            let base = first + step * Double(index)
            drawHill(
                base: base, rise: h * 0.045, depth: 0.6 + 0.18 * Double(index), floor: h,
                trees: isForest ? 26 - index * 6 : 9 - index * 2)
        }
    }

    func drawBirds(near x: Double, _ y: Double) {
        for _ in 0..<random.below(7) {
            let birdX = x + random.between(-260, 260)
            let birdY = y + random.between(-120, 60)
            let size = random.between(8, 17)
            canvas.stroke(
                .smooth([
                    (birdX - size, birdY - size * 0.35), (birdX - size * 0.4, birdY - size * 0.45), (birdX, birdY),
                    (birdX + size * 0.4, birdY - size * 0.45), (birdX + size, birdY - size * 0.35),
                ]), palette.near, 0.6, width: 2.4)
        }
    }

    /// A band of light haze that fades up and down.
    func drawMist(_ y: Double, _ colour: Colour, _ alpha: Double) {
        let reach = height * 0.09
        canvas.fill(
            .rect(0, y - reach, width, reach * 2),
            .linear(0, y - reach, 0, y + reach, [.init(0, colour, 0), .init(0.6, colour, alpha), .init(1, colour, 0)]))
    }

    /// A row of mountains with a lit and a shaded side, snow on the high ones.
    private func drawPeaks(base: Double, rise: Double, depth: Double, floor: Double) {
        let body = palette.layer(depth + 0.12)
        let lit = body.mixed(palette.glow, light == .night ? 0.12 : 0.3)
        var x = -width * random.between(0.05, 0.25)
        let hasSnow =
            depth < 0.4 && !reading.mentions("desert", "canyon") && light != .sunset || isSnowy
        while x < width * 1.1 {
            let peakWidth = rise * random.between(1.5, 2.5)
            let top = base - rise * random.between(0.55, 1)
            let tipX = x + peakWidth * random.between(0.4, 0.6)
            let left = x - peakWidth * 0.2
            let right = x + peakWidth * 1.2
            let mountain = Path.polygon(
                jagged(from: (left, floor), to: (tipX, top)) + jagged(from: (tipX, top), to: (right, floor)))
            canvas.fill(mountain, .vertical(top, base, body, body.mixed(palette.skyLow, 0.45)))
            // The ridge wanders down from the tip; what lies on the light's side of it is lit.
            let ridge = jagged(from: (tipX, top), to: (tipX - lightSide * peakWidth * 0.12, floor), amount: 0.16)
            let edge = lightSide > 0 ? right : left
            canvas.clipped(mountain) {
                canvas.fill(
                    .polygon(ridge + [(edge, floor), (edge, top)]),
                    .linear(0, top, 0, base, [.init(0, lit, 0.95), .init(1, lit, 0.1)]))
                if hasSnow {
                    let line = top + rise * random.between(0.2, 0.3)
                    var snow = [(left, top - 10), (right, top - 10)]
                    var step = right
                    var isDown = false
                    while step > left {
                        snow.append((step, line + (isDown ? rise * random.between(0.03, 0.12) : -rise * 0.03)))
                        step -= peakWidth * random.between(0.05, 0.1)
                        isDown.toggle()
                    }
                    canvas.fill(.polygon(snow), palette.paper.mixed(body, 0.28))
                    canvas.clipped(.polygon(ridge + [(edge, floor), (edge, top)])) {
                        canvas.fill(.polygon(snow), palette.paper.mixed(palette.glow, 0.3))
                    }
                }
            }
            x += peakWidth * random.between(0.45, 0.8)
        }
    }

    private func jagged(from: (Double, Double), to: (Double, Double), amount: Double = 0.07) -> [(Double, Double)] {
        let length = hypot(to.0 - from.0, to.1 - from.1)
        return (0...7).map { index in
            let share = Double(index) / 7
            let wobble = index == 0 || index == 7 ? 0 : random.between(-amount, amount) * length * 0.5
            return (from.0 + (to.0 - from.0) * share + wobble, from.1 + (to.1 - from.1) * share + wobble * 0.25)
        }
    }

    /// A rolling hill, with pines along its back.
    func drawHill(base: Double, rise: Double, depth: Double, floor: Double, trees: Int) {
        let (phase, length) = (random.between(0, 6.28), random.between(0.7, 1.5) * 1_000)
        let second = random.between(0, 6.28)
        func top(_ x: Double) -> Double {
            base - rise * (0.6 * sin(x / length * 6.28 + phase) + 0.25 * sin(x / length * 14 + second))
        }
        let colour =
            reading.mentions("desert", "sand")
            ? palette.wood.mixed(palette.layer(depth), 0.4)
            : isSnowy ? snow(depth) : ground(depth)
        let points = stride(from: -20, through: width + 40, by: 40).map { ($0, top($0)) }
        for _ in 0..<trees {
            let x = random.between(-20, width + 20)
            drawPine(x, top(x) + 12, random.between(0.06, 0.13) * height * (0.4 + depth), ground(min(1, depth + 0.1)))
        }
        canvas.fill(
            .polygon(points + [(width + 40, floor), (-20, floor)]),
            .vertical(
                base - rise, base + (floor - base) * 0.8 + 1, colour.lighter(light == .night ? 0.03 : 0.055),
                colour.darker(0.05)))
    }

    /// The palette's layers, greener by day.
    private func ground(_ depth: Double) -> Colour {
        let share = light == .day || light == .morning ? 0.45 : 0.15
        return palette.layer(depth).mixed(palette.leaf.at(lightness: palette.layer(depth).lightness), share)
    }

    /// The nearer, the whiter; blue in the night.
    func snow(_ depth: Double) -> Colour {
        palette.paper.mixed(palette.skyTop, (palette.isDark ? 0.62 : 0.28) - 0.2 * depth)
    }

    private func drawPine(_ x: Double, _ foot: Double, _ size: Double, _ colour: Colour) {
        let half = size * random.between(0.19, 0.26)
        var left: [(Double, Double)] = []
        var right: [(Double, Double)] = []
        for tier in 0..<5 {
            let y = foot - size * (1 - Double(tier) / 5)
            let reach = half * (0.25 + 0.75 * Double(tier + 1) / 5)
            left += [(x - reach * 0.35, y), (x - reach, y + size * 0.22)]
            right += [(x + reach * 0.35, y), (x + reach, y + size * 0.22)]
        }
        canvas.fill(.polygon([(x, foot - size * 1.08)] + right + left.reversed()), colour)
        canvas.fill(
            .polygon([(x, foot - size * 1.08)] + (lightSide > 0 ? right : left) + [(x, foot)]), palette.glow,
            light == .night ? 0.05 : 0.1)
    }

    private func drawLake(from horizon: Double, under sun: (x: Double, y: Double, radius: Double)) {
        let water = palette.skyTop.mixed(palette.near, 0.25)
        canvas.fill(
            .rect(0, horizon, width, height - horizon),
            .vertical(horizon, height, palette.skyLow.mixed(water, 0.35), water))
        drawGlitter(from: horizon, to: height * 0.9, x: sun.x, spread: sun.radius * 1.5)
    }

    /// The light's broken mirror image on water.
    func drawGlitter(from top: Double, to bottom: Double, x: Double, spread: Double) {
        var y = top + 5
        while y < bottom {
            let depth = (y - top) / (bottom - top)
            for _ in 0..<3 {
                let half = spread * (0.22 + 0.7 * depth) * random.between(0.25, 1)
                let center = x + random.between(-0.5, 0.5) * spread * (0.4 + depth)
                canvas.fill(
                    .ellipse(center, y, half, 1.3 + 3.2 * depth), palette.glow,
                    random.between(0.25, 0.75) * (1 - 0.45 * depth))
            }
            y += 8 + 20 * depth
        }
    }
}
