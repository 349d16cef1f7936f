import FluxDrawing

extension Stage {
    /// Something to sell, on round plinths under an arch.
    func drawProduct() {
        let (w, h) = (width, height)
        let hasPlace = drawBackdrop()
        let floor = h * 0.72
        let base = palette.accent.mixed(palette.paper, 0.45)
        if !hasPlace {
            var arch = Path.arc(w * 0.5, h * 0.4, 270, 270, from: 180, to: 360)
            arch.line(w * 0.5 + 270, floor + 10)
            arch.line(w * 0.5 - 270, floor + 10)
            arch.close()
            let wall = palette.second.mixed(palette.skyLow, 0.45)
            canvas.fill(
                arch,
                .horizontal(
                    w * 0.5 - 270, w * 0.5 + 270, lightSide < 0 ? wall.darker(0.1) : wall.lighter(0.02),
                    lightSide < 0 ? wall.lighter(0.02) : wall.darker(0.1)))
            canvas.fill(
                .circle(w * 0.5 - lightSide * 60, h * 0.36, 150),
                .vertical(h * 0.2, h * 0.5, palette.glow, palette.second.mixed(palette.glow, 0.4)))
        }
        let ground = (hasPlace ? palette.layer(0.6) : palette.skyLow.mixed(palette.accent, 0.28)).darker(0.03)
        canvas.fill(.rect(0, floor, w, h - floor), .vertical(floor, h, ground, ground.darker(0.09)))
        canvas.soft(1 / 8, blur: 16) { layer in
            layer.clipped(.rect(0, floor, w, h)) {
                layer.flood(.glow(w * (0.5 + 0.4 * lightSide), floor, w * 0.7, palette.glow, 0.5))
            }
        }
        let foot = floor + (h - floor) * 0.36
        let side = random.sign()
        drawPlinth(w * 0.5 + side * 250, foot - 36, 118, random.between(70, 150), base.lighter(0.03))
        drawPlinth(w * 0.5 - side * 236, foot + 4, 96, random.between(34, 70), palette.second.mixed(palette.paper, 0.4))
        drawBall(w * 0.5 - side * 236, foot - 100, 52, palette.accent)
        let rise = 96.0
        drawPlinth(w * 0.5, foot + 22, 206, rise, base)
        drawShadow(w * 0.5, foot + 22 - rise, 96, 18, 0.4)
        drawVessel(w * 0.5, foot + 26 - rise, min(h * 0.4, 420))
        for index in 0..<3 {
            canvas.placed(
                w * 0.5 + side * (248 + Double(index) * 6), foot - 110, turn: side * (10 + Double(index) * 26)
            ) {
                canvas.fill(
                    leaf(length: 210 - Double(index) * 26, width: 44),
                    .horizontal(-30, 30, palette.leaf.lighter(0.07), palette.leaf.darker(0.08)))
            }
        }
    }

    private func drawPlinth(_ x: Double, _ foot: Double, _ radius: Double, _ rise: Double, _ colour: Colour) {
        drawShadow(x, foot, radius, radius * 0.2, 0.36)
        let flat = radius * 0.19
        var body = Path.arc(x, foot, radius, flat, from: 0, to: 180)
        body.line(x - radius, foot - rise)
        body.line(x + radius, foot - rise)
        body.close()
        let (left, right) =
            lightSide < 0 ? (colour.lighter(0.02), colour.darker(0.18)) : (colour.darker(0.18), colour.lighter(0.02))
        canvas.fill(
            body,
            .linear(x - radius, 0, x + radius, 0, [.init(0, left), .init(0.45, colour.darker(0.04)), .init(1, right)]))
        canvas.fill(.ellipse(x, foot - rise, radius, flat), colour.lighter(0.07))
    }

    private func drawBall(_ x: Double, _ y: Double, _ radius: Double, _ colour: Colour) {
        canvas.fill(
            .circle(x, y, radius),
            .radial(
                x + lightSide * radius * 0.4, y - radius * 0.4, radius * 1.7,
                [.init(0, colour.lighter(0.2)), .init(0.4, colour), .init(1, colour.darker(0.25))]))
    }

    /// A bottle, a jar or a flask with a label.
    private func drawVessel(_ x: Double, _ foot: Double, _ size: Double) {
        let colour = heroColour
        let kind =
            reading.mentions("jar", "candle", "cosmetic", "skincare")
            ? 1 : reading.mentions("perfume") ? 2 : random.below(3)
        let half = size * [0.2, 0.3, 0.25][kind]
        let tall = size * [0.66, 0.5, 0.56][kind]
        var body = Path()
        let shoulder = foot - tall
        let neck = half * [0.36, 0.9, 0.34][kind]
        body.move(x - half, foot - 14)
        body.line(x - half, shoulder + half * 0.5)
        body.curve(x - half, shoulder + half * 0.1, x - neck, shoulder + half * 0.12, x - neck, shoulder - size * 0.06)
        body.line(x + neck, shoulder - size * 0.06)
        body.curve(x + neck, shoulder + half * 0.12, x + half, shoulder + half * 0.1, x + half, shoulder + half * 0.5)
        body.line(x + half, foot - 14)
        body.curve(x + half, foot + 8, x - half, foot + 8, x - half, foot - 14)
        body.close()
        let (left, right) =
            lightSide < 0 ? (colour.lighter(0.14), colour.darker(0.2)) : (colour.darker(0.2), colour.lighter(0.14))
        canvas.fill(
            body,
            .linear(
                x - half, 0, x + half, 0,
                [.init(0, left), .init(0.3, colour.lighter(0.03)), .init(0.7, colour.darker(0.03)), .init(1, right)]))
        canvas.clipped(body) {
            canvas.fill(
                .rect(x + lightSide * half * 0.66 - half * 0.06, shoulder, half * 0.13, tall), palette.paper, 0.5)
            canvas.fill(
                .rect(x - lightSide * half * 0.82 - half * 0.04, shoulder, half * 0.07, tall), palette.paper, 0.2)
            canvas.fill(
                .rect(x - half, foot - tall * 0.2, half * 2, tall * 0.25),
                .linear(0, foot - tall * 0.2, 0, foot, [.init(0, palette.ink, 0), .init(1, palette.ink, 0.3)]))
            let label = palette.paper
            canvas.fill(.rect(x - half * 0.72, foot - tall * 0.62, half * 1.44, tall * 0.4), label, 0.94)
            canvas.fill(.circle(x, foot - tall * 0.51, half * 0.16), palette.accent.darker(0.05))
            for (index, share) in [0.9, 0.6, 0.75].enumerated() {
                canvas.fill(
                    .rounded(
                        x - half * share * 0.55, foot - tall * (0.41 - 0.055 * Double(index)), half * share * 1.1,
                        tall * 0.018, 2), palette.ink, 0.75)
            }
        }
        let capTop = shoulder - size * 0.06 - size * [0.2, 0.09, 0.15][kind]
        let capHalf = neck * [1.1, 1.06, 1.5][kind]
        let cap = kind == 2 ? palette.second : palette.wood.darker(0.03)
        let (capLeft, capRight) =
            lightSide < 0 ? (cap.lighter(0.1), cap.darker(0.15)) : (cap.darker(0.15), cap.lighter(0.1))
        canvas.fill(
            .rounded(x - capHalf, capTop, capHalf * 2, shoulder - size * 0.05 - capTop, 7),
            .horizontal(x - capHalf, x + capHalf, capLeft, capRight))
        canvas.fill(.rounded(x - capHalf, capTop, capHalf * 2, 9, 4), cap.lighter(0.12), 0.7)
    }
}
