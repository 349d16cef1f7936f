import FluxDrawing

/// What a scene is drawn with. One painting, one thread.
final class Stage {
    let canvas: Canvas
    let palette: Palette
    let reading: PromptReading
    let light: Light
    let raw: Bool
    var random: PictureRandom
    /// −1: light falls from the left; 1: from the right.
    let lightSide: Double
    /// Units at the lower edge that a label will cover.
    let reserve: Double

    init(
        canvas: Canvas, palette: Palette, reading: PromptReading, light: Light, raw: Bool, random: PictureRandom,
        reserve: Double
    ) {
        self.canvas = canvas
        self.palette = palette
        self.reading = reading
        self.light = light
        self.raw = raw
        self.random = random
        self.reserve = reserve
        lightSide = self.random.sign()
    }

    var width: Double { canvas.width }
    /// Down to the label.
    var height: Double { canvas.height - reserve }
    /// The hero's own colour: the one that the prompt gives it, or the accent.
    var heroColour: Colour {
        guard let word = reading.heroColour ?? (reading.hero != nil ? nil : reading.colours.dropFirst().first) else {
            return palette.accent
        }
        return raw ? word.colour.muted(0.7) : word.colour
    }

    /// The same scene's things on another canvas, such as a soft layer.
    func on(_ canvas: Canvas, _ body: (Stage) -> Void) {
        let stage = Stage(
            canvas: canvas, palette: palette, reading: reading, light: light, raw: raw, random: random,
            lightSide: lightSide, reserve: reserve)
        body(stage)
        random = stage.random
    }

    private init(
        canvas: Canvas, palette: Palette, reading: PromptReading, light: Light, raw: Bool, random: PictureRandom,
        lightSide: Double, reserve: Double
    ) {
        self.canvas = canvas
        self.palette = palette
        self.reading = reading
        self.light = light
        self.raw = raw
        self.random = random
        self.lightSide = lightSide
        self.reserve = reserve
    }

    /// The whole picture.
    func perform() {
        if let hero = reading.hero {
            switch hero {
            case .cup: drawCup()
            case .cat, .dog, .fox: drawPet(hero)
            case .portrait: drawPortrait()
            case .flower: drawFlowers()
            case .car: drawCar()
            default: drawProduct()
            }
        } else if let place = reading.place {
            draw(place: place)
        } else {
            drawAbstract()
        }
    }

    /// Whether the ground is white.
    var isSnowy: Bool { reading.mentions("snow", "schnee", "nieve", "눈밭", "雪") }

    func draw(place: Subject) {
        switch place {
        case .room: drawRoom()
        case .city: drawCity()
        case .sea: drawSea()
        case .sky: drawSky()
        default: drawLandscape()
        }
    }

    /// What stands behind a hero: the prompt's place out of focus, or a plain wall with light on it.
    /// - Returns: whether a place was drawn.
    @discardableResult
    func drawBackdrop() -> Bool {
        guard let place = reading.place else {
            drawWall()
            return false
        }
        canvas.soft(1 / 5, blur: 7) { layer in
            on(layer) { $0.draw(place: place) }
            // Air between the hero and what is behind it.
            layer.flood(.flat(palette.skyLow, palette.isDark ? 0.12 : 0.22))
        }
        return true
    }

    /// A wall with the light of a window on it.
    func drawWall() {
        let (w, h) = (width, height)
        let wall = palette.isDark ? palette.layer(0.55) : palette.skyLow.mixed(palette.skyTop, 0.45)
        let slant = random.between(60, 150) * lightSide
        let panes = random.chance(0.6)
        let x = w * (0.5 - 0.18 * lightSide) + random.between(-60, 60)
        canvas.soft(1 / 6, blur: 9) { layer in
            layer.flood(.vertical(0, h, wall.lighter(0.03), wall.darker(0.07)))
            layer.flood(
                .glow(
                    w * (0.5 + 0.42 * lightSide), h * 0.1, max(w, h) * 0.85, palette.glow, palette.isDark ? 0.35 : 0.5))
            guard panes else {
                layer.fill(.circle(w * 0.5, h * 0.4, 330), palette.glow.mixed(wall, 0.35), 0.65)
                return
            }
            let paneWidth = 150.0
            let paneHeight = h * 0.22
            for column in 0..<2 {
                for row in 0..<3 {
                    let left = x - paneWidth + Double(column) * (paneWidth + 22)
                    let top = h * 0.06 + Double(row) * (paneHeight + 20)
                    let shift = slant * (top / h) * 1.6
                    let end = slant * ((top + paneHeight) / h) * 1.6
                    layer.fill(
                        .polygon([
                            (left + shift, top), (left + paneWidth + shift, top + 18),
                            (left + paneWidth + end, top + paneHeight + 18), (left + end, top + paneHeight),
                        ]), palette.glow, palette.isDark ? 0.2 : 0.5)
                }
            }
        }
    }

    /// A dark spot under something that stands; soft, and longer on the side away from the light.
    func drawShadow(_ x: Double, _ y: Double, _ rx: Double, _ ry: Double, _ alpha: Double = 0.42) {
        let reach = rx * 0.75 * -lightSide
        let shade = palette.ink.darker(0.05)
        canvas.placed(x + reach * 0.5, y, scaleX: 1, scaleY: ry / rx * 1.1) {
            canvas.fill(
                .circle(0, 0, rx * 1.55),
                .radial(
                    0, 0, rx * 1.55, [.init(0, shade, alpha), .init(0.55, shade, alpha * 0.45), .init(1, shade, 0)]))
        }
        canvas.placed(x, y, scaleX: 1, scaleY: ry / rx * 0.75) {
            canvas.fill(
                .circle(0, 0, rx * 1.06),
                .radial(0, 0, rx * 1.06, [.init(0.6, shade, alpha), .init(1, shade, 0)]))
        }
    }

    /// A leaf from its foot, pointing up, for `canvas.placed`.
    func leaf(length: Double, width: Double) -> Path {
        var path = Path()
        path.move(0, 0)
        path.curve(width, -length * 0.25, width * 0.8, -length * 0.75, 0, -length)
        path.curve(-width * 0.8, -length * 0.75, -width, -length * 0.25, 0, 0)
        path.close()
        return path
    }
}
