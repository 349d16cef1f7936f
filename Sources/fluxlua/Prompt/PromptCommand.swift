import CommandLineKit
import FluxClient

/// What can be typed after a colon at the prompt.
enum PromptCommand: Equatable {
    case help(String)
    case jobs
    case cost
    case set([String: String])
    case save(String?)
    case last
    case show(String)
    case again([String: String])
    case edit
    case load(String)
    case script(String)
    case quit

    static let all: [(name: String, usage: String, summary: String)] = [
        ("help", "help [TOPIC]", "lists the topics, or explains one"),
        ("jobs", "jobs", "lists the jobs so far, newest first"),
        ("cost", "cost", "what this session has cost"),
        ("set", "set NAME=VALUE…", "changes settings, such as model=flux-1.1-pro"),
        ("save", "save [NAME]", "saves the last job's pictures"),
        ("last", "last", "shows the last job's pictures again"),
        ("show", "show EXPRESSION", "shows pictures"),
        ("again", "again [FIELD=VALUE…]", "requests the last picture again, changed; alone, with another seed"),
        ("edit", "edit", "opens the last entry in your editor, and runs what you save"),
        ("load", "load FILE", "runs a file here"),
        ("script", "script FILE", "writes the session so far as a script"),
        ("quit", "quit", "leaves"),
    ]

    /// - Parameter line: with its colon, or a question mark.
    init(parsing line: String) throws(UsageError) {
        let line = line.drop { $0 == " " }
        if line.first == "?" {
            self = .help(line.dropFirst().trimmed)
            return
        }
        let name = String(line.dropFirst().prefix { !$0.isWhitespace })
        let rest = line.dropFirst(1 + name.count).trimmed
        func noRest(_ command: PromptCommand) throws(UsageError) -> PromptCommand {
            guard rest.isEmpty else { throw UsageError(message: ":\(name) takes no arguments") }
            return command
        }
        func file(_ command: (String) -> PromptCommand) throws(UsageError) -> PromptCommand {
            guard !rest.isEmpty else { throw UsageError(message: ":\(name) needs the name of a file") }
            return command(rest)
        }
        switch name {
        case "help", "h": self = .help(rest)
        case "jobs": self = try noRest(.jobs)
        case "cost": self = try noRest(.cost)
        case "set": self = .set(try Self.pairs(rest, name))
        case "save": self = .save(rest.isEmpty ? nil : rest)
        case "last": self = try noRest(.last)
        case "show": self = .show(rest.isEmpty ? "_" : rest)
        case "again": self = .again(rest.isEmpty ? [:] : try Self.pairs(rest, name))
        case "edit": self = try noRest(.edit)
        case "load": self = try file(PromptCommand.load)
        case "script": self = try file(PromptCommand.script)
        case "quit", "q", "exit": self = try noRest(.quit)
        default:
            let question = Suggestion.question(for: name, in: Self.all.map(\.name))
            throw UsageError(message: "there is no command ':\(name)'\(question); :help lists them")
        }
    }

    /// `field=value field="two words"`
    private static func pairs(_ text: String, _ name: String) throws(UsageError) -> [String: String] {
        var pairs: [String: String] = [:]
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
                continue
            }
            let key = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest.dropFirst(key.count)
            guard !key.isEmpty, rest.first == "=" else {
                throw UsageError(message: ":\(name) takes fields such as seed=8 or prompt=\"a blue fox\"")
            }
            rest.removeFirst()
            if let quote = rest.first, quote == "\"" || quote == "'" {
                rest.removeFirst()
                guard let end = rest.firstIndex(of: quote) else { throw UsageError(message: "a quote is not closed") }
                pairs[String(key)] = String(rest[..<end])
                rest = rest[rest.index(after: end)...]
            } else {
                let value = rest.prefix { !$0.isWhitespace }
                pairs[String(key)] = String(value)
                rest = rest.dropFirst(value.count)
            }
        }
        guard !pairs.isEmpty else { throw UsageError(message: ":\(name) needs a field, such as model=flux-1.1-pro") }
        return pairs
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
