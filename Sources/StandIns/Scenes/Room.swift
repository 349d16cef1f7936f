import FluxDrawing

extension Stage {
    /// A room with a window: a place to work, to rest or to cook, as the prompt has it.
    func drawRoom() {
        let (w, h) = (width, height)
        let floor = h * random.between(0.74, 0.79)
        let side = -lightSide
        let wall = palette.isDark ? palette.layer(0.5) : palette.skyLow.mixed(palette.far, 0.5)
        let windowX = w * (0.5 - side * 0.24)
        let windowWidth = min(w * 0.34, 430)
        let windowHeight = h * 0.42
        let windowTop = h * 0.12
        canvas.soft(1 / 8, blur: 8) { layer in
            layer.flood(.vertical(0, floor, wall.lighter(0.02), wall.darker(0.05)))
            layer.flood(.glow(windowX, windowTop + windowHeight / 2, 800, palette.glow, palette.isDark ? 0.2 : 0.6))
        }
        drawFloor(floor, wall)
        drawWindow(windowX - windowWidth / 2, windowTop, windowWidth, windowHeight)
        drawSunPatch(windowX, windowWidth, floor)
        drawPictures(x: w * (0.5 + side * 0.24), y: h * 0.2)
        let isForRest = reading.mentions("sofa", "living", "bedroom", "couch", "lounge", "bed")
        if isForRest {
            drawRug(w * 0.5 + side * 40, floor + (h - floor) * 0.45)
            drawFloorLamp(w * 0.5 + side * min(w * 0.43, 470), floor + 30)
            drawSofa(w * (0.5 + side * 0.12), floor + 46)
        } else {
            drawRug(w * 0.5, floor + (h - floor) * 0.5)
            drawDesk(w * (0.5 + side * 0.1), floor + 50, side: side)
        }
        drawPlant(w * (0.5 - side * 0.42), floor + (h - floor) * 0.34, size: h * random.between(0.26, 0.34))
    }

    private func drawFloor(_ floor: Double, _ wall: Colour) {
        let board = palette.wood.mixed(wall, 0.25)
        canvas.fill(
            .rect(0, floor, width, height - floor), .vertical(floor, height, board.lighter(0.05), board.darker(0.06)))
        for index in 0...14 {
            let x = width * (Double(index) / 14)
            canvas.stroke(
                .polygon([(x, floor), (width / 2 + (x - width / 2) * 1.7, height)], closed: false), board.darker(0.12),
                0.35,
                width: 1.6)
        }
        canvas.fill(.rect(0, floor - 20, width, 20), wall.lighter(0.05))
        canvas.fill(.rect(0, floor - 2, width, 5), palette.ink, 0.18)
    }

    private func drawWindow(_ x: Double, _ y: Double, _ w: Double, _ h: Double) {
        let frame = palette.isDark ? palette.wood : palette.paper
        canvas.fill(.rounded(x - 16, y - 16, w + 32, h + 34, 5), palette.ink, 0.1)
        canvas.fill(.rounded(x - 14, y - 14, w + 28, h + 28, 4), frame.darker(0.03))
        canvas.clipped(.rect(x, y, w, h)) {
            canvas.fill(.rect(x, y, w, h), .vertical(y, y + h, palette.skyTop, palette.skyLow))
            let discX = x + w * (0.5 + 0.2 * lightSide)
            let discY = y + h * 0.36
            canvas.fill(.circle(discX, discY, w), .glow(discX, discY, w, palette.glow, 0.85))
            canvas.fill(.circle(discX, discY, w * 0.085), palette.glow)
            if light == .night {
                for _ in 0..<22 {
                    canvas.fill(
                        .circle(x + random.between(0, w), y + random.between(0, h * 0.6), random.between(1, 2.4)),
                        palette.paper, 0.8)
                }
            }
            for index in 0..<3 {
                let base = y + h * (0.66 + 0.11 * Double(index))
                let colour = palette.layer(0.2 + 0.26 * Double(index))
                let points = (0...6).map { (x + w * Double($0) / 6, base - random.between(0, h * 0.12)) }
                var hill = Path.smooth(points)
                hill.line(x + w, y + h)
                hill.line(x, y + h)
                hill.close()
                canvas.fill(hill, colour.mixed(palette.leaf, light == .night ? 0.05 : 0.3))
            }
        }
        canvas.fill(.rect(x + w / 2 - 5, y, 10, h), frame)
        canvas.fill(.rect(x, y + h * 0.4, w, 9), frame)
        canvas.fill(.rounded(x - 30, y + h + 12, w + 60, 16, 4), frame.darker(0.05))
        // Curtains, gathered at the sides.
        let cloth = palette.second.mixed(palette.paper, 0.45)
        for side in [-1.0, 1.0] {
            let edge = side < 0 ? x - 62 : x + w + 62
            let inner = edge - side * 104
            var curtain = Path()
            curtain.move(edge, y - 34)
            curtain.line(inner, y - 34)
            curtain.curve(inner + side * 4, y + h * 0.5, inner + side * 46, y + h * 0.7, inner + side * 34, y + h + 92)
            curtain.line(edge + side * 8, y + h + 92)
            curtain.close()
            canvas.fill(curtain, .horizontal(edge, inner, cloth.darker(0.08), cloth.lighter(0.03)))
            for fold in 1...3 {
                let fx = edge + (inner - edge) * Double(fold) / 4
                canvas.stroke(
                    .smooth([(fx, y - 30), (fx + side * 6, y + h * 0.5), (fx + side * 16, y + h + 84)]),
                    cloth.darker(0.16), 0.3, width: 3)
            }
        }
        canvas.stroke(.polygon([(x - 84, y - 36), (x + w + 84, y - 36)], closed: false), palette.ink, 0.85, width: 7)
    }

    /// Light from the window on the floor.
    private func drawSunPatch(_ x: Double, _ w: Double, _ floor: Double) {
        guard light != .night else { return }
        let shift = -lightSide * 230
        canvas.soft(1 / 6, blur: 5) { layer in
            for part in [-0.46, 0.04] {
                layer.fill(
                    .polygon([
                        (x + w * part, floor), (x + w * (part + 0.42), floor),
                        (x + w * (part + 0.42) * 1.25 + shift, self.height), (x + w * part * 1.25 + shift, self.height),
                    ]), palette.glow, light == .sunset ? 0.5 : 0.42)
            }
        }
    }

    private func drawPictures(x: Double, y: Double) {
        let count = 1 + random.below(3)
        for index in 0..<count {
            let frameWidth = random.between(96, 140)
            let frameHeight = frameWidth * random.between(1.15, 1.4)
            let left = x + (Double(index) - Double(count) / 2) * 164
            let top = y + random.between(-12, 24)
            canvas.fill(.rect(left - 4 - lightSide * 7, top + 5, frameWidth + 10, frameHeight + 8), palette.ink, 0.16)
            canvas.fill(.rect(left - 6, top - 6, frameWidth + 12, frameHeight + 12), palette.wood.darker(0.16))
            canvas.fill(.rect(left, top, frameWidth, frameHeight), palette.paper)
            let colours = [palette.accent, palette.second, palette.leaf, palette.near]
            let first = colours[random.below(4)]
            let second = colours[random.below(4)]
            canvas.clipped(.rect(left + 13, top + 13, frameWidth - 26, frameHeight - 26)) {
                canvas.fill(.rect(left, top, frameWidth, frameHeight), first.mixed(palette.paper, 0.6))
                canvas.fill(
                    .circle(
                        left + frameWidth * random.between(0.35, 0.65), top + frameHeight * 0.42, frameWidth * 0.21),
                    first)
                canvas.fill(
                    .ellipse(
                        left + frameWidth * random.between(0.2, 0.8), top + frameHeight, frameWidth * 0.62,
                        frameHeight * 0.34), second.darker(0.04))
            }
        }
    }

    private func drawRug(_ x: Double, _ y: Double) {
        let rx = min(width * 0.38, 430)
        let ry = (height * 0.075)
        canvas.fill(.ellipse(x, y, rx, ry), palette.second.mixed(palette.paper, 0.3))
        canvas.stroke(.ellipse(x, y, rx * 0.9, ry * 0.87), palette.accent, 0.5, width: 6)
        canvas.fill(.ellipse(x, y, rx * 0.62, ry * 0.6), palette.accent, 0.22)
    }

    private func drawDesk(_ x: Double, _ foot: Double, side: Double) {
        let half = min(width * 0.31, 330)
        let top = foot - 218
        let wood = palette.wood.mixed(palette.accent, 0.08)
        drawShadow(x, foot + 6, half * 0.9, 26, 0.28)
        for leg in [-0.88, 0.88] {
            canvas.fill(
                .polygon([
                    (x + half * leg - 11, top), (x + half * leg + 11, top), (x + half * leg * 1.04 + 6, foot),
                    (x + half * leg * 1.04 - 6, foot),
                ]), wood.darker(0.14))
        }
        canvas.fill(
            .rounded(x - half * 0.86, top + 16, half * 0.62, 84, 5),
            .vertical(top + 16, top + 100, wood.darker(0.02), wood.darker(0.09)))
        canvas.fill(.circle(x - half * 0.55, top + 58, 6), palette.paper, 0.8)
        drawChair(x + side * 30, foot + 34)
        // What stands on the desk, from the back to the front.
        drawScreen(x - side * half * 0.08, top)
        drawDeskLamp(x - side * half * 0.72, top, toward: side)
        drawBooks(x + side * half * 0.68, top)
        drawSmallCup(x + side * half * 0.36, top)
        canvas.fill(
            .rounded(x - half, top, half * 2, 20, 5), .vertical(top, top + 20, wood.lighter(0.07), wood.darker(0.03)))
    }

    private func drawScreen(_ x: Double, _ top: Double) {
        let half = 118.0
        let high = 148.0
        canvas.fill(
            .polygon([(x - 24, top), (x - 12, top - 40), (x + 12, top - 40), (x + 24, top)]), palette.ink.lighter(0.2))
        canvas.fill(.rounded(x - 52, top - 7, 104, 8, 4), palette.ink.lighter(0.24))
        canvas.fill(.rounded(x - half, top - high - 34, half * 2, high, 9), palette.ink.lighter(0.06))
        canvas.clipped(.rounded(x - half + 8, top - high - 26, half * 2 - 16, high - 16, 4)) {
            canvas.fill(
                .rect(x - half, top - high - 34, half * 2, high),
                .linear(
                    x - half, top - high, x + half, top,
                    [.init(0, palette.accent.mixed(palette.skyTop, 0.4)), .init(1, palette.second)]))
            canvas.fill(.circle(x + 40, top - 60, 62), palette.accent, 0.55)
            canvas.fill(.circle(x - 54, top - 38, 56), palette.near, 0.4)
        }
    }

    private func drawDeskLamp(_ x: Double, _ top: Double, toward side: Double) {
        let metal = palette.accent.darker(0.08)
        let headX = x + side * 44
        let headY = top - 176
        canvas.fill(
            .circle(headX, headY + 40, 230), .glow(headX, headY + 40, 230, palette.glow, palette.isDark ? 0.75 : 0.4))
        canvas.fill(.rounded(x - 34, top - 9, 68, 10, 5), metal.darker(0.08))
        canvas.stroke(
            .polygon([(x, top - 6), (x - side * 34, top - 92), (headX - side * 6, headY - 6)], closed: false),
            metal.darker(0.05), width: 7)
        canvas.fill(
            .polygon([
                (headX - 16, headY - 14), (headX + 16, headY - 14), (headX + 46, headY + 36), (headX - 46, headY + 36),
            ]), .horizontal(headX - 46, headX + 46, metal.lighter(0.08), metal.darker(0.06)))
        canvas.fill(.ellipse(headX, headY + 36, 46, 8), palette.glow)
    }

    private func drawBooks(_ x: Double, _ top: Double) {
        let colours = [
            palette.second, palette.accent, palette.leaf, palette.paper.darker(0.08), palette.near.lighter(0.15),
        ]
        var y = top
        for index in 0..<3 {
            let thick = random.between(15, 24)
            let half = random.between(46, 62)
            let shift = random.between(-8, 8)
            y -= thick
            canvas.fill(.rounded(x - half + shift, y, half * 2, thick - 1.5, 3), colours[(index + random.below(2)) % 5])
            canvas.fill(.rect(x - half + shift + 12, y + thick * 0.3, 18, thick * 0.3), palette.paper, 0.6)
        }
        drawPlant(x, y + 3, size: 105)
    }

    private func drawSmallCup(_ x: Double, _ top: Double) {
        canvas.stroke(.arc(x + 21, top - 20, 12, 12, from: -90, to: 90), palette.paper.darker(0.05), width: 6)
        canvas.fill(
            .rounded(x - 21, top - 42, 42, 42, 8),
            .horizontal(x - 21, x + 21, palette.paper, palette.paper.darker(0.13)))
    }

    private func drawChair(_ x: Double, _ foot: Double) {
        let seat = foot - 118
        let cloth = palette.accent
        for leg in [-1.0, 1.0] {
            canvas.stroke(
                .polygon([(x + leg * 56, seat + 10), (x + leg * 76, foot)], closed: false), palette.wood.darker(0.2),
                width: 9)
        }
        canvas.fill(
            .rounded(x - 84, seat - 168, 168, 150, 46),
            .vertical(seat - 168, seat, cloth.lighter(0.05), cloth.darker(0.07)))
        canvas.fill(
            .rounded(x - 92, seat - 26, 184, 44, 22),
            .vertical(seat - 26, seat + 18, cloth.lighter(0.02), cloth.darker(0.1)))
    }

    private func drawSofa(_ x: Double, _ foot: Double) {
        let half = min(width * 0.31, 340)
        let cloth = reading.colours.first?.colour ?? palette.accent
        drawShadow(x, foot, half, 28, 0.34)
        for leg in [-0.8, 0.8] {
            canvas.fill(.rounded(x + half * leg - 9, foot - 26, 18, 28, 5), palette.wood.darker(0.18))
        }
        canvas.fill(
            .rounded(x - half * 0.92, foot - 262, half * 1.84, 220, 44),
            .vertical(foot - 262, foot - 40, cloth.lighter(0.06), cloth.darker(0.06)))
        for part in [-1.0, 0.0] {
            canvas.fill(
                .rounded(x + part * half * 0.8, foot - 132, half * 0.79, 70, 24),
                .vertical(foot - 132, foot - 62, cloth.lighter(0.09), cloth))
        }
        canvas.fill(.rounded(x - half * 0.86, foot - 76, half * 1.72, 56, 14), cloth.darker(0.07))
        for arm in [-1.0, 1.0] {
            canvas.fill(
                .rounded(x + arm * half - (arm > 0 ? 74 : 0), foot - 190, 74, 172, 34),
                .vertical(foot - 190, foot - 18, cloth.lighter(0.04), cloth.darker(0.09)))
        }
        for (share, colour) in [(-0.5, palette.second), (0.42, palette.paper.darker(0.06))] {
            canvas.placed(x + half * share, foot - 158, turn: random.between(-14, 14)) {
                canvas.fill(.rounded(-56, -50, 112, 100, 20), .vertical(-50, 50, colour, colour.darker(0.09)))
            }
        }
    }

    private func drawFloorLamp(_ x: Double, _ foot: Double) {
        let top = foot - height * 0.47
        canvas.fill(.circle(x, top, 330), .glow(x, top + 20, 330, palette.glow, palette.isDark ? 0.8 : 0.45))
        canvas.fill(.ellipse(x, foot, 54, 11), palette.ink)
        canvas.stroke(.polygon([(x, foot), (x, top)], closed: false), palette.ink, width: 7)
        canvas.fill(
            .polygon([(x - 48, top - 66), (x + 48, top - 66), (x + 84, top + 40), (x - 84, top + 40)]),
            .vertical(top - 66, top + 40, palette.glow.mixed(palette.second, 0.5), palette.glow))
    }

    /// A plant in a pot; `y` is the pot's foot.
    func drawPlant(_ x: Double, _ y: Double, size: Double) {
        let pot = palette.accent.mixed(palette.wood, 0.4)
        let potHeight = size * 0.27
        let half = size * 0.16
        if size > 120 { drawShadow(x, y, half * 1.2, half * 0.25, 0.34) }
        let count = 9
        for index in 0..<count {
            let turn = -78 + 156 * Double(index) / Double(count - 1) + random.between(-8, 8)
            let length = size * random.between(0.5, 0.74) * (1 - abs(turn) / 260)
            let colour = palette.leaf.lighter(random.between(-0.09, 0.08))
            canvas.placed(x, y - potHeight * 0.9, turn: turn) {
                canvas.fill(
                    leaf(length: length, width: size * 0.085),
                    .horizontal(-size * 0.05, size * 0.05, colour.lighter(0.05), colour.darker(0.06)))
                canvas.stroke(
                    .polygon([(0, 0), (0, -length * 0.9)], closed: false), colour.lighter(0.12), 0.5,
                    width: max(1, size * 0.006))
            }
        }
        canvas.fill(
            .polygon([(x - half, y - potHeight), (x + half, y - potHeight), (x + half * 0.76, y), (x - half * 0.76, y)]
            ),
            .horizontal(
                x - half, x + half, lightSide < 0 ? pot.lighter(0.07) : pot.darker(0.09),
                lightSide < 0 ? pot.darker(0.09) : pot.lighter(0.07)))
        canvas.fill(.rounded(x - half * 1.1, y - potHeight * 1.08, half * 2.2, potHeight * 0.22, 4), pot.lighter(0.03))
    }
}
