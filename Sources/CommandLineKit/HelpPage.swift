/// What `--help` prints.
extension ProgramDescription {
    /// - Parameter width: of a line, in characters.
    public func help(of command: CommandDescription, width: Int) -> String {
        let isMain = command.name.isEmpty
        var page = HelpPage(width: width)
        if isMain { page.add(paragraphs: "\(version): \(command.summary)") }
        page.addUsage(command.usageLines.map { "\(name) \($0)" })
        page.add(paragraphs: command.discussion)
        page.add("", command.arguments.filter { !$0.help.isEmpty }.map { ($0.placeholder, $0.help) })
        if isMain {
            for group in groups {
                page.add(group.title, group.commands.map(\.description).map { ($0.nameAndArguments, $0.summary) })
            }
        }
        for group in command.optionGroups { page.add(group.title, group.options.map { ($0.signature, $0.help) }) }
        for section in command.sections { page.add(section) }
        page.add("environment", command.variables.map { ($0.name, $0.help) })
        page.add(command.examples)
        let statuses = command.exitStatuses.map { "\($0.status) \($0.meaning)" }
        if !statuses.isEmpty { page.add(paragraphs: "exit status: " + statuses.joined(separator: "; ")) }
        return page.text
    }
}

extension CommandDescription {
    /// `show ID`
    var nameAndArguments: String {
        ((name.isEmpty ? [] : [name])
            + arguments.map { $0.occurrence == .withAllThatFollows ? $0.placeholder : $0.signature })
            .joined(separator: " ")
    }
}

/// Parts of a page, with an empty line between them.
private struct HelpPage {
    let width: Int
    private(set) var text = ""

    /// Where the explanations begin. What does not fit before it has a line of its own.
    private static let indentation = 20

    init(width: Int) { self.width = width }

    private mutating func beginPart() { if !text.isEmpty { text += "\n" } }

    mutating func addUsage(_ lines: [String]) {
        beginPart()
        for (index, line) in lines.enumerated() { text += (index == 0 ? "usage: " : "       ") + line + "\n" }
    }

    mutating func add(paragraphs: String) {
        guard !paragraphs.isEmpty else { return }
        beginPart()
        for line in paragraphs.filled(to: width) { text += line + "\n" }
    }

    mutating func add(_ section: HelpSection) {
        beginPart()
        text += section.title + ":\n"
        for line in section.text.filled(to: width - 2) {
            text += line.isEmpty || line.hasPrefix(" ") ? "\(line)\n" : "  \(line)\n"
        }
    }

    /// Rows of a name and what it means.
    mutating func add(_ title: String, _ rows: [(name: String, meaning: String)]) {
        guard !rows.isEmpty else { return }
        beginPart()
        if !title.isEmpty { text += title + ":\n" }
        for (name, meaning) in rows { add(name, meaning, at: Self.indentation) }
    }

    mutating func add(_ examples: [Example]) {
        guard let longest = examples.map(\.line.count).max() else { return }
        beginPart()
        text += examples.count == 1 ? "example:\n" : "examples:\n"
        let standBeside = longest + 4 <= width / 2
        for example in examples { add(example.line, example.meaning, at: standBeside ? longest + 4 : 6) }
    }

    private mutating func add(_ name: String, _ meaning: String, at indentation: Int) {
        let space = String(repeating: " ", count: indentation)
        var line = "  " + name
        if line.count + 2 > indentation {
            text += line + "\n"
            line = ""
        }
        for part in meaning.filled(to: width - indentation) {
            text += line + space.dropFirst(line.count) + part + "\n"
            line = ""
        }
    }
}
