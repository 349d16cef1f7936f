import FluxImaging

/// The format of a picture's file: this is the local service's rule where a request names none.
package enum PictureFormat {
    /// - Parameters:
    ///   - asked: as requests spell it; some models say `jpeg`.
    ///   - cutsOut: the picture may be transparent.
    package static func of(_ asked: String?, cutsOut: Bool) -> ImageFormat {
        guard let asked else { return cutsOut ? .png : .jpg }
        return ImageFormat(rawValue: asked) ?? .jpg
    }
}
