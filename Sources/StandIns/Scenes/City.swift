import FluxDrawing

extension Stage {
    /// A street between lit fronts, or a skyline over water or a square.
    func drawCity() {
        if reading.mentions("street", "sign", "neon", "alley", "shop", "거리", "네온", "街", "ネオン") || random.chance(0.25) {
            drawStreet()
        } else {
            drawSkyline()
        }
    }

    private func drawSkyline() {
        let (w, h) = (width, height)
        let ground = h * random.between(0.74, 0.8)
        let sun = drawHeaven(horizon: ground, withDisc: light != .day || random.chance(0.6))
        let layers = 4
        for index in 0..<layers {
            let depth = Double(index) / Double(layers - 1)
            let colour = palette.layer(0.15 + 0.75 * depth)
            let tall = h * (0.5 - 0.07 * Double(index))
            var x = -random.between(0, 60)
            while x < w {
                let towerWidth = random.between(46, 96) * (0.8 + 0.5 * depth)
                let isLandmark = random.chance(0.1)
                // Higher toward the middle, so that the row has a shape.
                let middle = 1 - abs((x / w) - 0.5 - lightSide * 0.12) * 1.1
                let rise = tall * random.between(0.3, 0.8) * (0.5 + 0.6 * middle) * (isLandmark ? 1.3 : 1)
                drawTower(x, ground, towerWidth, rise, colour, depth: depth, spire: isLandmark)
                x += towerWidth + random.between(-4, 16)
            }
            drawMist(ground - h * 0.03 * Double(layers - index), palette.skyLow, light == .night ? 0.16 : 0.34)
        }
        drawQuay(from: ground, sun: sun)
    }

    private func drawTower(
        _ x: Double, _ ground: Double, _ width: Double, _ rise: Double, _ colour: Colour, depth: Double, spire: Bool
    ) {
        let top = ground - rise
        let body = Path.rect(x, top, width, rise + 4)
        let tint = colour.mixed(palette.accent, random.between(0, 0.16))
        canvas.fill(body, .vertical(top, ground, tint, tint.mixed(palette.skyLow, 0.35)))
        let side = width * random.between(0.25, 0.4)
        canvas.fill(
            .rect(lightSide > 0 ? x + width - side : x, top, side, rise), palette.glow, light == .night ? 0.06 : 0.16)
        if spire {
            canvas.fill(
                .polygon([(x + width * 0.44, top), (x + width * 0.5, top - rise * 0.24), (x + width * 0.56, top)]), tint
            )
            canvas.fill(.rect(x + width * 0.15, top - 16, width * 0.7, 17), tint)
        }
        guard depth > 0.25 else { return }
        let share = light == .night ? 0.5 : light == .sunset ? 0.3 : 0.85
        let lamp = light == .night || light == .sunset ? palette.glow.mixed(palette.second, 0.35) : tint.lighter(0.07)
        let column = random.between(13, 18)
        let row = random.between(18, 24)
        var windows = Path()
        var y = top + row * 0.8
        while y < ground - row {
            var left = x + column * 0.6
            while left < x + width - column * 0.9 {
                if random.chance(share) { windows.add(.rect(left, y, column * 0.5, row * 0.5)) }
                left += column
            }
            y += row
        }
        canvas.fill(windows, lamp, light == .night ? 0.85 : 0.6)
    }

    /// Water before the city, with its lights in it.
    private func drawQuay(from ground: Double, sun: (x: Double, y: Double, radius: Double)) {
        let water = palette.near.mixed(palette.skyTop, 0.45)
        canvas.fill(
            .rect(0, ground, width, height - ground),
            .vertical(ground, height, palette.skyLow.mixed(water, 0.45), water.darker(0.04)))
        canvas.fill(.rect(0, ground - 3, width, 7), palette.near.darker(0.02), 0.8)
        drawGlitter(from: ground + 6, to: height, x: sun.x, spread: sun.radius * 1.3)
        for _ in 0..<26 {
            let x = random.between(0, width)
            let length = random.between(0.25, 0.8) * (height - ground)
            let colour = random.chance(0.4) ? palette.accent : palette.glow
            canvas.fill(
                .rect(x, ground + 4, random.between(3, 9), length),
                .linear(
                    0, ground, 0, ground + length,
                    [.init(0, colour, light == .night ? 0.55 : 0.2), .init(1, colour, 0)]))
        }
    }

    /// One-point perspective: fronts left and right, a wet road, signs.
    private func drawStreet() {
        let (w, h) = (width, height)
        let eye = (x: w * random.between(0.42, 0.58), y: h * random.between(0.5, 0.57))
        drawHeaven(horizon: eye.y, withDisc: light != .night)
        canvas.soft(1 / 8, blur: 12) { layer in
            layer.flood(.glow(eye.x, eye.y, w * 0.45, light == .night ? palette.second : palette.glow, 0.7))
        }
        drawRoad(eye)
        for side in [-1.0, 1.0] { drawFronts(side: side, eye: eye) }
        drawStreetLamps(eye)
        drawPassers(eye)
    }

    private func drawRoad(_ eye: (x: Double, y: Double)) {
        let (w, h) = (width, height)
        let road = palette.near.mixed(palette.layer(0.5), 0.3)
        canvas.fill(.rect(0, eye.y, w, h - eye.y), .vertical(eye.y, h, palette.layer(0.35), road))
        // What the signs throw on the wet ground.
        canvas.soft(1 / 8, blur: 14) { layer in
            for index in 0..<7 {
                let colour = [palette.accent, palette.second, palette.glow][index % 3]
                let x = eye.x + random.between(-0.45, 0.45) * w
                let reach = random.between(0.2, 0.45) * h
                layer.placed(x, eye.y + reach, scaleX: 0.17) {
                    layer.fill(.circle(0, 0, reach), .glow(0, 0, reach, colour, light == .night ? 0.75 : 0.3))
                }
            }
        }
        var y = eye.y + 12
        var dash = 7.0
        while y < h {
            let half = 3 + (y - eye.y) * 0.018
            canvas.fill(
                .polygon([
                    (eye.x - half * 0.8, y), (eye.x + half * 0.8, y), (eye.x + half, y + dash),
                    (eye.x - half, y + dash),
                ]), palette.paper, 0.5)
            y += dash * 2.1
            dash *= 1.5
        }
    }

    private func drawFronts(side: Double, eye: (x: Double, y: Double)) {
        let (w, h) = (width, height)
        let edge = side < 0 ? 0.0 : w
        // Shares of the way from the edge to the vanishing point.
        var cuts = [0.0]
        while let last = cuts.last, last < 0.86 { cuts.append(min(0.9, last + (1 - last) * random.between(0.2, 0.34))) }
        for index in (0..<cuts.count - 1).reversed() {
            let (near, far) = (cuts[index], cuts[index + 1])
            let xNear = edge + (eye.x - edge) * near * 0.9
            let xFar = edge + (eye.x - edge) * far * 0.9
            let rise = h * random.between(0.42, 0.66) * (index == 0 ? 1.25 : 1)
            let topNear = eye.y - rise * (1 - near)
            let topFar = eye.y - rise * (1 - far)
            let footNear = eye.y + h * 0.3 * (1 - near)
            let footFar = eye.y + h * 0.3 * (1 - far)
            let base = palette.layer(0.95 - 0.7 * near).mixed(
                [palette.accent, palette.second, palette.wood][random.below(3)], random.between(0.04, 0.2))
            let wall = Path.polygon([(xNear, topNear), (xFar, topFar), (xFar, footFar), (xNear, footNear)])
            let shaded = side == lightSide ? base.darker(0.035) : base.lighter(0.03)
            canvas.fill(wall, .horizontal(xNear, xFar, shaded, shaded.mixed(palette.skyLow, 0.22)))
            drawWindows(from: (xNear, topNear, footNear), to: (xFar, topFar, footFar), wall: shaded)
            // The shop on the ground floor throws its light on the pavement.
            let warm = palette.glow.mixed(palette.second, random.between(0.1, 0.6))
            func y(_ share: Double, near isNear: Bool) -> Double {
                isNear ? topNear + (footNear - topNear) * share : topFar + (footFar - topFar) * share
            }
            let a = xNear + (xFar - xNear) * 0.12
            let b = xNear + (xFar - xNear) * 0.88
            canvas.fill(
                .polygon([
                    (a, y(0.8, near: true)), (b, y(0.8, near: false)), (b, y(0.985, near: false)),
                    (a, y(0.985, near: true)),
                ]),
                .vertical(y(0.8, near: true), footNear, warm, warm.mixed(base, 0.4)))
            canvas.fill(
                .polygon([
                    (a, y(0.765, near: true)), (b, y(0.765, near: false)), (b, y(0.81, near: false)),
                    (a, y(0.81, near: true)),
                ]),
                [palette.accent, palette.second][random.below(2)].darker(0.06))
            if random.chance(0.85) {
                drawSign(
                    at: xFar + (xNear - xFar) * 0.3, top: y(0.3, near: true), size: rise * 0.34 * (1 - near * 0.8),
                    side: side)
            }
        }
    }

    private func drawWindows(
        from near: (x: Double, top: Double, foot: Double), to far: (x: Double, top: Double, foot: Double), wall: Colour
    ) {
        var lit = Path()
        var dark = Path()
        let columns = 4
        let rows = 7
        func point(_ across: Double, _ down: Double) -> (Double, Double) {
            let top = near.top + (far.top - near.top) * across
            let foot = near.foot + (far.foot - near.foot) * across
            return (near.x + (far.x - near.x) * across, top + (foot - top) * down)
        }
        for column in 0..<columns {
            for row in 0..<rows {
                let left = (Double(column) + 0.24) / Double(columns)
                let right = (Double(column) + 0.76) / Double(columns)
                let top = 0.05 + 0.68 * (Double(row) + 0.18) / Double(rows)
                let low = 0.05 + 0.68 * (Double(row) + 0.76) / Double(rows)
                let pane = Path.polygon([point(left, top), point(right, top), point(right, low), point(left, low)])
                if random.chance(light == .night ? 0.38 : 0.2) { lit.add(pane) } else { dark.add(pane) }
            }
        }
        canvas.fill(dark, light == .night ? wall.darker(0.06) : wall.mixed(palette.skyTop, 0.4).darker(0.06), 0.85)
        canvas.fill(lit, palette.glow.mixed(palette.second, 0.3), 0.9)
    }

    /// A sign of glass tube, standing out from the front: a frame, strokes like letters, and its glow.
    private func drawSign(at x: Double, top: Double, size: Double, side: Double) {
        guard size > 26 else { return }
        let colours = [
            palette.accent.lighter(0.08), palette.second.lighter(0.06), palette.glow, Colour(0.75, 0.17, 350),
            Colour(0.85, 0.13, 195),
        ]
        let colour = colours[random.below(colours.count)]
        let isTall = random.chance(0.65)
        let signWidth = isTall ? size * 0.3 : size * 0.85
        let signHeight = isTall ? size : size * 0.32
        let left = side < 0 ? x : x - signWidth
        let glows = light == .night || light == .sunset
        if glows {
            canvas.fill(
                .circle(left + signWidth / 2, top + signHeight / 2, size),
                .glow(left + signWidth / 2, top + signHeight / 2, size, colour, 0.5))
        }
        canvas.fill(.rounded(left, top, signWidth, signHeight, 7), palette.ink, 0.86)
        canvas.stroke(
            .rounded(left + 4, top + 4, signWidth - 8, signHeight - 8, 5), colour, width: max(1.6, size * 0.017))
        let count = 4
        for index in 0..<count {
            let cell = (isTall ? signHeight : signWidth) / (Double(count) + 0.5)
            let middle = cell * (Double(index) + 0.75)
            let centerX = isTall ? left + signWidth / 2 : left + middle
            let centerY = isTall ? top + middle : top + signHeight / 2
            let reach = min(cell, isTall ? signWidth : signHeight) * 0.24
            var glyph = Path()
            for _ in 0..<3 {
                switch random.below(3) {
                case 0:
                    glyph.add(
                        .polygon(
                            [
                                (centerX - reach, centerY - reach * random.between(-1, 1)),
                                (centerX + reach, centerY - reach * random.between(-1, 1)),
                            ], closed: false))
                case 1:
                    glyph.add(
                        .polygon(
                            [
                                (centerX + reach * random.between(-0.8, 0.8), centerY - reach),
                                (centerX + reach * random.between(-0.8, 0.8), centerY + reach),
                            ], closed: false))
                default:
                    glyph.add(
                        .arc(centerX, centerY, reach, reach, from: random.between(0, 180), to: random.between(220, 420))
                    )
                }
            }
            canvas.stroke(glyph, colour.lighter(0.06), width: max(1.5, size * 0.02))
        }
    }

    private func drawStreetLamps(_ eye: (x: Double, y: Double)) {
        for side in [-1.0, 1.0] {
            for share in [0.62, 0.34] {
                let x = eye.x + side * width * 0.3 * (1 - share) * 1.35
                let foot = eye.y + height * 0.27 * (1 - share)
                let rise = height * 0.36 * (1 - share)
                canvas.stroke(
                    .smooth([
                        (x, foot), (x, foot - rise), (x - side * rise * 0.05, foot - rise * 1.07),
                        (x - side * rise * 0.22, foot - rise * 1.08),
                    ]),
                    palette.ink, width: 6 * (1 - share) + 1)
                let lampX = x - side * rise * 0.22
                let lampY = foot - rise * 1.07
                if light != .day {
                    canvas.fill(.circle(lampX, lampY, rise * 0.5), .glow(lampX, lampY, rise * 0.5, palette.glow, 0.7))
                }
                canvas.fill(.ellipse(lampX, lampY, rise * 0.055, rise * 0.025), palette.glow)
            }
        }
    }

    /// A few people under umbrellas, for scale.
    private func drawPassers(_ eye: (x: Double, y: Double)) {
        for _ in 0..<2 + random.below(2) {
            let depth = random.between(0.3, 0.62)
            let size = height * 0.3 * (1 - depth)
            let x = eye.x + random.sign() * width * random.between(0.05, 0.2) * (1 - depth) * 1.6
            let foot = eye.y + height * 0.29 * (1 - depth)
            let coat = palette.ink.mixed(palette.accent, random.between(0, 0.25))
            drawShadow(x, foot, size * 0.16, size * 0.035, 0.5)
            canvas.fill(
                .polygon([
                    (x - size * 0.05, foot), (x - size * 0.01, foot - size * 0.4), (x + size * 0.01, foot - size * 0.4),
                    (x + size * 0.06, foot),
                ]), coat)
            canvas.fill(
                .smooth(
                    [
                        (x - size * 0.12, foot - size * 0.22), (x - size * 0.08, foot - size * 0.66),
                        (x, foot - size * 0.72), (x + size * 0.08, foot - size * 0.66),
                        (x + size * 0.12, foot - size * 0.22),
                    ], closed: true), coat)
            canvas.fill(.circle(x, foot - size * 0.78, size * 0.07), coat.lighter(0.06))
            let top = foot - size * 0.98
            let shade = random.chance(0.5) ? palette.accent : palette.second
            var umbrella = Path.arc(x, top + size * 0.16, size * 0.27, size * 0.19, from: 180, to: 360)
            umbrella.close()
            canvas.stroke(
                .polygon([(x, top), (x, foot - size * 0.5)], closed: false), palette.ink, width: size * 0.015)
            canvas.fill(
                umbrella,
                .horizontal(
                    x - size * 0.27, x + size * 0.27, lightSide < 0 ? shade.lighter(0.06) : shade.darker(0.08),
                    lightSide < 0 ? shade.darker(0.08) : shade.lighter(0.06)))
        }
    }
}
