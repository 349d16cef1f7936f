// What the parameters of the typed requests can be set to (contract §3).

/// Size of a picture of ``Flux2Pro``.
public enum Resolution: String, Sendable, Hashable, CaseIterable {
    case halfMegapixel = "0.5MP"
    case oneMegapixel = "1MP"
    /// What the service assumes.
    case twoMegapixels = "2MP"
    case fourMegapixels = "4MP"
    /// That of the reference picture.
    case matchingInput = "match_input_image"
}

/// Width to height. The five named ones are documented for every model; the service takes others too.
public struct AspectRatio: Sendable, Hashable, CustomStringConvertible {
    public static let square = AspectRatio(1, 1)
    public static let portrait = AspectRatio(3, 4)
    public static let landscape = AspectRatio(4, 3)
    public static let tall = AspectRatio(9, 16)
    public static let wide = AspectRatio(16, 9)

    public var width: Int
    public var height: Int

    /// Both above zero.
    public init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }

    /// As the service writes it: `16:9`.
    public var description: String { "\(width):\(height)" }
}

/// File format of a picture.
public enum OutputFormat: String, Sendable, Hashable, CaseIterable {
    /// What the service assumes.
    case jpg
    case png
    case webp
}

/// Where ``FluxFillPro`` extends a picture.
public enum Outpainting: String, Sendable, Hashable, CaseIterable {
    case zoomOutByHalf = "Zoom out 1.5x"
    case zoomOutTwice = "Zoom out 2x"
    case makeSquare = "Make square"
    case left = "Left outpaint"
    case right = "Right outpaint"
    case top = "Top outpaint"
    case bottom = "Bottom outpaint"
}

/// Collects the parameters that are set.
struct ParameterList {
    private(set) var values: [String: JSONValue] = [:]

    mutating func set(_ name: String, _ value: Bool?) { values[name] = value.map(JSONValue.bool) }
    mutating func set(_ name: String, _ value: Int?) { values[name] = value.map { .integer(Int64($0)) } }
    mutating func set(_ name: String, _ value: Int64?) { values[name] = value.map(JSONValue.integer) }
    mutating func set(_ name: String, _ value: String?) { values[name] = value.map(JSONValue.string) }

    /// Whole numbers go out as such: `1`, not `1.0`.
    mutating func set(_ name: String, _ value: Double?) {
        values[name] = value.map { number in Int64(exactly: number).map(JSONValue.integer) ?? .number(number) }
    }
}
