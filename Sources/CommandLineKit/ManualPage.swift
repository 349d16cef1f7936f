/// The manual page, as `man` formats it: the macros of man(7).
extension ProgramDescription {
    public var manualPage: String {
        var page = ManualPage()
        page.raw(".TH \(name.uppercased()) 1 \"\" \"\(version)\"")
        page.raw(".SH NAME")
        page.text("\(name) - \(main.description.summary)")
        page.raw(".SH SYNOPSIS")
        for line in main.description.usageLines {
            page.raw(".B \(name)")
            page.text(line)
            page.raw(".br")
        }
        page.add(details: main.description, of: name)
        page.raw(".SH COMMANDS")
        for group in groups {
            for command in group.commands.map(\.description) {
                page.raw(".SS \"\(name) \(ManualPage.escaped(command.usageLines[0]))\"")
                page.paragraphs(command.discussion.isEmpty ? command.summary + "." : command.discussion)
                page.add(options: command)
            }
        }
        page.add(rows: "FILES", files.map { ($0.line, $0.meaning) })
        return page.source
    }
}

private struct ManualPage {
    private(set) var source = ""

    mutating func raw(_ line: String) { source += line + "\n" }

    /// Text, in which nothing is taken for a macro.
    mutating func text(_ text: String) { raw(Self.escaped(text)) }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case "`": result += "\\(ga"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") ? "\\&" + result : result
    }

    /// Lines that begin with a space stay as they are.
    mutating func paragraphs(_ text: String) {
        var isLiteral = false
        raw(".PP")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !isLiteral { raw(".PP") } else { raw("") }
                continue
            }
            if line.hasPrefix(" ") != isLiteral {
                isLiteral.toggle()
                raw(isLiteral ? ".nf" : ".fi")
            }
            self.text(String(line))
        }
        if isLiteral { raw(".fi") }
    }

    mutating func add(rows title: String, _ rows: [(name: String, meaning: String)]) {
        guard !rows.isEmpty else { return }
        raw(".SH \"\(Self.escaped(title.uppercased()))\"")
        add(rows)
    }

    private mutating func add(_ rows: [(name: String, meaning: String)]) {
        for (name, meaning) in rows {
            raw(".TP\n.B \(Self.escaped(name))")
            text(meaning)
        }
    }

    /// Of the program itself: each part under a heading.
    mutating func add(details command: CommandDescription, of program: String) {
        if !command.discussion.isEmpty {
            raw(".SH DESCRIPTION")
            paragraphs(command.discussion)
        }
        add(rows: "arguments", command.arguments.filter { !$0.help.isEmpty }.map { ($0.placeholder, $0.help) })
        for group in command.optionGroups { add(rows: group.title, group.options.map { ($0.signature, $0.help) }) }
        for section in command.sections {
            raw(".SH \"\(Self.escaped(section.title.uppercased()))\"")
            paragraphs(section.text)
        }
        add(rows: "environment", command.variables.map { ($0.name, $0.help) })
        add(rows: "examples", command.examples.map { ($0.line, $0.meaning) })
        add(rows: "exit status", command.exitStatuses.map { ("\($0.status)", $0.meaning) })
    }

    /// Of a command: everything below its own heading.
    mutating func add(options command: CommandDescription) {
        add(command.arguments.filter { !$0.help.isEmpty }.map { ($0.placeholder, $0.help) })
        add(command.options.map { ($0.signature, $0.help) })
        for section in command.sections {
            raw(".PP")
            text(section.title + ":")
            paragraphs(section.text)
        }
        add(command.variables.map { ($0.name, $0.help) })
        add(command.examples.map { ($0.line, $0.meaning) })
        let statuses = command.exitStatuses.map { "\($0.status) \($0.meaning)" }
        if !statuses.isEmpty { paragraphs("Exit status: \(statuses.joined(separator: "; ")).") }
    }
}
