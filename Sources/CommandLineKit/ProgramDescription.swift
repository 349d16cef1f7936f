/// The whole program: its commands, in the groups in which help shows them.
public struct ProgramDescription<Action>: Sendable {
    public struct Group: Sendable {
        public var title: String
        public var commands: [AnyCommand<Action>]

        public init(_ title: String, _ commands: [AnyCommand<Action>]) {
            self.title = title
            self.commands = commands
        }
    }

    /// What is typed.
    public let name: String
    public let version: String
    /// The program without a command.
    public let main: AnyCommand<Action>
    public let groups: [Group]
    /// Files that it reads and writes, for the manual page.
    public let files: [Example]

    public init(
        name: String, version: String, main: AnyCommand<Action>, groups: [Group], files: [Example] = []
    ) {
        self.name = name
        self.version = version
        self.main = main
        self.groups = groups
        self.files = files
    }

    public var commands: [AnyCommand<Action>] { groups.flatMap(\.commands) }

    public subscript(command: String) -> CommandDescription? {
        commands.first { $0.description.name == command }?.description
    }

    public enum Parsed {
        case action(Action)
        case help(CommandDescription)
    }

    /// A command is one as the first word only.
    /// - Parameter arguments: with the program's name in front.
    public func parse(_ arguments: [String], suggest: @escaping Suggest) throws(UsageError) -> Parsed {
        let named = arguments.count > 1 ? commands.first { $0.description.name == arguments[1] } : nil
        let command = named ?? main
        switch try command.parse(arguments.dropFirst(named == nil ? 1 : 2), suggest) {
        case .help: return .help(command.description)
        case .action(let action): return .action(action)
        }
    }

    /// The command that a command line begins with; nil for the program itself.
    public func command(of arguments: [String]) -> CommandDescription? {
        arguments.count > 1 ? self[arguments[1]] : nil
    }
}
