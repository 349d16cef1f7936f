import FluxDrawing

extension Stage {
    /// A cat, a dog or a fox that sits and looks at you.
    func drawPet(_ kind: Subject) {
        let (w, h) = (width, height)
        let hasPlace = drawBackdrop()
        let floor = h * 0.8
        if !hasPlace {
            let disc = palette.second.mixed(palette.skyLow, 0.35)
            canvas.fill(
                .circle(w * 0.5 + lightSide * 60, h * 0.42, 310),
                .vertical(h * 0.1, h * 0.75, disc.lighter(0.05), disc.darker(0.02)))
        }
        let isOutside = hasPlace && reading.place != .room
        let sand = Colour(palette.isDark ? 0.42 : 0.84, 0.055, 80)
        let ground =
            switch reading.place {
            case nil, .room?: palette.wood.mixed(palette.second, 0.25)
            case .sea?: sand
            case .landscape?: isSnowy ? snow(1) : palette.leaf
            default: palette.layer(0.75)
            }
        canvas.fill(.rect(0, floor, w, h - floor), .vertical(floor, h, ground.lighter(0.06), ground.darker(0.06)))
        if !isOutside {
            canvas.fill(.ellipse(w * 0.5, floor + 52, min(w * 0.4, 380), 58), palette.accent.mixed(palette.paper, 0.35))
            canvas.fill(.ellipse(w * 0.5, floor + 52, min(w * 0.34, 325), 45), palette.accent, 0.4)
        }
        let unit = min(h / 1_000, w / 900)
        drawShadow(w * 0.5, floor + 58, 205 * unit, 26, 0.45)
        if !hasPlace { drawPlant(w * 0.5 - lightSide * min(w * 0.37, 400), floor + 26, size: 330) }
        canvas.placed(w * 0.5, floor + 62, scaleX: -lightSide * unit, scaleY: unit) { drawSitting(kind) }
    }

    /// Feet on y = 0, about 680 high, light from the left.
    private func drawSitting(_ kind: Subject) {
        let (isDog, isFox) = (kind == .dog, kind == .fox)
        let coats =
            switch kind {
            case .dog: [Colour(0.72, 0.09, 65), Colour(0.5, 0.08, 50), Colour(0.88, 0.03, 80), Colour(0.33, 0.03, 50)]
            case .fox: [Colour(0.66, 0.16, 48), Colour(0.62, 0.15, 44), Colour(0.7, 0.15, 54)]
            default:
                [
                    Colour(0.7, 0.12, 58), Colour(0.32, 0.015, 280), Colour(0.62, 0.02, 260), Colour(0.9, 0.02, 80),
                    Colour(0.55, 0.06, 60),
                ]
            }
        var named = reading.heroColour
        // The red of a red fox is its own.
        if isFox, let word = named, !word.isNeutral, word.hue < 65 { named = nil }
        let coat = named?.colour ?? coats[random.below(coats.count)]
        let belly =
            isFox
            ? palette.paper : coat.lightness > 0.8 ? coat.darker(0.05) : coat.lighter(0.2).muted(0.6)
        let dark = coat.darker(0.11)
        // Tail.
        if isDog {
            canvas.stroke(.smooth([(120, -70), (210, -120), (232, -200)]), dark, width: 42)
        } else if isFox {
            let tail = Path.smooth(
                [(90, -10), (210, 10), (316, -70), (330, -196), (292, -292), (238, -200), (196, -110)], closed: true)
            canvas.fill(tail, .horizontal(110, 330, coat, dark))
            canvas.clipped(tail) { canvas.fill(.circle(292, -292, 96), palette.paper) }
        } else {
            canvas.stroke(.smooth([(110, -34), (230, -30), (276, -96), (236, -160), (250, -214)]), dark, width: 40)
        }
        let body = Path.smooth(
            [
                (0, -452), (-96, -400), (-138, -240), (-170, -90), (-138, -6), (0, 8), (138, -6), (170, -90),
                (138, -240), (96, -400),
            ], closed: true)
        canvas.fill(body, .horizontal(-170, 170, coat.lighter(0.05), dark))
        canvas.clipped(body) {
            canvas.fill(
                .smooth(
                    [(0, -430), (-64, -360), (-74, -200), (-50, -60), (0, -20), (50, -60), (74, -200), (64, -360)],
                    closed: true), belly, 0.92)
            if kind == .cat && coat.lightness > 0.45 && coat.lightness < 0.8 && random.chance(0.6) {
                for index in 0..<4 {
                    for side in [-1.0, 1.0] {
                        let y = -330 + Double(index) * 66
                        canvas.stroke(
                            .smooth([(side * 190, y - 8), (side * 128, y + 6), (side * 98, y + 22)]), dark.darker(0.07),
                            0.7, width: 15)
                    }
                }
            }
        }
        for side in [-1.0, 1.0] {
            canvas.stroke(
                .smooth([(side * 52, -230), (side * 60, -110), (side * 52, -22)]),
                side < 0 ? coat.lighter(0.03) : coat.darker(0.05), width: 62)
            let paw = isFox ? foxTip(coat) : belly
            if isFox { canvas.stroke(.smooth([(side * 56, -96), (side * 55, -60), (side * 52, -22)]), paw, width: 60) }
            canvas.fill(.ellipse(side * 52, -12, 48, 26), paw)
            for toe in [-14.0, 14] {
                canvas.stroke(
                    .polygon([(side * 52 + toe, -16), (side * 52 + toe, 2)], closed: false), dark, 0.7, width: 3)
            }
        }
        // Collar, then the head over it.
        if !isFox {
            canvas.stroke(.smooth([(-88, -404), (0, -374), (88, -404)]), palette.accent, width: 20)
            canvas.fill(.circle(0, -362, 17), palette.second.lighter(0.06))
        }
        drawHead(kind, coat, belly, dark)
    }

    /// Of its ears and legs.
    private func foxTip(_ coat: Colour) -> Colour {
        coat.lightness > 0.8 ? coat.darker(0.06) : Colour(0.3, 0.03, 40)
    }

    private func drawHead(_ kind: Subject, _ coat: Colour, _ belly: Colour, _ dark: Colour) {
        let (isDog, isFox) = (kind == .dog, kind == .fox)
        let pink = Colour(0.72, 0.09, 20)
        if !isDog {
            for side in [-1.0, 1.0] {
                var ear = Path()
                ear.move(side * 138, -540)
                ear.curve(side * 150, -640, side * 140, -690, side * 128, -702)
                ear.curve(side * 100, -690, side * 62, -650, side * 34, -612)
                ear.close()
                canvas.fill(ear, side < 0 ? coat.lighter(0.02) : dark)
                var inner = Path()
                inner.move(side * 122, -570)
                inner.curve(side * 130, -630, side * 126, -656, side * 121, -668)
                inner.curve(side * 104, -656, side * 82, -636, side * 64, -612)
                inner.close()
                canvas.fill(inner, isFox ? belly : pink, 0.75)
                if isFox {
                    canvas.clipped(ear) { canvas.fill(.circle(side * 130, -706, 46), foxTip(coat)) }
                }
            }
        }
        let head =
            isDog
            ? Path.smooth(
                [(0, -662), (-112, -628), (-138, -530), (-96, -420), (0, -384), (96, -420), (138, -530), (112, -628)],
                closed: true)
            : Path.smooth(
                [
                    (0, -636), (-104, -612), (-158, -520), (-124, -426), (0, -388), (124, -426), (158, -520),
                    (104, -612),
                ], closed: true)
        canvas.fill(
            head, .linear(-150, -640, 150, -400, [.init(0, coat.lighter(0.07)), .init(0.6, coat), .init(1, dark)]))
        canvas.clipped(head) {
            canvas.fill(.ellipse(0, -416, isDog ? 74 : 88, isDog ? 82 : 56), belly)
            if isFox {
                for side in [-1.0, 1.0] { canvas.fill(.ellipse(side * 106, -430, 84, 62), belly) }
            }
            if isDog {
                canvas.fill(
                    .smooth([(0, -670), (-24, -600), (-34, -470), (34, -470), (24, -600)], closed: true), belly, 0.9)
            }
            if kind == .cat {
                for stripe in [-34.0, 0, 34] {
                    canvas.stroke(
                        .polygon([(stripe, -640), (stripe * 0.72, -590)], closed: false), dark.darker(0.06), 0.6,
                        width: 12)
                }
            }
        }
        if isDog {
            for side in [-1.0, 1.0] {
                let ear = Path.smooth(
                    [
                        (side * 84, -640), (side * 150, -632), (side * 186, -540), (side * 170, -440),
                        (side * 132, -448), (side * 112, -560),
                    ], closed: true)
                canvas.fill(ear, .vertical(-640, -440, dark, dark.darker(0.07)))
            }
        }
        for side in [-1.0, 1.0] {
            let x = side * (isDog ? 56 : 64)
            let y = isDog ? -540.0 : -516
            if isDog {
                canvas.fill(.ellipse(x, y, 18, 20), Colour(0.2, 0.03, 50))
            } else {
                let (width, height) = isFox ? (26.0, 22.0) : (30, 27)
                canvas.fill(.ellipse(x, y, width, height), Colour(0.82, 0.14, isFox ? 80 : 105))
                canvas.stroke(.ellipse(x, y, width, height), palette.ink, 0.85, width: 5)
                canvas.fill(.ellipse(x, y, 11, height - 4), palette.ink.darker(0.1))
            }
            canvas.fill(.circle(x - 7, y - 8, 6.5), Colour.white)
        }
        let noseY = isDog ? -454.0 : -462
        canvas.fill(
            .smooth(
                [
                    (-22 * (isDog ? 1.5 : 1), noseY - 9), (0, noseY - 14), (22 * (isDog ? 1.5 : 1), noseY - 9),
                    (0, noseY + 16),
                ], closed: true), isDog || isFox ? Colour(0.2, 0.02, 40) : pink.darker(0.06))
        canvas.stroke(.polygon([(0, noseY + 14), (0, noseY + 30)], closed: false), palette.ink, 0.7, width: 4)
        for side in [-1.0, 1.0] {
            canvas.stroke(
                .smooth([(0, noseY + 30), (side * 18, noseY + 40), (side * 34, noseY + 30)]), palette.ink, 0.7, width: 4
            )
            if !isDog {
                for whisker in 0..<3 {
                    let y = noseY + 12 + Double(whisker) * 13
                    canvas.stroke(
                        .smooth([
                            (side * 62, y), (side * 130, y - 10 + Double(whisker) * 8),
                            (side * 196, y - 16 + Double(whisker) * 20),
                        ]), palette.paper, 0.75, width: 2.4)
                }
            }
        }
    }
}
