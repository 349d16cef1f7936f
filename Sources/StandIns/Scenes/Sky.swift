import FluxDrawing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

extension Stage {
    /// A great moon, sun or ringed planet over a quiet land.
    func drawSky() {
        let (w, h) = (width, height)
        let isSpace = reading.mentions("planet", "space", "galaxy", "cosmos", "universe", "astronaut", "우주", "宇宙")
        // Space in brown or green looks like mud: whatever the palette, it keeps to blue and violet.
        let hue = palette.skyTop.hue
        let night = Colour(0.36, 0.1, (215...320).contains(hue) ? hue : 255 + random.between(0, 50))
        let isSun = reading.mentions("sun", "sky", "cloud") && light != .night
        if isSun {
            drawHeaven(horizon: h * 0.82, withDisc: false)
        } else {
            let top = Colour(0.15, 0.05, palette.skyTop.hue)
            let low = Colour(0.38, 0.11, palette.skyLow.hue + 20)
            canvas.soft(1 / 8, blur: 16) { layer in
                layer.flood(.vertical(0, h, top, low))
                for index in 0..<7 {
                    let colour = [palette.accent, palette.second, palette.skyTop.at(lightness: 0.5)][index % 3]
                    let x = random.between(0, w)
                    let y = random.between(0, h * 0.8)
                    let reach = random.between(220, 520)
                    layer.placed(x, y, turn: -30 * lightSide, scaleY: 0.45) {
                        layer.fill(.circle(0, 0, reach), .glow(0, 0, reach, colour, 0.34))
                    }
                }
            }
            drawStars(Int(w * h / 5_200), below: h)
            drawBrightStars()
        }
        let x = w * (0.5 + lightSide * random.between(0.02, 0.14))
        let y = h * random.between(0.36, 0.44)
        let radius = random.between(200, 280)
        drawGlobe(x, y, radius, isSun: isSun, ringed: isSpace && (reading.mentions("ring") || random.chance(0.7)))
        if isSun { drawClouds() }
        if isSpace {
            drawGlobe(x - lightSide * w * 0.33, y - h * 0.22, radius * 0.2, isSun: false, ringed: false)
        } else {
            let land = isSun ? palette.layer(0.7) : night.at(lightness: 0.17).muted(0.5)
            for index in 0..<3 {
                let base = h * (0.76 + 0.08 * Double(index))
                let phase = random.between(0, 6.28)
                let points = stride(from: -20.0, through: w + 40, by: 50).map {
                    ($0, base + sin($0 / 190 + phase) * 22 + sin($0 / 71 + phase * 2) * 7)
                }
                let colour = land.lighter(0.13 - 0.065 * Double(index))
                canvas.fill(
                    .polygon(points + [(w + 40, h), (-20, h)]), .vertical(base - 30, h, colour, colour.darker(0.05)))
                drawMist(base + 20, isSun ? palette.skyLow : palette.accent, 0.16)
            }
        }
    }

    /// Heaped clouds with flat feet, the nearer ones larger and lower.
    private func drawClouds() {
        for index in 0..<5 {
            let depth = Double(index) / 4
            let size = 150 + 190 * depth
            let x = width * ((Double(index) * 0.37 + random.between(0, 0.3)).truncatingRemainder(dividingBy: 1.1))
            let foot = height * (0.3 + 0.44 * depth) + random.between(-30, 30)
            let white = palette.paper.mixed(palette.glow, 0.4)
            let shade = palette.skyLow.mixed(palette.skyTop, 0.55)
            var cloud = Path.rounded(x - size, foot - size * 0.24, size * 2, size * 0.24, size * 0.12)
            for (share, rise) in [(-0.55, 0.26), (-0.1, 0.42), (0.36, 0.33), (0.68, 0.2)] {
                let radius = size * rise * random.between(0.85, 1.1)
                cloud.add(.circle(x + share * size, foot - size * 0.2, radius))
            }
            canvas.clipped(.rect(0, 0, width, foot)) {
                canvas.fill(
                    cloud,
                    .linear(
                        0, foot - size * 0.6, 0, foot,
                        [.init(0, white, 0.96), .init(0.6, white, 0.9), .init(1, shade, 0.75)]))
            }
        }
    }

    private func drawBrightStars() {
        for _ in 0..<6 {
            let x = random.between(0, width)
            let y = random.between(0, height * 0.7)
            let size = random.between(9, 20)
            canvas.fill(.circle(x, y, size * 2), .glow(x, y, size * 2, palette.paper, 0.55))
            var star = Path()
            star.move(x, y - size)
            star.curve(x, y, x, y, x + size, y)
            star.curve(x, y, x, y, x, y + size)
            star.curve(x, y, x, y, x - size, y)
            star.curve(x, y, x, y, x, y - size)
            star.close()
            canvas.fill(star, palette.paper, 0.95)
        }
    }

    private func drawGlobe(_ x: Double, _ y: Double, _ radius: Double, isSun: Bool, ringed: Bool) {
        let body =
            isSun
            ? palette.glow.mixed(palette.second, 0.4) : ringed ? heroColour : palette.glow.mixed(palette.skyLow, 0.14)
        let turn = -18 * lightSide
        func ring(front: Bool) {
            canvas.placed(x, y, turn: turn, scaleY: 0.26) {
                let (from, to) = front ? (0.0, 180.0) : (180.0, 360.0)
                canvas.stroke(
                    .arc(0, 0, radius * 1.66, radius * 1.66, from: from, to: to), palette.second, 0.75,
                    width: radius * 0.2)
                canvas.stroke(
                    .arc(0, 0, radius * 1.42, radius * 1.42, from: from, to: to), palette.paper, 0.6,
                    width: radius * 0.07)
            }
        }
        if ringed { ring(front: false) }
        canvas.soft(1 / 8) { $0.fill(.circle(x, y, radius * 2.1), .glow(x, y, radius * 2.1, body, 0.6)) }
        canvas.fill(.circle(x, y, radius), .vertical(y - radius, y + radius, body.lighter(0.03), body.darker(0.06)))
        canvas.clipped(.circle(x, y, radius)) {
            if ringed {
                for index in 0..<6 {
                    let bandY = y + radius * (-0.8 + 0.32 * Double(index)) + random.between(-14, 14)
                    canvas.placed(x, bandY, turn: turn) {
                        canvas.fill(
                            .ellipse(0, 0, radius * 1.1, radius * random.between(0.04, 0.1)),
                            palette.paper, 0.16)
                    }
                }
            } else if !isSun {
                for _ in 0..<13 {
                    let angle = random.between(0, 6.28)
                    let distance = random.between(0, 0.85) * radius
                    let size = radius * random.between(0.05, 0.2)
                    let craterX = x + cos(angle) * distance
                    let craterY = y + sin(angle) * distance
                    canvas.fill(.circle(craterX, craterY, size), body.darker(0.07), 0.55)
                    canvas.fill(
                        .circle(craterX + lightSide * size * 0.14, craterY - size * 0.12, size * 0.84),
                        body.darker(0.035), 0.7)
                }
            }
            if !isSun {
                // The side away from the light falls into the dark.
                let litX = x + lightSide * radius * 0.45
                let litY = y - radius * 0.35
                canvas.fill(
                    .circle(x, y, radius * 1.05),
                    .radial(
                        litX, litY, radius * 1.75,
                        [.init(0, palette.ink, 0), .init(0.52, palette.ink, 0.06), .init(1, palette.ink, 0.82)]))
            }
        }
        if ringed { ring(front: true) }
    }
}
