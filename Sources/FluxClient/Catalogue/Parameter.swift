/// One parameter of a model: its type, range, step and default (contract §3).
public struct Parameter: Sendable {
    /// What values a parameter takes.
    public enum Kind: Sendable, Hashable {
        case boolean
        case integer(ClosedRange<Int64>?)
        case number(ClosedRange<Double>, step: Double?)
        case choice([String])
        /// One of a few numbers.
        case numberChoice([Double])
        case text(length: ClosedRange<Int>)
        /// `W:H`; `documented` are those of the product page.
        case aspectRatio(documented: [String])
        /// The URL of one picture.
        case image
        /// A list of URLs of pictures, at most so many; `Int.max` where nobody tells a limit.
        case images(limit: Int)
    }

    /// The service's spelling, such as `image_prompt_strength`.
    public let name: String
    /// What values the service accepts.
    public let kind: Kind
    /// Whether the service refuses a request without it.
    public let isRequired: Bool
    /// What the service assumes when the parameter is absent.
    public let defaultValue: JSONValue?
    /// The narrower values that the model's product page documents; nil when it says nothing narrower. A value outside
    /// gives a warning, never an error (contract §9).
    public let documented: Kind?
    /// Whether the model's product page lists the parameter; if not, its use gives a warning (contract §9).
    public let isDocumented: Bool
    /// One line for help texts and editors.
    public let summary: String

    public init(
        _ name: String, _ kind: Kind, isRequired: Bool = false, defaultValue: JSONValue? = nil,
        documented: Kind? = nil, isDocumented: Bool = true, summary: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.documented = documented
        self.isDocumented = isDocumented
        self.summary = summary
    }
}
