extension ProgramDescription {
    var zshCompletion: String {
        let function = "_\(name)"
        var script = """
            #compdef \(name)
            # zsh completion of \(name). To have it in every shell, write it to a file named \(function) in a folder of $fpath.

            \(function)_commands() {
              local -a commands=(
            \(commands.map { "    \(zshItem($0.description.name, $0.description.summary))" }.joined(separator: "\n"))
              )
              _describe -t commands command commands
            }

            \(function)_first() {
              _alternative 'commands:command:\(function)_commands' 'files:script:_files -g "*.lua(-.)"'
            }

            \(function)() {
              local curcontext=$curcontext
              if (( CURRENT > 2 )); then
                case $words[2] in

            """
        for command in commands.map(\.description) {
            script += """
                      \(command.name))
                        shift words
                        (( CURRENT-- ))
                \(zshArguments(of: command, indentation: 8))
                        return ;;

                """
        }
        script += """
                esac
              fi
            \(zshArguments(of: main.description, indentation: 2))
            }

            if [ "$funcstack[1]" = \(function) ]; then
              \(function) "$@"
            else
              compdef \(function) \(name)
            fi

            """
        return script
    }

    private func zshArguments(of command: CommandDescription, indentation: Int) -> String {
        let space = String(repeating: " ", count: indentation)
        var lines = ["_arguments -S\(command.endsOptionsAtArgument ? " -A '-*'" : "")"]
        for option in command.options {
            let excluded = option.isRepeatable ? "*" : "(\(option.names.joined(separator: " ")))"
            for name in option.names {
                var value = ""
                if let placeholder = option.placeholder {
                    value = "\(name.hasPrefix("--") ? "=" : "+"):\(placeholder):\(zshAction(option.completion))"
                    lines.append(
                        "\(excluded)\(name)\(value.first.map(String.init) ?? "")[\(zshText(option.help))]\(value.dropFirst())"
                            .shellQuoted)
                } else {
                    lines.append("\(excluded)\(name)[\(zshText(option.help))]".shellQuoted)
                }
            }
        }
        for (index, argument) in command.arguments.enumerated() {
            let place = argument.occurrence == .severalTimes ? "*" : "\(index + 1)"
            var action = command.name.isEmpty ? "_\(name)_first" : zshAction(argument.completion)
            // With no action at all the options would not be offered either.
            if action.isEmpty { action = "_guard \"[^-]*\" \(argument.placeholder)" }
            lines.append("\(place):\(zshText(argument.placeholder)):\(action)".shellQuoted)
        }
        if command.endsOptionsAtArgument { lines.append("'*::args:_files'") }
        return space + lines.joined(separator: " \\\n\(space)  ")
    }

    private func zshAction(_ completion: ValueCompletion) -> String {
        switch completion {
        case .none: ""
        case .files(let endings) where endings.count == 1: "_files -g \"*.\(endings[0])(-.)\""
        case .files: "_files"
        case .folders: "_files -/"
        case .commands: "_\(name)_commands"
        case .words(let words): "(\(words.map(zshWord).joined(separator: " ")))"
        }
    }

    private func zshWord(_ word: String) -> String {
        word.replacing(":", with: "\\:").replacing(" ", with: "\\ ")
    }

    /// What stands in brackets or between colons.
    private func zshText(_ text: String) -> String {
        var result = ""
        for character in text.firstClause {
            if "[]:\\".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }

    private func zshItem(_ name: String, _ summary: String) -> String {
        "\(name.replacing(":", with: "\\:")):\(summary.firstClause)".shellQuoted
    }
}
