/// A command line that asks for nothing known.
public struct UsageError: Error, Equatable {
    public var message: String

    public init(message: String) { self.message = message }
}
