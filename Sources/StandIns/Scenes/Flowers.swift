import FluxDrawing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension Stage {
    /// A bunch in a vase, or stems that grow from the lower edge.
    func drawFlowers() {
        let (w, h) = (width, height)
        let hasPlace = drawBackdrop()
        let inVase = !hasPlace && !reading.mentions("field", "garden", "meadow") && random.chance(0.65)
        let x = w * 0.5 + random.between(-30, 30)
        let root: (x: Double, y: Double)
        if inVase {
            let table = h * 0.76
            drawTable(table)
            root = (x, table + (h - table) * 0.36)
            drawShadow(x, root.y, 130, 24, 0.4)
        } else {
            root = (x, h * 1.02)
        }
        let mouth = inVase ? root.y - h * 0.25 : h * 1.02
        let count = inVase ? 7 : 9
        var heads: [(x: Double, y: Double, size: Double)] = []
        for index in 0..<count {
            let share = (Double(index) + 0.5) / Double(count) * 2 - 1
            let spread = inVase ? 260.0 : w * 0.42
            heads.append(
                (
                    x + share * spread + random.between(-30, 30),
                    h * (inVase ? 0.2 : 0.26) + abs(share) * h * 0.16 + random.between(-0.07, 0.13) * h,
                    random.between(74, 122) * (inVase ? 0.95 : 1.1)
                ))
        }
        heads.sort { $0.size < $1.size }
        for head in heads {
            drawStem(from: (x + (head.x - x) * (inVase ? 0.1 : 0.62), mouth + 30), to: (head.x, head.y))
        }
        if inVase { drawVase(x, root.y, h * 0.27) }
        let kinds = [random.below(4), random.below(4)]
        let first = heroColour
        let others = [palette.accent, palette.second, first.lighter(0.12)]
        for (index, head) in heads.enumerated() {
            let colour = index % 2 == 0 ? first : others[random.below(others.count)]
            drawFlower(head.x, head.y, head.size, colour, kind: kinds[index % 2])
        }
    }

    private func drawStem(from: (x: Double, y: Double), to: (x: Double, y: Double)) {
        let colour = palette.leaf.darker(0.04)
        let bend = (to.x - from.x) * 0.15
        var stem = Path()
        stem.move(from.x, from.y)
        stem.curve(
            from.x + bend, from.y - (from.y - to.y) * 0.45, to.x - bend * 0.4, to.y + (from.y - to.y) * 0.35, to.x, to.y
        )
        canvas.stroke(stem, colour, width: 8)
        for share in [0.3, 0.52] {
            let side = random.sign()
            let x = from.x + (to.x - from.x) * share * share * 1.3
            let y = from.y + (to.y - from.y) * share
            let shade = colour.lighter(random.between(-0.05, 0.09))
            canvas.placed(x, y, turn: side * random.between(38, 72)) {
                canvas.fill(
                    leaf(length: random.between(110, 170), width: 34),
                    .horizontal(-26, 26, shade.lighter(0.05), shade.darker(0.07)))
                canvas.stroke(.polygon([(0, 0), (0, -96)], closed: false), shade.lighter(0.12), 0.5, width: 2)
            }
        }
    }

    private func drawVase(_ x: Double, _ foot: Double, _ size: Double) {
        let colour = palette.paper.mixed(palette.second, 0.3)
        var vase = Path()
        vase.move(x - size * 0.2, foot - size)
        vase.curve(
            x - size * 0.14, foot - size * 0.78, x - size * 0.46, foot - size * 0.6, x - size * 0.4, foot - size * 0.3)
        vase.curve(x - size * 0.36, foot - size * 0.08, x - size * 0.26, foot, x - size * 0.2, foot)
        vase.curve(x - size * 0.1, foot + size * 0.03, x + size * 0.1, foot + size * 0.03, x + size * 0.2, foot)
        vase.curve(x + size * 0.26, foot, x + size * 0.36, foot - size * 0.08, x + size * 0.4, foot - size * 0.3)
        vase.curve(x + size * 0.46, foot - size * 0.6, x + size * 0.14, foot - size * 0.78, x + size * 0.2, foot - size)
        vase.close()
        let (left, right) =
            lightSide < 0 ? (colour.lighter(0.03), colour.darker(0.16)) : (colour.darker(0.16), colour.lighter(0.03))
        canvas.fill(
            vase,
            .linear(x - size * 0.42, 0, x + size * 0.42, 0, [.init(0, left), .init(0.5, colour), .init(1, right)]))
        canvas.clipped(vase) {
            canvas.fill(.rect(x - size, foot - size * 0.42, size * 2, size * 0.16), palette.accent, 0.5)
            canvas.stroke(
                .smooth([
                    (x + lightSide * size * 0.27, foot - size * 0.55),
                    (x + lightSide * size * 0.31, foot - size * 0.35),
                    (x + lightSide * size * 0.25, foot - size * 0.15),
                ]), palette.paper, 0.55, width: size * 0.04)
        }
        canvas.fill(.ellipse(x, foot - size, size * 0.2, size * 0.035), colour.darker(0.22))
    }

    /// 0 daisy, 1 layered like a peony, 2 five broad petals, 3 tulip.
    func drawFlower(_ x: Double, _ y: Double, _ size: Double, _ colour: Colour, kind: Int) {
        let turn = random.between(0, 72)
        let tilt = random.between(0.78, 1)
        canvas.placed(x, y, turn: random.between(-18, 18), scaleY: kind == 3 ? 1 : tilt) {
            switch kind {
            case 0:
                petals(count: 15, length: size, width: size * 0.17, from: colour.lighter(0.12), to: colour, turn: turn)
                petals(
                    count: 11, length: size * 0.78, width: size * 0.15, from: colour.lighter(0.18),
                    to: colour.lighter(0.05), turn: turn + 12)
                drawHeart(size * 0.27)
            case 1:
                for layer in 0..<5 {
                    let share = 1 - Double(layer) * 0.18
                    petals(
                        count: 9 - layer, length: size * share, width: size * 0.36 * share,
                        from: colour.lighter(0.14 - Double(layer) * 0.02),
                        to: colour.darker(0.02 + 0.03 * Double(layer)), turn: turn + Double(layer) * 27)
                }
                canvas.fill(.circle(0, 0, size * 0.1), colour.darker(0.16))
            case 2:
                petals(
                    count: 5, length: size, width: size * 0.52, from: colour.lighter(0.13), to: colour.darker(0.04),
                    turn: turn)
                for index in 0..<5 {
                    canvas.placed(0, 0, turn: turn + Double(index) * 72) {
                        canvas.stroke(
                            .polygon([(0, -size * 0.15), (0, -size * 0.6)], closed: false), colour.darker(0.14), 0.35,
                            width: 2.6)
                    }
                }
                drawHeart(size * 0.17)
            default:
                for (side, shade) in [(-1.0, 0.05), (1.0, -0.06), (0.0, 0.02)] {
                    var petal = Path()
                    petal.move(0, size * 0.5)
                    petal.curve(
                        side * size * 0.3 - size * 0.5, size * 0.35, side * size * 0.36 - size * 0.36, -size * 0.5,
                        side * size * 0.42, -size * 0.78)
                    petal.curve(
                        side * size * 0.36 + size * 0.36, -size * 0.5, side * size * 0.3 + size * 0.5, size * 0.35, 0,
                        size * 0.5)
                    petal.close()
                    canvas.fill(
                        petal,
                        .vertical(-size * 0.8, size * 0.5, colour.lighter(shade + 0.08), colour.darker(0.08 - shade)))
                }
            }
        }
    }

    private func petals(count: Int, length: Double, width: Double, from tip: Colour, to root: Colour, turn: Double) {
        for index in 0..<count {
            canvas.placed(0, 0, turn: turn + 360 * Double(index) / Double(count) + random.between(-4, 4)) {
                var petal = Path()
                petal.move(0, 0)
                petal.curve(width * 0.7, -length * 0.3, width * 1.3, -length * 0.85, width * 0.25, -length)
                petal.curve(width * 0.1, -length * 0.96, -width * 0.1, -length * 0.96, -width * 0.25, -length)
                petal.curve(-width * 1.3, -length * 0.85, -width * 0.7, -length * 0.3, 0, 0)
                petal.close()
                canvas.fill(petal, .vertical(-length, 0, tip.lighter(random.between(-0.02, 0.02)), root))
                canvas.stroke(petal, root.darker(0.06), 0.22, width: 1.6)
            }
        }
    }

    private func drawHeart(_ radius: Double) {
        let yellow = Colour(0.8, 0.14, 82)
        canvas.fill(
            .circle(0, 0, radius),
            .radial(
                -radius * 0.3, -radius * 0.3, radius * 1.4,
                [.init(0, yellow.lighter(0.08)), .init(1, yellow.darker(0.2))]))
        for index in 0..<18 {
            let angle = Double(index) * 2.4
            let distance = radius * (Double(index) / 18).squareRoot() * 0.9
            canvas.fill(.circle(cos(angle) * distance, sin(angle) * distance, radius * 0.075), yellow.darker(0.28), 0.6)
        }
    }
}
