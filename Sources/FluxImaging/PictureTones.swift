/// How dark and how bright a picture gets, and whether anything of it is transparent: what tells a mask from what is none.
public struct PictureTones: Sendable, Hashable {
    /// 0 black … 255 white, of all pixels, whatever their transparency.
    public var darkest: UInt8
    public var brightest: UInt8
    public var isOpaque: Bool

    public init(_ raster: Raster) {
        var (darkest, brightest, alpha): (UInt32, UInt32, UInt8) = (255, 0, 255)
        raster.pixels.withUnsafeBufferPointer { pixels in
            for index in stride(from: 0, to: pixels.count, by: 4) {
                // Rec. 601, in 256ths.
                let tone =
                    (UInt32(pixels[index]) &* 77 &+ UInt32(pixels[index + 1]) &* 150 &+ UInt32(pixels[index + 2]) &* 29)
                    &>> 8
                darkest = min(darkest, tone)
                brightest = max(brightest, tone)
                alpha &= pixels[index + 3]
            }
        }
        self.darkest = UInt8(darkest)
        self.brightest = UInt8(brightest)
        isOpaque = alpha == 255
    }

    /// Of grey values of an opaque picture.
    public init(grey: some Sequence<UInt8>) {
        (darkest, brightest, isOpaque) = (255, 0, true)
        for tone in grey {
            darkest = min(darkest, tone)
            brightest = max(brightest, tone)
        }
    }

    /// As a mask: whether anything is nearer to white, which is repainted, than to black.
    public var hasWhite: Bool { brightest >= 128 }
    /// As a mask: whether anything is nearer to black, which is kept, than to white.
    public var hasBlack: Bool { darkest < 128 }
}
