import FluxImaging

/// The smallest pictures that pass for pictures.
enum SamplePictures {
    /// A GIF whose header tells the size; `mark` makes its content another one.
    static func gif(width: UInt8 = 4, height: UInt8 = 3, mark: Int = 0) -> [UInt8] {
        Array("GIF89a".utf8) + [width, 0, height, 0, 0, 0, 0] + Array("\(mark);".utf8)
    }
}
