/// Requests that belong together, as the cells of a sweep do: a plan shows them as one.
public final class RequestGroup: Sendable {
    /// What its requests differ in.
    public struct Axis: Sendable {
        public var name: String
        /// What its values are called.
        public var labels: [String]

        public init(name: String, labels: [String]) {
            self.name = name
            self.labels = labels
        }
    }

    /// Such as `sweep of 2 × 6 × 4, 48 cells`.
    public let title: String
    /// What it is made of, a line each.
    public let lines: [String]
    public let axes: [Axis]
    /// Its seeds are drawn for each run, and other ones in the next.
    public let drawsSeeds: Bool
    /// Where it was asked, such as `sweep.lua:7`.
    public let origin: String?

    public init(title: String, lines: [String], axes: [Axis] = [], drawsSeeds: Bool = false, origin: String?) {
        self.title = title
        self.lines = lines
        self.axes = axes
        self.drawsSeeds = drawsSeeds
        self.origin = origin
    }
}
