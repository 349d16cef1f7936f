/// What is told of an argument.
public struct ArgumentDescription: Sendable {
    /// How often it may stand there.
    public enum Occurrence: Sendable {
        case once
        case atMostOnce
        case severalTimes
        /// It ends the options of the command: what follows belongs to it, as to a script.
        case withAllThatFollows
    }

    /// `FILE`
    public var placeholder: String
    public var occurrence: Occurrence
    /// Empty where the command's text says it.
    public var help: String
    public var completion = ValueCompletion.none

    /// As in the usage line: `FILE...`, `[FILE]`.
    public var signature: String {
        switch occurrence {
        case .once: placeholder
        case .atMostOnce: "[\(placeholder)]"
        case .severalTimes: "\(placeholder)..."
        case .withAllThatFollows: "\(placeholder) [args]"
        }
    }
}

/// An argument of a command, and what it changes in the command's values.
public struct Argument<Target>: Sendable {
    /// - Parameter index: where it stands in the whole command line.
    public typealias Action =
        @Sendable (_ target: inout Target, _ text: String, _ index: Int) throws(UsageError) -> Void

    public var description: ArgumentDescription
    /// What is said when it is not there; nil where it need not be.
    let whenMissing: String?
    let apply: Action

    /// - Parameter whenMissing: what is said when it is not there; nil where it need not be.
    public init(
        _ placeholder: String, _ occurrence: ArgumentDescription.Occurrence = .once, help: String = "",
        completion: ValueCompletion = .none, whenMissing: String? = nil, apply: @escaping Action
    ) {
        description = ArgumentDescription(
            placeholder: placeholder, occurrence: occurrence, help: help, completion: completion)
        self.whenMissing = whenMissing
        self.apply = apply
    }

    /// The same argument of a command whose values hold those of another.
    public func lifted<Outer>(
        _ path: WritableKeyPath<Outer, Target> & Sendable, help: String
    ) -> Argument<Outer> {
        let apply = apply
        return Argument<Outer>(
            description.placeholder, description.occurrence, help: help, completion: description.completion,
            whenMissing: whenMissing
        ) { outer, text, index throws(UsageError) in try apply(&outer[keyPath: path], text, index) }
    }
}
