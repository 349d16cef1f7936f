/// A variable of the environment that a command reads.
public struct EnvironmentVariable: Sendable, Hashable {
    public var name: String
    public var help: String

    public init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
    }
}

/// A command line that does something worth knowing.
public struct Example: Sendable {
    public var line: String
    /// A few words.
    public var meaning: String

    public init(_ line: String, _ meaning: String) {
        self.line = line
        self.meaning = meaning
    }
}

/// What a command's exit status says.
public struct ExitStatusDescription: Sendable {
    public var status: Int32
    public var meaning: String

    public init(_ status: Int32, _ meaning: String) {
        self.status = status
        self.meaning = meaning
    }
}

/// Further text under a heading. Paragraphs are filled; lines that begin with a space stay as they are.
public struct HelpSection: Sendable {
    public var title: String
    public var text: String

    public init(_ title: String, _ text: String) {
        self.title = title
        self.text = text
    }
}

/// What is told of a command. Everything that people and shells read of it comes from here.
public struct CommandDescription: Sendable {
    public struct Options: Sendable {
        public var title: String
        public var options: [OptionDescription]
    }

    /// Empty for the program without a command.
    public var name: String
    /// A few words, for lists.
    public var summary: String
    public var discussion: String
    /// Behind the program's name; empty: made from arguments and options.
    public var usage: [String]
    public var arguments: [ArgumentDescription]
    public var optionGroups: [Options]
    public var sections: [HelpSection]
    public var examples: [Example]
    public var variables: [EnvironmentVariable]
    public var exitStatuses: [ExitStatusDescription]

    public var options: [OptionDescription] { optionGroups.flatMap(\.options) }

    /// Options stand before the first argument only.
    var endsOptionsAtArgument: Bool { arguments.contains { $0.occurrence == .withAllThatFollows } }

    /// Lines behind the program's name.
    public var usageLines: [String] {
        if !usage.isEmpty { return usage }
        let options =
            endsOptionsAtArgument
            ? ["[options]"] + arguments.map(\.signature) : arguments.map(\.signature) + ["[options]"]
        return [([name] + options).joined(separator: " ")]
    }
}
