/// A command: what is told of it, and how its words become its values.
public struct CommandDeclaration<Target: Sendable>: Sendable {
    public var description: CommandDescription
    let options: [Option<Target>]
    let arguments: [Argument<Target>]

    /// - Parameters:
    ///   - discussion: what it does, in paragraphs. Lines that begin with a space stay as they are.
    ///   - usage: lines behind the program's name; empty: made from arguments and options.
    public init(
        _ name: String, _ summary: String, discussion: String = "", usage: [String] = [],
        arguments: [Argument<Target>] = [], options: [OptionGroup<Target>] = [], sections: [HelpSection] = [],
        examples: [Example] = [], variables: [EnvironmentVariable] = [], exitStatuses: [ExitStatusDescription] = []
    ) {
        self.arguments = arguments
        self.options = options.flatMap(\.options)
        var groups = options.map { group in
            CommandDescription.Options(title: group.title, options: group.options.map(\.description))
        }
        // Each command has it, at the end of what it has.
        if groups.count != 1, groups.last?.title != "other options" {
            groups.append(CommandDescription.Options(title: groups.isEmpty ? "options" : "other options", options: []))
        }
        groups[groups.count - 1].options.append(.help)
        description = CommandDescription(
            name: name, summary: summary, discussion: discussion, usage: usage,
            arguments: arguments.map(\.description), optionGroups: groups, sections: sections, examples: examples,
            variables: variables, exitStatuses: exitStatuses)
    }
}

/// The values of a command, and how they are read.
public protocol ParsableCommand: Sendable {
    init()
    static var declaration: CommandDeclaration<Self> { get }
    /// Checks, and settles, what only all words together tell.
    mutating func validate() throws(UsageError)
}

extension ParsableCommand {
    public func validate() throws(UsageError) {}
}

/// ` (did you mean '--budget'?)` for a word and what there is, or nothing.
public typealias Suggest = @Sendable (_ word: String, _ known: [String]) -> String

/// One of the program's commands.
public struct AnyCommand<Action>: Sendable {
    public enum Parsed {
        case action(Action)
        /// Its help was asked for.
        case help
    }

    public let description: CommandDescription
    let parse: @Sendable (_ words: ArraySlice<String>, _ suggest: @escaping Suggest) throws(UsageError) -> Parsed

    public init<Command: ParsableCommand>(
        _ type: Command.Type, action: @escaping @Sendable (Command) -> Action
    ) {
        description = type.declaration.description
        parse = { words, suggest throws(UsageError) in
            let parser = CommandParser(declaration: type.declaration, suggest: suggest)
            var command = type.init()
            guard try parser.parse(words, into: &command) else { return .help }
            return .action(action(command))
        }
    }
}
