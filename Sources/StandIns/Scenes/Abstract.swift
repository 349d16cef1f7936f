import FluxDrawing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension Stage {
    /// For prompts that name nothing the painter knows.
    func drawAbstract() {
        switch random.below(4) {
        case 0: drawFolds()
        case 1: drawOrbs()
        case 2: drawCutPaper()
        default: drawGeometry()
        }
    }

    private var colours: [Colour] {
        [
            palette.accent, palette.second, palette.skyTop, palette.near.lighter(palette.isDark ? 0.1 : 0.2),
            palette.skyLow, palette.leaf,
        ]
    }

    /// A ground of large soft colours that run into each other.
    private func drawMesh(_ strength: Double) {
        let (w, h) = (width, height)
        let spots = (0..<6).map { index in
            (colours[index], random.between(-0.1, 1.1) * w, random.between(-0.1, 1.1) * h, random.between(0.45, 0.8))
        }
        canvas.soft(1 / 10, blur: 30) { layer in
            layer.flood(.vertical(0, h, palette.skyTop, palette.skyLow))
            for (colour, x, y, reach) in spots {
                let radius = max(w, h) * reach
                layer.fill(.circle(x, y, radius), .glow(x, y, radius, colour, strength))
            }
        }
    }

    /// Long waves of cloth or dunes, each throwing a shadow on the one behind.
    private func drawFolds() {
        let (w, h) = (width, height)
        drawMesh(0.75)
        if random.chance(0.7) {
            let x = w * (0.5 + lightSide * random.between(0.08, 0.26))
            let y = h * random.between(0.2, 0.32)
            let radius = random.between(90, 160)
            canvas.fill(.circle(x, y, radius * 2.4), .glow(x, y, radius * 2.4, palette.glow, 0.6))
            canvas.fill(.circle(x, y, radius), .vertical(y - radius, y + radius, palette.glow, palette.second))
        }
        let count = 7
        for index in 0..<count {
            let share = Double(index) / Double(count - 1)
            let base = h * (0.34 + 0.56 * share)
            let phase = random.between(0, 6.28)
            let swing = h * random.between(0.05, 0.11)
            let length = random.between(0.8, 1.6) * w
            let points = stride(from: -60.0, through: w + 60, by: 60).map { x in
                (x, base + swing * sin(x / length * 6.28 + phase) + swing * 0.3 * sin(x / length * 15 + phase * 2))
            }
            let colour = colours[index % 4].mixed(palette.layer(share), 0.35)
            var fold = Path.smooth(points)
            fold.line(w + 60, h + 40)
            fold.line(-60, h + 40)
            fold.close()
            canvas.soft(1 / 8, blur: 13, alpha: 0.38) { layer in
                layer.placed(0, -17) { layer.fill(fold, palette.ink) }
            }
            canvas.fill(
                fold,
                .linear(
                    w * (0.5 + 0.5 * lightSide), base - swing, w * (0.5 - 0.5 * lightSide), base + h * 0.3,
                    [.init(0, colour.lighter(0.11)), .init(0.55, colour), .init(1, colour.darker(0.11))]))
            canvas.stroke(Path.smooth(points), palette.glow, 0.22, width: 2.5)
        }
    }

    /// Balls of different depth in a soft room.
    private func drawOrbs() {
        let (w, h) = (width, height)
        drawMesh(0.6)
        var orbs: [(x: Double, y: Double, radius: Double)] = []
        for _ in 0..<160 where orbs.count < 13 {
            let radius =
                orbs.count < 2
                ? random.between(170, 240) : orbs.count < 6 ? random.between(70, 125) : random.between(20, 56)
            let x = random.between(0.06, 0.94) * w
            let y = random.between(0.06, 0.84) * h
            if orbs.allSatisfy({ hypot($0.x - x, $0.y - y) > ($0.radius + radius) * 1.04 }) {
                orbs.append((x, y, radius))
            }
        }
        canvas.soft(1 / 8, blur: 26, alpha: 0.5) { layer in
            for orb in orbs {
                layer.fill(
                    .circle(orb.x - lightSide * orb.radius * 0.3, orb.y + orb.radius * 0.4, orb.radius), palette.ink)
            }
        }
        for (index, orb) in orbs.enumerated() {
            let colour = colours[index % 4]
            canvas.fill(
                .circle(orb.x, orb.y, orb.radius),
                .radial(
                    orb.x + lightSide * orb.radius * 0.42, orb.y - orb.radius * 0.45, orb.radius * 1.8,
                    [
                        .init(0, colour.lighter(0.26)), .init(0.35, colour.lighter(0.03)),
                        .init(0.8, colour.darker(0.2)), .init(1, colour.darker(0.12)),
                    ]))
            if orb.radius > 100 {
                for ring in 1...2 {
                    canvas.placed(orb.x, orb.y, turn: lightSide * 24, scaleY: 0.3) {
                        canvas.stroke(
                            .arc(
                                0, 0, orb.radius * (1.15 + 0.16 * Double(ring)),
                                orb.radius * (1.15 + 0.16 * Double(ring)), from: -12, to: 192), palette.paper, 0.6,
                            width: 4)
                    }
                }
            }
        }
    }

    /// Sheets with an irregular hole, one below the other.
    private func drawCutPaper() {
        let (w, h) = (width, height)
        let x = w * random.between(0.4, 0.6)
        let y = h * random.between(0.38, 0.5)
        let deep = colours[random.below(2)]
        canvas.soft(1 / 8, blur: 10) { layer in
            layer.flood(.vertical(0, h, deep.darker(0.28), deep.darker(0.16)))
            layer.flood(.glow(x, y, 420, palette.glow, 0.85))
        }
        let core = random.between(55, 95)
        canvas.fill(.circle(x, y, core), .vertical(y - core, y + core, palette.glow, palette.second))
        let count = 7
        let phase = random.between(0, 6.28)
        let lobes = Double(3 + random.below(4))
        for index in 0..<count {
            let share = Double(index + 1) / Double(count)
            let radius = 130 + 640 * share * share * max(w, h) / 1_250
            let drift = random.between(-0.25, 0.25)
            let hole = (0..<28).map { step -> (Double, Double) in
                let angle = Double(step) / 28 * 6.2832
                let reach =
                    radius * (1 + 0.13 * sin(angle * lobes + phase + drift * 4) + 0.07 * sin(angle * 2 + Double(index)))
                return (x + cos(angle) * reach * max(1, w / h * 0.8), y + sin(angle) * reach * max(1, h / w * 0.8))
            }
            // The outside, wound the other way round than the hole, so that the hole stays open.
            var sheet = Path.smooth(hole, closed: true)
            sheet.add(.polygon([(-200, -200), (-200, h + 200), (w + 200, h + 200), (w + 200, -200)]))
            let colour = deep.mixed(index % 2 == 0 ? palette.second : palette.skyLow, 0.16 + 0.62 * share)
            canvas.soft(1 / 8, blur: 14, alpha: 0.5) { layer in
                layer.placed(-lightSide * 9, 15) { layer.fill(sheet, palette.ink) }
            }
            canvas.fill(
                sheet,
                .linear(
                    w * (0.5 + 0.5 * lightSide), 0, w * (0.5 - 0.5 * lightSide), h,
                    [.init(0, colour.lighter(0.07)), .init(1, colour.darker(0.07))]))
        }
    }

    /// Quarter and half circles in a grid, as on a printed poster.
    private func drawGeometry() {
        let (w, h) = (width, height)
        let cell = 1_000 / Double(4 + random.below(2))
        let columns = Int((w / cell).rounded(.up))
        let rows = Int((h / cell).rounded(.up))
        let shiftX = (w - Double(columns) * cell) / 2
        let shiftY = (h - Double(rows) * cell) / 2
        canvas.flood(.flat(palette.paper.mixed(palette.skyLow, 0.3)))
        for row in 0..<rows {
            for column in 0..<columns {
                let x = shiftX + Double(column) * cell
                let y = shiftY + Double(row) * cell
                let first = colours[random.below(6)]
                var second = colours[random.below(6)]
                if abs(first.lightness - second.lightness) < 0.07 { second = palette.paper }
                let half = cell / 2
                canvas.fill(
                    .rect(x, y, cell + 0.6, cell + 0.6),
                    .linear(x, y, x + cell, y + cell, [.init(0, first.lighter(0.04)), .init(1, first.darker(0.04))]))
                canvas.clipped(.rect(x, y, cell, cell)) {
                    canvas.placed(x + half, y + half, turn: Double(random.below(4)) * 90) {
                        let local: Paint = .linear(
                            -half, -half, half, half, [.init(0, second.lighter(0.07)), .init(1, second.darker(0.08))])
                        switch random.below(6) {
                        case 0: canvas.fill(.circle(-half, -half, cell), local)
                        case 1: canvas.fill(.circle(0, half, half), local)
                        case 2:
                            canvas.fill(.circle(0, 0, half * 0.72), local)
                            canvas.fill(.circle(0, 0, half * 0.3), palette.paper)
                        case 3: canvas.fill(.polygon([(-half, half), (half, half), (half, -half)]), local)
                        case 4:
                            for ring in [1.0, 0.72, 0.44] {
                                canvas.stroke(.circle(-half, -half, cell * ring * 0.9), second, width: cell * 0.09)
                            }
                        default:
                            canvas.fill(.rounded(-half * 0.8, -half * 0.3, cell * 0.8, half * 0.6, half * 0.3), local)
                        }
                    }
                }
            }
        }
        canvas.soft(1 / 8) { layer in
            layer.flood(
                .linear(
                    w * (0.5 + 0.5 * lightSide), 0, w * (0.5 - 0.5 * lightSide), h,
                    [.init(0, palette.glow, 0.25), .init(0.5, palette.glow, 0), .init(1, palette.ink, 0.22)]))
        }
    }
}
