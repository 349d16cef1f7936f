/// A width and a height in pixels.
public struct PixelSize: Sendable, Hashable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The largest size of the same shape that lies inside `bounds`; never larger than this one, never empty.
    public func fitted(within bounds: PixelSize) -> PixelSize {
        guard width > bounds.width || height > bounds.height, width > 0, height > 0 else { return self }
        let scale = min(Double(bounds.width) / Double(width), Double(bounds.height) / Double(height))
        return PixelSize(
            width: max(1, min(bounds.width, Int((Double(width) * scale).rounded()))),
            height: max(1, min(bounds.height, Int((Double(height) * scale).rounded()))))
    }
}
