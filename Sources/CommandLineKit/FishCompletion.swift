extension ProgramDescription {
    var fishCompletion: String {
        let names = commands.map(\.description.name).joined(separator: " ")
        var script = """
            # fish completion of \(name). To have it in every shell:
            #   \(name) completion fish > ~/.config/fish/completions/\(name).fish

            # The words before the cursor, without the program's name.
            function __\(name)_words
                set -l words (commandline -opc)
                string join \\n -- $words[2..-1]
            end

            function __\(name)_uses
                set -l words (__\(name)_words)
                test (count $words) -gt 0; and test "$words[1]" = $argv[1]
            end

            # No command and no script stands there yet. The options named take a value.
            function __\(name)_is_open
                set -l words (__\(name)_words)
                if test (count $words) -gt 0; and contains -- $words[1] \(names)
                    test "$words[1]" = "$argv[1]"; or return 1
                    set -e words[1]
                else if test -n "$argv[1]"
                    return 1
                end
                set -l is_value 0
                for word in $words
                    if test $is_value = 1
                        set is_value 0
                    else if contains -- $word $argv[2..-1]
                        set is_value 1
                    else if not string match -q -- '-*' $word
                        return 1
                    end
                end
            end

            function __\(name)_is_first
                test (count (__\(name)_words)) -eq 0
            end

            complete -c \(name) -f

            """
        for command in commands.map(\.description) {
            script += "complete -c \(name) -n __\(name)_is_first -a \(command.name.fishQuoted)"
            script += " -d \(command.summary.firstClause.fishQuoted)\n"
        }
        script += fishLines(of: main.description)
        for command in commands.map(\.description) { script += fishLines(of: command) }
        return script
    }

    private func fishLines(of command: CommandDescription) -> String {
        var script = "\n"
        let open = ["__\(name)_is_open", command.name.fishQuoted] + command.valueOptionNames.map(\.fishQuoted)
        let condition = command.endsOptionsAtArgument ? open.joined(separator: " ") : "__\(name)_uses \(command.name)"
        for option in command.options {
            script += "complete -c \(name) -n \(condition.fishQuoted)"
            for name in option.names {
                script += name.hasPrefix("--") ? " -l \(name.dropFirst(2))" : " -s \(name.dropFirst())"
            }
            if option.placeholder != nil { script += " \(fishOffer(option.completion))" }
            script += " -d \(option.help.firstClause.fishQuoted)\n"
        }
        for argument in command.arguments where argument.completion != .none {
            let condition = argument.occurrence == .severalTimes ? condition : open.joined(separator: " ")
            script +=
                "complete -c \(name) -n \(condition.fishQuoted) \(fishOffer(argument.completion, isArgument: true))\n"
        }
        if command.endsOptionsAtArgument {
            // What a script gets may be any file.
            let rest =
                "not \(open.joined(separator: " ")); and \(command.name.isEmpty ? "not contains -- (__\(name)_words)[1] \(commands.map(\.description.name).joined(separator: " "))" : "__\(name)_uses \(command.name)")"
            script += "complete -c \(name) -n \(rest.fishQuoted) -F\n"
        }
        return script
    }

    private func fishOffer(_ completion: ValueCompletion, isArgument: Bool = false) -> String {
        let required = isArgument ? "" : "-x "
        switch completion {
        case .none: return "-x"
        case .files(let endings) where !endings.isEmpty:
            let list = endings.map { "__fish_complete_suffix .\($0)" }.joined(separator: "; ")
            return "\(required)-k -a \("(\(list))".fishQuoted)"
        case .files: return isArgument ? "-F" : "-r -F"
        case .folders: return "\(required)-a '(__fish_complete_directories)'"
        case .commands: return fishOffer(.words(commands.map(\.description.name)), isArgument: isArgument)
        case .words(let words):
            return "\(required)-a \(words.map { $0.replacing(" ", with: "\\ ") }.joined(separator: " ").fishQuoted)"
        }
    }
}

extension String {
    /// As one word of fish, in which `\` and `'` are the only special characters between quotes.
    fileprivate var fishQuoted: String {
        "'" + replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
