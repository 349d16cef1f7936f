import FluxDrawing

extension Stage {
    /// A mug on a table, steaming.
    func drawCup() {
        let (w, h) = (width, height)
        let table = h * random.between(0.66, 0.71)
        drawBackdrop()
        let x = w * (0.5 + random.between(-0.06, 0.06))
        let foot = table + (h - table) * 0.4
        let size = min(300, h * 0.3, w * 0.34)
        drawTable(table)
        drawCompanions(x, foot, size)
        drawShadow(x, foot + 4, size * 0.86, size * 0.14, 0.4)
        drawSaucer(x, foot, size)
        drawMug(x, foot - size * 0.04, size)
        drawSteam(x, foot - size * 1.12, size)
    }

    func drawTable(_ edge: Double) {
        let (w, h) = (width, height)
        let wood = palette.wood.mixed(palette.accent, 0.06)
        canvas.fill(.rect(0, edge, w, h - edge), .vertical(edge, h, wood.lighter(0.08), wood.darker(0.08)))
        // Grain of the wood: long shallow curves.
        for _ in 0..<16 {
            let y = edge + (h - edge) * random.unit()
            let x = random.between(-0.2, 0.9) * w
            let length = random.between(180, 620)
            canvas.stroke(
                .smooth([(x, y), (x + length * 0.5, y + random.between(-4, 4)), (x + length, y)]), wood.darker(0.1),
                0.22, width: random.between(1.2, 3))
        }
        canvas.fill(.rect(0, edge, w, 4), palette.glow, 0.35)
        canvas.soft(1 / 8, blur: 14) { layer in
            layer.clipped(.rect(0, edge, w, h)) {
                layer.flood(
                    .glow(w * (0.5 + 0.45 * lightSide), edge, w * 0.8, palette.glow, palette.isDark ? 0.3 : 0.42))
            }
        }
    }

    private func drawSaucer(_ x: Double, _ foot: Double, _ size: Double) {
        let china = palette.paper.mixed(heroColour, 0.1)
        canvas.fill(.ellipse(x, foot + size * 0.045, size * 0.84, size * 0.13), china.darker(0.16))
        canvas.fill(
            .ellipse(x, foot + size * 0.02, size * 0.84, size * 0.13),
            .horizontal(
                x - size, x + size, lightSide < 0 ? china : china.darker(0.1), lightSide < 0 ? china.darker(0.1) : china
            ))
        canvas.fill(.ellipse(x, foot + size * 0.025, size * 0.5, size * 0.075), palette.ink, 0.16)
    }

    private func drawMug(_ x: Double, _ foot: Double, _ size: Double) {
        let colour = heroColour
        let lit = colour.lighter(0.11)
        let shaded = colour.darker(0.15)
        let half = size * 0.47
        let top = foot - size * 0.98
        let low = half * random.between(0.72, 0.86)
        let side = random.sign()
        let handle = Path.arc(
            x + side * half * 0.93, foot - size * 0.54, size * 0.29, size * 0.27, from: side > 0 ? -85 : 95,
            to: side > 0 ? 95 : 275)
        canvas.stroke(handle, side == lightSide ? colour.lighter(0.03) : shaded, width: size * 0.115)
        canvas.stroke(
            .arc(
                x + side * half * 0.93, foot - size * 0.55, size * 0.3, size * 0.28, from: side > 0 ? -80 : 100,
                to: side > 0 ? 60 : 260), lit, 0.5, width: size * 0.03)
        var body = Path()
        body.move(x - half, top)
        body.curve(x - half, foot - size * 0.35, x - low, foot - size * 0.1, x - low * 0.86, foot - size * 0.02)
        body.curve(
            x - low * 0.5, foot + size * 0.055, x + low * 0.5, foot + size * 0.055, x + low * 0.86, foot - size * 0.02)
        body.curve(x + low, foot - size * 0.1, x + half, foot - size * 0.35, x + half, top)
        body.close()
        let (left, right) = lightSide < 0 ? (lit, shaded) : (shaded, lit)
        canvas.fill(body, .linear(x - half, 0, x + half, 0, [.init(0, left), .init(0.45, colour), .init(1, right)]))
        canvas.clipped(body) {
            canvas.fill(
                .rect(x - half, foot - size * 0.3, size, size * 0.4),
                .linear(
                    0, foot - size * 0.3, 0, foot + size * 0.05,
                    [.init(0, shaded, 0), .init(1, shaded.darker(0.1), 0.6)]))
            if random.chance(0.5) {
                // A glaze that ends in a wave.
                var glaze = Path.smooth(
                    (0...6).map {
                        (
                            x - half * 1.1 + half * 2.2 * Double($0) / 6,
                            foot - size * (0.3 + random.between(-0.035, 0.035))
                        )
                    })
                glaze.line(x + half * 1.2, foot + size * 0.2)
                glaze.line(x - half * 1.2, foot + size * 0.2)
                glaze.close()
                canvas.fill(glaze, palette.paper, 0.82)
                canvas.fill(
                    glaze,
                    .linear(
                        x - half, 0, x + half, 0,
                        [
                            .init(0, lightSide < 0 ? palette.paper : shaded, 0.1),
                            .init(1, lightSide < 0 ? shaded : palette.paper, 0.45),
                        ]))
            }
            canvas.fill(
                .rounded(
                    x + lightSide * half * 0.62 - size * 0.03, top + size * 0.16, size * 0.06, size * 0.44, size * 0.03),
                palette.paper, 0.3)
        }
        canvas.fill(.ellipse(x, top, half, size * 0.115), lit.lighter(0.05))
        canvas.fill(.ellipse(x, top + size * 0.004, half * 0.92, size * 0.098), shaded.darker(0.05))
        let drink = reading.mentions("tea") ? Colour(0.6, 0.13, 62) : Colour(0.3, 0.06, 50)
        canvas.clipped(.ellipse(x, top + size * 0.004, half * 0.92, size * 0.098)) {
            canvas.fill(
                .ellipse(x, top + size * 0.03, half * 0.9, size * 0.09),
                .horizontal(
                    x - half, x + half, lightSide < 0 ? drink.lighter(0.1) : drink,
                    lightSide < 0 ? drink : drink.lighter(0.1)))
            if reading.mentions("latte", "cappuccino") || random.chance(0.35) {
                canvas.fill(
                    .ellipse(x, top + size * 0.035, half * 0.52, size * 0.046), palette.paper.mixed(drink, 0.15))
                canvas.fill(.ellipse(x, top + size * 0.035, half * 0.3, size * 0.024), drink.lighter(0.16), 0.8)
            } else {
                canvas.stroke(
                    .arc(x, top + size * 0.04, half * 0.66, size * 0.052, from: 190, to: 285), palette.paper, 0.4,
                    width: size * 0.012)
            }
        }
    }

    private func drawSteam(_ x: Double, _ bottom: Double, _ size: Double) {
        let rises = (0..<3).map { index in
            (x + (Double(index) - 1) * size * 0.2, size * random.between(0.6, 0.95), random.between(-1, 1))
        }
        canvas.soft(1 / 5, blur: 9) { layer in
            for (left, rise, sway) in rises {
                let s = size * 0.1
                let wisp = Path.smooth([
                    (left, bottom), (left + s * (0.9 + sway * 0.4), bottom - rise * 0.3),
                    (left - s * 0.9, bottom - rise * 0.62),
                    (left + s * sway, bottom - rise),
                ])
                let colour = palette.isDark ? palette.paper : Colour.white
                layer.stroke(
                    wisp,
                    .linear(
                        0, bottom, 0, bottom - rise,
                        [.init(0, colour, 0.1), .init(0.3, colour, 0.75), .init(1, colour, 0)]), width: size * 0.07)
            }
        }
    }

    /// What else is on the table: books, a plant, beans, a spoon.
    private func drawCompanions(_ x: Double, _ foot: Double, _ size: Double) {
        let side = random.sign()
        let farX = x + side * min(size * 1.45, width * 0.37)
        let farY = foot - size * 0.22
        switch random.below(3) {
        case 0:
            drawPlant(farX, farY, size: size * random.between(1.35, 1.7))
        case 1:
            var y = farY
            drawShadow(farX, farY, size * 0.5, size * 0.06, 0.35)
            for index in 0..<3 {
                let thick = size * random.between(0.1, 0.15)
                let half = size * random.between(0.38, 0.5)
                let colour = [palette.second, palette.near.lighter(0.14), palette.accent.mixed(palette.paper, 0.4)][
                    index]
                y -= thick
                canvas.fill(
                    .rounded(farX - half + random.between(-12, 12), y, half * 2, thick, 4),
                    .vertical(y, y + thick, colour.lighter(0.04), colour.darker(0.07)))
            }
            drawPlant(farX, y + 3, size: size * 0.62)
        default:
            drawShadow(farX, farY, size * 0.24, size * 0.05, 0.35)
            let jar = Path.rounded(farX - size * 0.23, farY - size * 0.72, size * 0.46, size * 0.72, size * 0.09)
            canvas.fill(jar, palette.paper, 0.45)
            canvas.clipped(jar) {
                canvas.fill(
                    .rect(farX - size, farY - size * 0.5, size * 2, size),
                    .vertical(farY - size * 0.5, farY, Colour(0.38, 0.06, 50), Colour(0.28, 0.05, 45)))
                canvas.fill(.rect(farX + lightSide * size * 0.12, farY - size, size * 0.05, size), palette.paper, 0.4)
            }
            canvas.fill(
                .rounded(farX - size * 0.2, farY - size * 0.8, size * 0.4, size * 0.1, 6), palette.wood.darker(0.05))
        }
        for _ in 0..<7 {
            let beanX = x - side * size * random.between(0.75, 1.5)
            let beanY = foot + size * random.between(-0.02, 0.26)
            canvas.placed(beanX, beanY, turn: random.between(0, 180)) {
                canvas.fill(.ellipse(2, 4, size * 0.052, size * 0.034), palette.ink, 0.3)
                canvas.fill(.ellipse(0, 0, size * 0.05, size * 0.032), Colour(0.34, 0.06, 48))
                canvas.stroke(
                    .smooth([(-size * 0.04, 0), (0, -size * 0.008), (size * 0.04, 0)]), Colour(0.22, 0.04, 45),
                    width: size * 0.008)
            }
        }
    }
}
