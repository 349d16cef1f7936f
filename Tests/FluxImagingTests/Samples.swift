import FluxImaging
import Foundation

/// Pictures that tests make for themselves.
enum Samples {
    /// Smooth colours with an edge in it, so that every codec has something to do.
    static func picture(width: Int = 48, height: Int = 32, transparent: Bool = false) throws -> Raster {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let edge = x > width / 2 ? 60 : 0
                pixels.append(UInt8(x * 180 / width + edge))
                pixels.append(UInt8(y * 200 / height))
                pixels.append(UInt8((x + y) * 200 / (width + height)))
                pixels.append(transparent ? UInt8(255 - x * 255 / width) : 255)
            }
        }
        return try Raster(width: width, height: height, pixels: pixels)
    }

    static let written: [ImageFormat] = [.jpg, .png, .webp]

    /// A GIF of 3×2 pixels, header and nothing else of interest.
    static let gif: [UInt8] = Array("GIF89a".utf8) + [3, 0, 2, 0, 0, 0, 0, 0x3B]

    /// Two frames of 3×2 pixels: red, green, blue, white, black, grey; then all grey.
    static let animatedGIF = decoded(
        """
        R0lGODlhAwACAIIAAP8AAAD/AAAA/////wAAAICAgAAAAAAAACH5BAAKAAAALAAAAAADAAIAAAgJAAEEEDCAQIGAACH5BAAKAAAALAAAAAADAAIA
        gv8AAAD/AAAA/////wAAAICAgAAAAAAAAAgGAAsIHBgQADs=
        """)

    /// 4×11 pixels, interlaced: the first column transparent, the others row by row (10y, 20y, 255 - 20y).
    static let interlacedGIF = decoded(
        """
        R0lGODlhBAALAIMAAAAA/woU6xQo1x48wyhQrzJkmzx4h0aMc1CgX1q0S2TIN27cIwAAAAAAAAAAAAAAACH5BAEAAAsALAAAAAAEAAsAAAgoABcA
        GLgggMEFAhIuGMBwAYGHCwpIXGCg4oIDGBcg2LgggccFCkIGBAA7
        """)

    private static func decoded(_ base64: String) -> [UInt8] {
        Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }

    /// Mean absolute difference of the colour bytes.
    static func difference(_ a: Raster, _ b: Raster) -> Double {
        guard a.size == b.size else { return .infinity }
        let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        return Double(sum) / Double(a.pixels.count)
    }
}
