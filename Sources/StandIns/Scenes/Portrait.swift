import FluxDrawing

extension Stage {
    /// Head and shoulders before a disc of colour.
    func drawPortrait() {
        let (w, h) = (width, height)
        if !drawBackdrop() {
            let disc = palette.second.mixed(palette.paper, 0.25)
            canvas.fill(
                .circle(w * 0.5, h * 0.44, 360),
                .linear(
                    w * 0.5 - 300, h * 0.2, w * 0.5 + 300, h * 0.8,
                    [.init(0, disc.lighter(0.05)), .init(1, palette.accent.mixed(disc, 0.4))]))
            drawFoliage()
        }
        let unit = min(h, w * 1.15) / 1_000
        canvas.placed(w * 0.5, h - 1_000 * unit * 1.0, scaleX: -lightSide * unit, scaleY: unit) {
            drawBust(floor: 1_040)
        }
    }

    private func drawFoliage() {
        for side in [-1.0, 1.0] {
            for index in 0..<5 {
                let turn = side * (18 + 17 * Double(index)) + random.between(-5, 5)
                let colour = palette.leaf.lighter(random.between(-0.1, 0.07))
                canvas.placed(width * 0.5 + side * 250, height * 0.86, turn: turn) {
                    canvas.fill(
                        leaf(length: random.between(280, 400), width: 66),
                        .horizontal(-50, 50, colour.lighter(0.06), colour.darker(0.08)))
                    canvas.stroke(.polygon([(0, 0), (0, -270)], closed: false), colour.lighter(0.13), 0.5, width: 3)
                }
            }
        }
    }

    /// Around x = 0, in thousandths; the light comes from the left.
    private func drawBust(floor: Double) {
        let skins = [
            Colour(0.86, 0.05, 55), Colour(0.78, 0.07, 55), Colour(0.68, 0.08, 52), Colour(0.55, 0.075, 48),
            Colour(0.43, 0.06, 45),
        ]
        let skin = skins[random.below(skins.count)]
        let shade = skin.darker(0.09).mixed(palette.accent, 0.1)
        let hairs = [
            Colour(0.2, 0.02, 40), Colour(0.32, 0.05, 45), Colour(0.5, 0.09, 55), Colour(0.75, 0.09, 80),
            Colour(0.42, 0.11, 35), Colour(0.68, 0.01, 80),
        ]
        let hair = hairs[random.below(hairs.count)]
        let isMale = reading.mentions("man", "boy", "남자", "男")
        let style = isMale ? 3 : random.below(3)
        drawHairBehind(hair, style)
        let cloth = reading.heroColour?.colour ?? palette.accent
        var shoulders = Path()
        shoulders.move(-390, floor)
        shoulders.curve(-380, 820, -280, 760, -110, 722)
        shoulders.line(110, 722)
        shoulders.curve(280, 760, 380, 820, 390, floor)
        shoulders.close()
        canvas.fill(shoulders, .horizontal(-390, 390, cloth.lighter(0.06), cloth.darker(0.13)))
        // Neck, with the shadow of the chin on it.
        var neck = Path()
        neck.move(-74, 560)
        neck.curve(-70, 680, -90, 720, -122, 734)
        neck.curve(-60, 800, 60, 800, 122, 734)
        neck.curve(90, 720, 70, 680, 74, 560)
        neck.close()
        canvas.fill(neck, skin.darker(0.035))
        canvas.clipped(neck) { canvas.fill(.ellipse(22, 590, 130, 92), shade, 0.85) }
        canvas.stroke(
            .smooth([(-126, 734), (-70, 786), (0, 800), (70, 786), (126, 734)]), cloth.darker(0.12), width: 15)
        for ear in [-1.0, 1.0] { canvas.fill(.ellipse(ear * 146, 478, 25, 40), ear < 0 ? skin : shade) }
        var face = Path()
        face.move(-146, 410)
        face.curve(-150, 545, -96, 640, 0, 648)
        face.curve(96, 640, 150, 545, 146, 410)
        face.curve(140, 250, -140, 250, -146, 410)
        face.close()
        canvas.fill(face, .horizontal(-146, 146, skin.lighter(0.025), skin.darker(0.02)))
        canvas.clipped(face) {
            var dark = Path.smooth([(60, 260), (44, 400), (70, 500), (30, 560), (52, 660)])
            dark.line(220, 660)
            dark.line(220, 260)
            dark.close()
            canvas.fill(dark, shade, 0.42)
            for cheek in [-1.0, 1.0] {
                canvas.fill(.circle(cheek * 88, 530, 60), .glow(cheek * 88, 530, 60, Colour(0.66, 0.14, 25), 0.4))
            }
        }
        drawFeatures(skin, shade, hair)
        drawHairBefore(hair, style)
        if !isMale && random.chance(0.7) {
            for ear in [-1.0, 1.0] {
                canvas.fill(
                    .circle(ear * 150, 536, 15),
                    .vertical(520, 552, palette.second.lighter(0.08), palette.second.darker(0.08)))
            }
        }
    }

    private func drawFeatures(_ skin: Colour, _ shade: Colour, _ hair: Colour) {
        let line = palette.ink.mixed(skin, 0.12)
        let brow = hair.lightness > 0.6 ? hair.darker(0.2) : hair
        let isCalm = random.chance(0.45)
        for eye in [-1.0, 1.0] {
            let x = eye * 62
            canvas.stroke(.smooth([(x - 34, 424), (x - 4, 410), (x + 34, 418 - eye * 2)]), brow, width: 10)
            if isCalm {
                canvas.stroke(.smooth([(x - 27, 462), (x, 476), (x + 27, 462)]), line, width: 6)
                for lash in [-20.0, 0, 20] {
                    canvas.stroke(
                        .polygon([(x + lash, 474 - abs(lash) * 0.2), (x + lash * 1.25, 486)], closed: false), line,
                        width: 3.4)
                }
            } else {
                let outline = Path.smooth([(x - 30, 466), (x, 450), (x + 30, 466), (x, 478)], closed: true)
                canvas.fill(outline, palette.paper)
                canvas.clipped(outline) {
                    canvas.fill(.circle(x + 2, 463, 14), palette.near.mixed(palette.accent, 0.3))
                    canvas.fill(.circle(x + 2, 463, 7), palette.ink)
                    canvas.fill(.circle(x - 3, 458, 3.6), palette.paper)
                }
                canvas.stroke(.smooth([(x - 31, 466), (x, 448), (x + 31, 465)]), line, width: 6)
            }
        }
        canvas.stroke(
            .smooth([(10, 452), (20, 508), (26, 536), (6, 546), (-8, 543)]), shade.darker(0.06), 0.9, width: 6)
        let lips = Colour(0.56, 0.13, 22).mixed(skin, 0.25)
        var upper = Path()
        upper.move(-42, 588)
        upper.curve(-24, 576, -10, 573, 0, 580)
        upper.curve(10, 573, 24, 576, 42, 588)
        upper.curve(20, 594, -20, 594, -42, 588)
        upper.close()
        canvas.fill(upper, lips.darker(0.05))
        var lower = Path()
        lower.move(-42, 588)
        lower.curve(-22, 616, 22, 616, 42, 588)
        lower.curve(20, 594, -20, 594, -42, 588)
        lower.close()
        canvas.fill(lower, lips)
    }

    /// 0 long, 1 bun, 2 bob, 3 short.
    private func drawHairBehind(_ hair: Colour, _ style: Int) {
        let dark = hair.darker(0.05)
        switch style {
        case 0:
            canvas.fill(
                .smooth(
                    [
                        (0, 205), (-170, 270), (-208, 460), (-226, 640), (-262, 800), (-150, 850), (0, 830), (150, 850),
                        (262, 800), (226, 640), (208, 460), (170, 270),
                    ], closed: true), .vertical(205, 850, dark, dark.darker(0.05)))
        case 1:
            canvas.fill(
                .circle(0, 176, 92), .linear(-80, 100, 80, 260, [.init(0, hair.lighter(0.06)), .init(1, dark)]))
            canvas.fill(.ellipse(0, 390, 178, 184), dark)
        case 2:
            canvas.fill(
                .smooth(
                    [
                        (0, 210), (-176, 280), (-206, 450), (-196, 610), (-130, 640), (0, 620), (130, 640), (196, 610),
                        (206, 450), (176, 280),
                    ], closed: true), dark)
        default:
            canvas.fill(.ellipse(0, 375, 160, 165), dark)
        }
    }

    private func drawHairBefore(_ hair: Colour, _ style: Int) {
        let part = random.between(-70, 70)
        let low = style == 3 ? 352.0 : 452
        var cap = Path()
        cap.move(-162, low)
        cap.curve(-186, 220, -60, 196, 0, 200)
        cap.curve(60, 196, 186, 220, 162, low)
        cap.curve(158, 400, 140, 352, part + 96, 322)
        cap.curve(part + 40, 318, part + 16, 312, part, 288)
        cap.curve(part - 18, 326, part - 70, 340, -112, 356)
        cap.curve(-144, 380, -156, 420, -162, low)
        cap.close()
        canvas.fill(
            cap,
            .linear(-160, 200, 160, 440, [.init(0, hair.lighter(0.1)), .init(0.5, hair), .init(1, hair.darker(0.06))]))
        canvas.clipped(cap) {
            for side in [-1.0, 1.0] {
                for index in 0..<3 {
                    let reach = side * (58 + 34 * Double(index))
                    canvas.stroke(
                        .smooth([
                            (part, 286 - 14 * Double(index)), (part + reach * 0.6, 252), (part + reach * 1.7, 330),
                        ]),
                        hair.lighter(0.13), 0.28, width: 4)
                }
            }
        }
    }
}
