/// The documentation's table of the commands.
extension ProgramDescription {
    public var markdownTable: String {
        var text = "| Command | What it does | Options |\n|---|---|---|\n"
        for command in [main.description] + commands.map(\.description) {
            let line = "\(name) \(command.nameAndArguments.replacing("|", with: "\\|"))"
            let summary = command.name.isEmpty ? command.arguments.first?.help.firstClause : command.summary
            let options = command.options.filter { $0.names != OptionDescription.help.names }
            let names = options.map { "`\($0.names.first { $0.hasPrefix("--") } ?? $0.names[0])`" }
            text += "| `\(line)` | \(summary ?? "") | \(names.joined(separator: " ")) |\n"
        }
        return text
    }
}
