import FluxDrawing

/// The colours of one picture: a few hues that belong together, under one light.
struct Palette {
    /// The sky or the wall, from top to horizon.
    var skyTop: Colour
    var skyLow: Colour
    /// Sun, moon, window, lamp.
    var glow: Colour
    /// Layers from the distance to the front mix from `far` to `near`.
    var far: Colour
    var near: Colour
    /// The colour that the eye goes to, and its companion.
    var accent: Colour
    var second: Colour
    var leaf: Colour
    var wood: Colour
    /// Nearly white and nearly black, in the picture's temperature.
    var paper: Colour
    var ink: Colour
    var isDark: Bool

    /// Hues that designers put together: the large areas, the accent, its companion.
    private static let schemes: [(Double, Double, Double)] = [
        (250, 50, 20), (200, 40, 88), (295, 65, 350), (160, 38, 90), (35, 200, 85), (350, 185, 60), (265, 95, 25),
        (185, 15, 70), (225, 30, 75), (60, 255, 25), (320, 55, 240), (140, 60, 20),
    ]

    init(reading: PromptReading, light: Light, raw: Bool, random: inout PictureRandom) {
        let scheme = Self.schemes[random.below(Self.schemes.count)]
        let drift = random.between(-9, 9)
        let hues = reading.colours.filter { !$0.isNeutral }
        var main = hues.first?.hue ?? scheme.0
        var accentHue =
            hues.dropFirst().first?.hue ?? reading.heroColour.map { $0.isNeutral ? scheme.1 : $0.hue } ?? scheme.1
        // One colour word alone is the large areas' colour; the accent then stands across the circle from it.
        if hues.count == 1 && reading.heroColour == nil { accentHue = main + random.sign() * random.between(130, 175) }
        // A hero in the colour of its surroundings would drown.
        if hues.isEmpty, let hero = reading.heroColour, !hero.isNeutral, Self.distance(main, hero.hue) < 60 {
            main = hero.hue + 150
        }
        main += drift
        let secondHue = hues.dropFirst(2).first?.hue ?? (Self.distance(scheme.2, accentHue) < 25 ? main + 40 : scheme.2)
        var chroma = 1.0
        switch reading.mood {
        case .pastel: chroma = 0.72
        case .vivid: chroma = 1.3
        case .muted: chroma = 0.58
        case .monochrome: chroma = 0.06
        case nil: break
        }
        if raw { chroma *= 0.55 }
        let lift = reading.mood == .pastel ? 0.06 : 0

        isDark = light == .night
        switch light {
        case .day:
            skyTop = Colour(0.78 + lift, 0.085, main)
            skyLow = Colour(0.94, 0.035, main + 20)
            glow = Colour(0.985, 0.045, 95)
            far = Colour(0.82, 0.05, main)
            near = Colour(0.36, 0.075, main - 12)
        case .morning:
            skyTop = Colour(0.83 + lift, 0.055, main)
            skyLow = Colour(0.94, 0.055, 65)
            glow = Colour(0.985, 0.06, 80)
            far = Colour(0.86, 0.04, main)
            near = Colour(0.42, 0.065, main)
        case .sunset:
            skyTop = Colour(0.5 + lift, 0.12, Self.between(main, 300, 0.45))
            skyLow = Colour(0.86, 0.125, Self.between(accentHue, 55, 0.65))
            glow = Colour(0.95, 0.1, 80)
            far = Colour(0.72, 0.11, Self.between(main, 20, 0.5))
            near = Colour(0.27, 0.075, Self.between(main, 300, 0.4))
        case .night:
            skyTop = Colour(0.19 + lift, 0.06, Self.between(main, 270, 0.5))
            skyLow = Colour(0.42 + lift, 0.1, Self.between(main, 275, 0.25))
            glow = Colour(0.95, 0.05, 95)
            far = Colour(0.4, 0.085, main)
            near = Colour(0.14, 0.035, main)
        }
        accent = Colour(0.66, 0.155, accentHue + drift)
        second = Colour(0.78, 0.12, secondHue)
        leaf = Colour(light == .night ? 0.42 : 0.55, 0.085, 150 + drift)
        wood = Colour(light == .night ? 0.4 : 0.62, 0.075, 58)
        paper = Colour(0.965, 0.014, light == .night ? main : 80)
        ink = Colour(0.21, 0.03, main)
        scaleChroma(chroma)
        if let neutral = reading.colours.first, neutral.isNeutral { whiten(neutral) }
    }

    /// Pulls the hues to those of a reference picture.
    mutating func lean(toward colours: [Colour], by share: Double) {
        guard let main = colours.first else { return }
        let accentSource = colours.max { $0.chroma < $1.chroma } ?? main
        func pull(_ colour: inout Colour, _ target: Colour) {
            colour = colour.mixed(target.at(lightness: colour.lightness), share)
        }
        pull(&skyTop, main)
        pull(&skyLow, colours.count > 1 ? colours[1] : main)
        pull(&far, main)
        pull(&near, main)
        pull(&second, colours.count > 2 ? colours[2] : accentSource)
        pull(&accent, accentSource)
        pull(&ink, main.muted(0.4))
        pull(&wood, accentSource.muted(0.6))
    }

    /// From the distance (0) to the front (1).
    func layer(_ depth: Double) -> Colour { far.mixed(near, min(max(depth, 0), 1)) }

    private mutating func scaleChroma(_ factor: Double) {
        for path in Self.all { self[keyPath: path] = self[keyPath: path].muted(factor) }
    }

    /// "white room", "black background": the large areas lose their colour and go up or down.
    private mutating func whiten(_ word: ColourWord) {
        for path in [\Palette.skyTop, \.skyLow, \.far] {
            let colour = self[keyPath: path].muted(0.35)
            self[keyPath: path] = colour.at(lightness: colour.lightness * 0.45 + word.lightness * 0.55)
        }
        isDark = skyLow.lightness < 0.5
    }

    private static var all: [WritableKeyPath<Palette, Colour>] {
        [\.skyTop, \.skyLow, \.glow, \.far, \.near, \.accent, \.second, \.leaf, \.wood, \.paper, \.ink]
    }

    private static func distance(_ a: Double, _ b: Double) -> Double {
        let difference = abs(a - b).truncatingRemainder(dividingBy: 360)
        return min(difference, 360 - difference)
    }

    /// Along the shorter way round the circle.
    private static func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
        var difference = (b - a).truncatingRemainder(dividingBy: 360)
        if difference > 180 { difference -= 360 }
        if difference < -180 { difference += 360 }
        return a + difference * share
    }
}
