#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// A colour in OKLab, where equal steps look equal: mixtures stay clean and palettes keep their balance.
package struct Colour {
    package var lightness: Double
    package var a: Double
    package var b: Double

    package init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// - Parameters:
    ///   - lightness: 0 black … 1 white.
    ///   - chroma: 0 grey … about 0.3.
    ///   - hue: degrees; 30 red, 60 orange, 95 yellow, 145 green, 195 teal, 255 blue, 300 violet, 350 pink.
    package init(_ lightness: Double, _ chroma: Double, _ hue: Double) {
        let angle = hue * .pi / 180
        self.init(lightness: lightness, a: chroma * cos(angle), b: chroma * sin(angle))
    }

    /// From sRGB bytes.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        func linear(_ byte: UInt8) -> Double {
            let value = Double(byte) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        let (r, g, b) = (linear(red), linear(green), linear(blue))
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        self.init(
            lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
    }

    package var chroma: Double { (a * a + b * b).squareRoot() }
    package var hue: Double {
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    package func mixed(_ other: Colour, _ share: Double) -> Colour {
        Colour(
            lightness: lightness + (other.lightness - lightness) * share, a: a + (other.a - a) * share,
            b: b + (other.b - b) * share)
    }

    package func lighter(_ amount: Double) -> Colour {
        Colour(lightness: min(1, lightness + amount), a: a, b: b)
    }

    package func darker(_ amount: Double) -> Colour {
        Colour(lightness: max(0, lightness - amount), a: a, b: b)
    }

    package func muted(_ factor: Double) -> Colour {
        Colour(lightness: lightness, a: a * factor, b: b * factor)
    }

    package func at(lightness: Double) -> Colour { Colour(lightness: lightness, a: a, b: b) }

    /// sRGB, 0…1 each. What sRGB cannot show loses chroma, not hue.
    package var rgb: (red: Double, green: Double, blue: Double) {
        var colour = self
        for _ in 0..<12 {
            let linear = colour.linear
            if min(linear.0, linear.1, linear.2) >= -0.002 && max(linear.0, linear.1, linear.2) <= 1.002 { break }
            colour = colour.muted(0.9)
        }
        func encoded(_ value: Double) -> Double {
            let clamped = min(max(value, 0), 1)
            return clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * pow(clamped, 1 / 2.4) - 0.055
        }
        let (r, g, b) = colour.linear
        return (encoded(r), encoded(g), encoded(b))
    }

    private var linear: (Double, Double, Double) {
        let l = lightness + 0.3963377774 * a + 0.2158037573 * b
        let m = lightness - 0.1055613458 * a - 0.0638541728 * b
        let s = lightness - 0.0894841775 * a - 1.2914855480 * b
        let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
        return (
            4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
            -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
            -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3
        )
    }

    package static let white = Colour(1, 0, 0)
    package static let black = Colour(0, 0, 0)
}
