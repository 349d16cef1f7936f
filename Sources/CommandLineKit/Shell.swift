/// A shell for which there is a completion script.
public enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

extension ProgramDescription {
    /// What a shell reads to complete the program's command lines.
    public func completionScript(for shell: Shell) -> String {
        switch shell {
        case .bash: bashCompletion
        case .zsh: zshCompletion
        case .fish: fishCompletion
        }
    }
}

extension String {
    /// As one word of a shell, whatever is in it.
    var shellQuoted: String { "'" + replacing("'", with: "'\\''") + "'" }

    /// What stands before the first semicolon, bracket or end of a sentence: shells show one short line.
    var firstClause: String {
        var text = prefix { !";(\n".contains($0) }
        if let end = text.firstRange(of: ". ") { text = text[..<end.lowerBound] }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

extension CommandDescription {
    /// Names of options behind which a value stands as a word of its own.
    var valueOptionNames: [String] { options.filter { $0.placeholder != nil }.flatMap(\.names) }
}
