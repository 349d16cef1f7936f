/// Reads the words of one command: `--name value`, `--name=value`, `-xvalue`, and arguments.
struct CommandParser<Command: ParsableCommand> {
    let declaration: CommandDeclaration<Command>
    let suggest: Suggest

    /// - Parameter words: of the whole command line, from behind the command's name on; their indices are told to arguments.
    /// - Returns: false when help was asked for.
    func parse(_ words: ArraySlice<String>, into command: inout Command) throws(UsageError) -> Bool {
        var index = words.startIndex
        var place = 0
        var optionsHaveEnded = false
        reading: while index < words.endIndex {
            let word = words[index]
            if optionsHaveEnded || !word.hasPrefix("-") || word == "-" {
                let argument = try argument(at: place, for: word)
                place += 1
                try argument.apply(&command, word, index)
                if argument.description.occurrence == .withAllThatFollows { break }
            } else if word == "--" {
                optionsHaveEnded = true
            } else {
                let (name, attached) = split(word)
                if OptionDescription.help.names.contains(name), attached == nil { return false }
                guard let option = declaration.options.first(where: { $0.description.names.contains(name) }) else {
                    throw unknown(name)
                }
                var value = attached ?? ""
                if option.description.placeholder == nil {
                    guard attached == nil else { throw UsageError(message: "'\(name)' takes no value") }
                } else if attached == nil {
                    index += 1
                    guard index < words.endIndex else { throw missingValue(name) }
                    value = words[index]
                }
                try option.apply(&command, value, name)
                if option.endsParsing { return true }
            }
            index += 1
        }
        try checkMissing(from: place)
        try command.validate()
        return true
    }

    /// The option's name, and the value that is attached to it.
    private func split(_ word: String) -> (name: String, value: String?) {
        if word.hasPrefix("--") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
        }
        let name = String(word.prefix(2))
        let takesValue = declaration.options.contains {
            $0.description.names.contains(name) && $0.description.placeholder != nil
        }
        guard takesValue, word.count > 2 else { return (word, nil) }
        return (name, String(word.dropFirst(2)))
    }

    /// - Parameter place: how many arguments stand before this one.
    private func argument(at place: Int, for word: String) throws(UsageError) -> Argument<Command> {
        let arguments = declaration.arguments
        if place < arguments.count { return arguments[place] }
        if let last = arguments.last, last.description.occurrence == .severalTimes { return last }
        throw UsageError(message: "'\(declaration.description.name)' does not take '\(word)'")
    }

    private func checkMissing(from place: Int) throws(UsageError) {
        for argument in declaration.arguments.dropFirst(place) {
            if let message = argument.whenMissing { throw UsageError(message: message) }
        }
    }

    private func missingValue(_ name: String) -> UsageError {
        // The stock interpreter's own words for its own options.
        UsageError(message: name.hasPrefix("--") ? "'\(name)' needs a value" : "'\(name)' needs argument")
    }

    private func unknown(_ name: String) -> UsageError {
        let command = declaration.description.name
        let known = declaration.description.options.flatMap(\.names).filter { $0.hasPrefix("--") }
        let question = name.hasPrefix("--") ? suggest(name, known) : ""
        return UsageError(message: "unrecognized option '\(name)'\(command.isEmpty ? "" : " of \(command)")\(question)")
    }
}
