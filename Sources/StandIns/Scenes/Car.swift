import FluxDrawing

extension Stage {
    /// A car from the side, on a road before hills or the prompt's place.
    func drawCar() {
        let (w, h) = (width, height)
        let road = h * 0.74
        if reading.place == nil {
            let horizon = h * 0.62
            drawHeaven(horizon: horizon)
            for index in 0..<3 {
                drawHill(
                    base: horizon * (0.93 + 0.045 * Double(index)), rise: h * 0.07, depth: 0.15 + 0.2 * Double(index),
                    floor: h, trees: index == 2 ? 7 : 0)
            }
        } else {
            drawBackdrop()
        }
        let asphalt = palette.near.mixed(Colour(0.4, 0.015, 260), 0.5)
        canvas.fill(.rect(0, road, w, h - road), .vertical(road, h, asphalt.lighter(0.1), asphalt.darker(0.05)))
        canvas.fill(.rect(0, road, w, 7), palette.paper, 0.35)
        for index in 0..<7 {
            let x = (Double(index) - 0.3) * w / 6
            canvas.fill(
                .polygon([(x, h * 0.885), (x + 96, h * 0.885), (x + 84, h * 0.9), (x - 16, h * 0.9)]), palette.paper,
                0.7)
        }
        let length = min(w * 0.72, 820)
        let unit = length / 800
        let foot = road + (h - road) * 0.34
        drawShadow(w * 0.5, foot + 3 * unit, length * 0.47, 24 * unit, 0.6)
        let facing = -lightSide
        canvas.placed(w * 0.5, foot, scaleX: facing * unit, scaleY: unit) { drawBody() }
        if light == .night || light == .sunset {
            let x = w * 0.5 + facing * 384 * unit
            let y = foot - 112 * unit
            canvas.soft(1 / 6, blur: 6) { layer in
                layer.fill(
                    .polygon([(x, y - 10), (x + facing * 520, y - 34), (x + facing * 520, y + 190), (x, y + 14)]),
                    .linear(x, 0, x + facing * 520, 0, [.init(0, palette.glow, 0.75), .init(1, palette.glow, 0)]))
            }
            canvas.fill(.circle(x, y, 80), .glow(x, y, 80, palette.glow, 0.9))
        }
    }

    /// 800 long, wheels on y = 0, facing right.
    private func drawBody() {
        let paint = heroColour
        let isVan = reading.mentions("van", "truck", "camper", "bus")
        let roof = isVan ? -318.0 : -258 + random.between(-14, 14)
        var body = Path()
        var glass = Path()
        if isVan {
            body.move(-384, -60)
            body.curve(-392, -200, -386, -300, -350, roof)
            body.line(210, roof)
            body.curve(280, roof + 4, 306, -220, 330, -180)
            body.curve(384, -166, 398, -120, 394, -60)
            glass.add(.rounded(-330, roof + 34, 160, 100, 18))
            glass.add(.rounded(-150, roof + 34, 160, 100, 18))
            glass.add(.smooth([(32, roof + 36), (198, roof + 36), (262, -190), (32, -184)], closed: true))
        } else {
            body.move(-392, -70)
            body.curve(-404, -150, -372, -176, -300, -180)
            body.curve(-240, -196, -196, roof, -90, roof)
            body.curve(60, roof - 6, 120, -210, 168, -178)
            body.curve(290, -168, 388, -152, 394, -72)
            glass.move(-232, -180)
            glass.curve(-196, -214, -166, roof + 26, -96, roof + 22)
            glass.line(-34, roof + 20)
            glass.line(-30, -180)
            glass.close()
            glass.move(-12, -180)
            glass.line(-14, roof + 20)
            glass.curve(52, roof + 20, 92, -216, 130, -178)
            glass.close()
        }
        body.curve(394, -40, 380, -34, 350, -34)
        body.line(-350, -34)
        body.curve(-386, -34, -392, -46, -392, -70)
        body.close()
        canvas.fill(
            body,
            .linear(
                0, roof, 0, -30,
                [
                    .init(0, paint.lighter(0.13)), .init(0.45, paint), .init(0.62, paint.darker(0.03)),
                    .init(1, paint.darker(0.17)),
                ]))
        canvas.clipped(body) {
            canvas.fill(.rect(-420, -64, 840, 40), palette.ink, 0.55)
            canvas.fill(
                .smooth(
                    [
                        (-400, -150), (-100, -162), (200, -152), (400, -126), (400, -118), (200, -143), (-100, -152),
                        (-400, -138),
                    ], closed: true), palette.paper, 0.5)
        }
        canvas.fill(
            glass,
            .linear(
                -200, roof, 120, -180,
                [.init(0, palette.skyTop.mixed(palette.ink, 0.35)), .init(1, palette.skyLow.mixed(palette.ink, 0.25))]))
        canvas.clipped(glass) {
            canvas.fill(.polygon([(-150, roof), (-90, roof), (-190, -170), (-250, -170)]), palette.paper, 0.28)
            canvas.fill(.polygon([(70, roof), (100, roof), (10, -170), (-20, -170)]), palette.paper, 0.2)
        }
        canvas.stroke(.smooth([(-22, -176), (-24, -120), (-14, -66)]), paint.darker(0.2), 0.8, width: 3.5)
        canvas.fill(.rounded(-90, -150, 44, 9, 4.5), palette.paper, 0.8)
        canvas.fill(.ellipse(380, -112, 15, 22), palette.glow)
        canvas.fill(.rounded(-396, -136, 14, 40, 6), Colour(0.58, 0.2, 27))
        for x in [-244.0, 250] {
            var arch = Path.arc(x, -62, 84, 84, from: 180, to: 360)
            arch.close()
            canvas.fill(arch, palette.ink.darker(0.1))
            canvas.fill(.circle(x, -62, 64), Colour(0.2, 0.01, 260))
            canvas.fill(
                .circle(x, -62, 41),
                .linear(
                    x - 40, -100, x + 40, -20, [.init(0, Colour(0.9, 0.005, 260)), .init(1, Colour(0.55, 0.01, 260))]))
            for spoke in 0..<5 {
                canvas.placed(x, -62, turn: Double(spoke) * 72 + 14) {
                    canvas.fill(.rounded(-5, -38, 10, 36, 4), Colour(0.32, 0.01, 260))
                }
            }
            canvas.fill(.circle(x, -62, 10), Colour(0.85, 0.005, 260))
        }
    }
}
