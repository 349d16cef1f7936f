import FluxDrawing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension Stage {
    func drawSea() {
        let (w, h) = (width, height)
        let horizon = h * random.between(0.46, 0.56)
        let sun = drawHeaven(horizon: horizon)
        let water = Colour(light == .night ? 0.24 : 0.5, 0.075, 225).mixed(palette.skyTop, 0.45)
        let deep = water.darker(light == .night ? 0.08 : 0.16)
        drawIslands(horizon)
        canvas.fill(.rect(0, horizon, w, h - horizon), .vertical(horizon, h, palette.skyLow.mixed(water, 0.5), deep))
        drawGlitter(from: horizon, to: h * 0.94, x: sun.x, spread: sun.radius * 1.7)
        drawWaves(from: horizon, water: water)
        let hasBeach = reading.mentions("beach", "coast", "strand", "playa", "해변", "sand") || random.chance(0.3)
        if reading.mentions("boat", "ship", "sail", "船") || random.chance(0.7) {
            let size = h * random.between(0.15, 0.24)
            drawBoat(
                w * (0.5 - lightSide * random.between(0.04, 0.24)), horizon + size * random.between(0.5, 0.8), size)
        }
        if light != .night { drawBirds(near: w * (0.5 - lightSide * 0.2), horizon * 0.45) }
        if hasBeach { drawBeach() }
    }

    private func drawIslands(_ horizon: Double) {
        for index in 0..<2 {
            let x = width * random.between(0, 1)
            let half = random.between(150, 330)
            let rise = height * random.between(0.035, 0.1)
            var island = Path.smooth([
                (x - half, horizon + 3), (x - half * 0.55, horizon - rise * 0.55), (x - half * 0.1, horizon - rise),
                (x + half * 0.35, horizon - rise * 0.6), (x + half, horizon + 3),
            ])
            island.close()
            canvas.fill(
                island,
                .vertical(
                    horizon - rise, horizon, palette.layer(0.28 + 0.14 * Double(index)),
                    palette.skyLow.mixed(palette.layer(0.3), 0.6)))
        }
    }

    private func drawWaves(from horizon: Double, water: Colour) {
        var y = horizon + 14
        while y < height + 30 {
            let depth = (y - horizon) / (height - horizon)
            let step = 40 + 90 * depth
            let rise = 1 + 4.5 * depth
            var crests = Path()
            for _ in 0..<Int(width / step / 2) {
                let x = random.between(-0.05, 1.05) * width
                let half = step * random.between(0.7, 1.5)
                crests.add(
                    .smooth([
                        (x - half, y), (x - half * 0.4, y - rise), (x + half * 0.3, y - rise * 0.7), (x + half, y),
                    ]))
            }
            canvas.stroke(crests, palette.skyLow.mixed(water, 0.3), 0.14 + 0.16 * depth, width: 1.4 + 2.4 * depth)
            y += 13 + 34 * depth
        }
    }

    /// `y` is the waterline.
    private func drawBoat(_ x: Double, _ y: Double, _ size: Double) {
        let hull = heroColour
        let sail = palette.paper
        let side = -lightSide
        canvas.placed(x, y) {
            // The mirror image first, broken by the water.
            for index in 0..<9 {
                let depth = Double(index) / 9
                canvas.fill(
                    .ellipse(random.between(-6, 6), size * (0.06 + depth * 0.75), size * 0.36 * (1 - depth * 0.8), 3.5),
                    sail.mixed(hull, 0.3), 0.42 * (1 - depth))
            }
        }
        canvas.placed(x, y, turn: side * 3, scaleX: side) {
            var main = Path()
            main.move(size * 0.03, -size * 0.16)
            main.line(size * 0.03, -size * 1.15)
            main.curve(size * 0.3, -size * 0.8, size * 0.46, -size * 0.45, size * 0.52, -size * 0.16)
            main.close()
            canvas.fill(main, .horizontal(0, size * 0.5, sail, sail.mixed(palette.accent, 0.25)))
            var jib = Path()
            jib.move(-size * 0.03, -size * 0.16)
            jib.line(-size * 0.03, -size * 1.02)
            jib.curve(-size * 0.2, -size * 0.6, -size * 0.34, -size * 0.3, -size * 0.44, -size * 0.16)
            jib.close()
            canvas.fill(
                jib, .horizontal(-size * 0.44, 0, palette.accent.mixed(sail, 0.35), palette.accent.mixed(sail, 0.6)))
            canvas.stroke(
                .polygon([(0, 0), (0, -size * 1.2)], closed: false), palette.wood.darker(0.15), width: size * 0.02)
            var body = Path()
            body.move(-size * 0.52, -size * 0.13)
            body.curve(-size * 0.3, -size * 0.09, size * 0.3, -size * 0.09, size * 0.6, -size * 0.15)
            body.curve(size * 0.5, size * 0.02, size * 0.4, size * 0.07, size * 0.3, size * 0.07)
            body.line(-size * 0.34, size * 0.07)
            body.curve(-size * 0.44, size * 0.03, -size * 0.5, -size * 0.05, -size * 0.52, -size * 0.13)
            body.close()
            canvas.fill(body, .vertical(-size * 0.14, size * 0.08, hull.lighter(0.05), hull.darker(0.13)))
            canvas.stroke(
                .smooth([(-size * 0.5, -size * 0.1), (0, -size * 0.062), (size * 0.57, -size * 0.115)]), palette.paper,
                0.85, width: size * 0.014)
        }
        canvas.fill(.ellipse(x, y + size * 0.07, size * 0.5, size * 0.018), palette.paper, 0.5)
    }

    private func drawBeach() {
        let (w, h) = (width, height)
        let sand = Colour(light == .night ? 0.45 : 0.87, 0.055, 80).mixed(palette.skyLow, 0.25)
        let high = h * 0.8
        let low = h * 0.93
        let leftHigh = lightSide > 0
        var points: [(Double, Double)] = []
        for index in 0...8 {
            let share = Double(index) / 8
            let slope = leftHigh ? share : 1 - share
            points.append(
                (w * share, high + (low - high) * slope * slope + sin(share * 9 + random.between(-0.4, 0.4)) * 9))
        }
        func shore(_ shift: Double) -> Path {
            var path = Path.smooth(points.map { ($0.0, $0.1 + shift) })
            path.line(w + 4, h + 60)
            path.line(-4, h + 60)
            path.close()
            return path
        }
        canvas.fill(shore(-34), palette.paper, 0.35)
        canvas.fill(shore(-13), palette.paper, 0.85)
        canvas.fill(shore(0), sand.darker(0.1))
        canvas.fill(shore(22), .vertical(high, h, sand, sand.darker(0.05)))
        let x = leftHigh ? w * 0.16 : w * 0.84
        drawParasol(x, h * 0.9, h * 0.2)
    }

    private func drawParasol(_ x: Double, _ foot: Double, _ size: Double) {
        drawShadow(x, foot, size * 0.55, size * 0.08, 0.3)
        canvas.placed(x, foot, turn: -lightSide * 9) {
            canvas.stroke(.polygon([(0, 0), (0, -size)], closed: false), palette.paper, width: size * 0.028)
            for index in 0..<6 {
                let from = -1 + Double(index) / 3
                let to = from + 1.0 / 3
                var panel = Path()
                panel.move(0, -size * 1.12)
                panel.curve(
                    from * size * 0.45, -size * 1.1, from * size * 0.6, -size * 0.85, from * size * 0.66, -size * 0.68)
                panel.line(to * size * 0.66, -size * 0.68)
                panel.curve(to * size * 0.6, -size * 0.85, to * size * 0.45, -size * 1.1, 0, -size * 1.12)
                panel.close()
                canvas.fill(panel, index % 2 == 0 ? palette.accent : palette.paper)
            }
        }
    }
}
