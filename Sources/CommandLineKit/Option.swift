/// What is told of an option: by help, completion, the manual page and the documentation.
public struct OptionDescription: Sendable {
    /// As they are typed: `["-h", "--help"]`.
    public var names: [String]
    /// What stands for the value in help, such as `FILE`; nil for an option that takes none.
    public var placeholder: String?
    public var help: String
    public var completion = ValueCompletion.none
    /// Whether it may be given several times.
    public var isRepeatable = false

    public init(
        names: [String], placeholder: String? = nil, help: String, completion: ValueCompletion = .none,
        isRepeatable: Bool = false
    ) {
        self.names = names
        self.placeholder = placeholder
        self.help = help
        self.completion = completion
        self.isRepeatable = isRepeatable
    }

    /// `--ledger FILE`, `-h, --help`
    public var signature: String {
        let names = names.joined(separator: ", ")
        return placeholder.map { "\(names) \($0)" } ?? names
    }

    static let help = OptionDescription(names: ["-h", "--help"], help: "print this")
}

/// An option of a command: its description, and what it changes in the command's values.
public struct Option<Target>: Sendable {
    public typealias Action =
        @Sendable (_ target: inout Target, _ value: String, _ name: String) throws(UsageError) -> Void

    public var description: OptionDescription
    let apply: Action
    /// Whatever follows is not looked at.
    var endsParsing = false

    public init(_ description: OptionDescription, apply: @escaping Action) {
        self.description = description
        self.apply = apply
    }

    /// The same option of a command whose values hold those of another.
    public func lifted<Outer>(_ path: WritableKeyPath<Outer, Target> & Sendable) -> Option<Outer> {
        let apply = apply
        var lifted = Option<Outer>(description) { outer, value, name throws(UsageError) in
            try apply(&outer[keyPath: path], value, name)
        }
        lifted.endsParsing = endsParsing
        return lifted
    }

    /// After it nothing else is read, as after `--version`.
    public func endingParsing() -> Option {
        var option = self
        option.endsParsing = true
        return option
    }
}

extension Option {
    /// An option without a value.
    public static func flag(
        _ names: String..., help: String, _ path: WritableKeyPath<Target, Bool> & Sendable
    ) -> Option {
        Option(OptionDescription(names: names, help: help)) { target, _, _ in target[keyPath: path] = true }
    }

    /// A value that is taken as it is typed.
    public static func text(
        _ names: String..., placeholder: String, help: String, completion: ValueCompletion = .none,
        _ path: WritableKeyPath<Target, String?> & Sendable
    ) -> Option {
        Option(
            OptionDescription(names: names, placeholder: placeholder, help: help, completion: completion)
        ) { target, value, _ in target[keyPath: path] = value }
    }

    /// Values that are taken as they are typed, one each time that the option is given.
    public static func texts(
        _ names: String..., placeholder: String, help: String, completion: ValueCompletion = .none,
        _ path: WritableKeyPath<Target, [String]> & Sendable
    ) -> Option {
        Option(
            OptionDescription(
                names: names, placeholder: placeholder, help: help, completion: completion, isRepeatable: true)
        ) { target, value, _ in target[keyPath: path].append(value) }
    }

    /// A value that is read by `read`, which gives nil for what cannot be meant.
    /// - Parameter rule: what the message says then, behind "must be".
    public static func value<Value>(
        _ names: String..., placeholder: String, mustBe rule: String, help: String,
        completion: ValueCompletion = .none, read: @escaping @Sendable (String) -> Value?,
        store: @escaping @Sendable (inout Target, Value) -> Void
    ) -> Option {
        Option(
            OptionDescription(names: names, placeholder: placeholder, help: help, completion: completion)
        ) { target, text, name throws(UsageError) in
            guard let value = read(text) else {
                throw UsageError(message: "'\(name)' must be \(rule) (got '\(text)')")
            }
            store(&target, value)
        }
    }

    /// One of a few words.
    public static func choice(
        _ names: String..., placeholder: String, of words: [String], help: String,
        store: @escaping @Sendable (inout Target, String) -> Void
    ) -> Option {
        Option(
            OptionDescription(names: names, placeholder: placeholder, help: help, completion: .words(words))
        ) { target, text, name throws(UsageError) in
            guard words.contains(text) else {
                throw UsageError(message: "'\(name)' must be \(words.alternatives) (got '\(text)')")
            }
            store(&target, text)
        }
    }

    /// A whole number.
    public static func count(
        _ names: String..., placeholder: String = "N", in range: ClosedRange<Int>, help: String,
        _ path: WritableKeyPath<Target, Int> & Sendable
    ) -> Option {
        Option(OptionDescription(names: names, placeholder: placeholder, help: help)) {
            target, text, name throws(UsageError) in
            guard let count = Int(text), range.contains(count) else {
                throw UsageError(
                    message: "'\(name)' must be a whole number from \(range.lowerBound) on (got '\(text)')")
            }
            target[keyPath: path] = count
        }
    }
}

/// Options under a heading of their own in help.
public struct OptionGroup<Target>: Sendable {
    public var title: String
    public var options: [Option<Target>]

    public init(_ title: String = "options", _ options: [Option<Target>]) {
        self.title = title
        self.options = options
    }

    /// The same options of a command whose values hold those of another.
    /// - Parameter left: names of options that this command does not take.
    public func lifted<Outer>(
        _ path: WritableKeyPath<Outer, Target> & Sendable, without left: Set<String> = []
    ) -> OptionGroup<Outer> {
        OptionGroup<Outer>(
            title, options.filter { left.isDisjoint(with: $0.description.names) }.map { $0.lifted(path) })
    }
}

extension [String] {
    /// `a, b or c`
    var alternatives: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " or " + self[count - 1]
    }
}
