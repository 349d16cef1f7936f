/// Requests that belong together, as the cells of a sweep do: a plan shows them as one.
public final class RequestGroup: Sendable {
    /// Such as `sweep of 2 × 6 × 4, 48 cells`.
    public let title: String
    /// What it is made of, a line each.
    public let lines: [String]
    /// Where it was asked, such as `sweep.lua:7`.
    public let origin: String?

    public init(title: String, lines: [String], origin: String?) {
        self.title = title
        self.lines = lines
        self.origin = origin
    }
}
