/// Why a picture could not be read or written. Its description is one line that a person can read.
public enum ImagingError: Error, Hashable, CustomStringConvertible {
    /// The bytes begin like none of the known formats.
    case unknownFormat
    /// The file is of a known format but cut short or broken; `detail` is the codec's reason.
    case damaged(ImageFormat, detail: String)
    /// The picture has more pixels than the caller allows.
    case tooLarge(width: Int, height: Int, maximumPixels: Int)
    /// The disk, or whatever else the bytes come from, has failed; `detail` says how.
    case unreadable(detail: String)
    /// A valid request that this room does not serve, such as writing GIF.
    case unsupported(String)
    /// The encoder refused the picture; `detail` is its reason.
    case encodingFailed(ImageFormat, detail: String)

    public var description: String {
        switch self {
        case .unknownFormat:
            "not a PNG, JPEG, WebP or GIF picture"
        case .damaged(let format, let detail):
            "the \(format.name) picture is damaged: \(detail)"
        case .tooLarge(let width, let height, let maximumPixels):
            "the picture is too large: \(width)×\(height) pixels, the limit is \(maximumPixels) pixels"
        case .unreadable(let detail):
            detail
        case .unsupported(let what):
            what
        case .encodingFailed(let format, let detail):
            "could not write the \(format.name) picture: \(detail)"
        }
    }
}
