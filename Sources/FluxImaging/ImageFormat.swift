/// The file formats that the service takes or gives (contract §3, §7).
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpg
    case png
    case webp
    case gif

    /// The format that the first bytes show, whatever the file is called; nil for anything else.
    public static func detect(_ bytes: some Collection<UInt8>) -> ImageFormat? {
        let head = Array(bytes.prefix(12))
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpg }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.starts(with: "GIF87a".utf8) || head.starts(with: "GIF89a".utf8) { return .gif }
        if head.count == 12, head.starts(with: "RIFF".utf8), head[8...].elementsEqual("WEBP".utf8) { return .webp }
        return nil
    }

    /// Extension of a file name, without the dot.
    public var fileExtension: String { rawValue }

    /// Such as `image/jpeg`.
    public var mimeType: String {
        switch self {
        case .jpg: "image/jpeg"
        case .png: "image/png"
        case .webp: "image/webp"
        case .gif: "image/gif"
        }
    }

    /// As written in a sentence.
    public var name: String {
        switch self {
        case .jpg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        case .gif: "GIF"
        }
    }
}
