/// Works in bash 3.2, which Macs have, without the package bash-completion.
extension ProgramDescription {
    var bashCompletion: String {
        let function = "_\(name)"
        var script = """
            # bash completion of \(name). To have it in every shell: \(name) completion bash >> ~/.bash_completion

            \(function)_words() {
              local IFS=$'\\n'
              COMPREPLY=($(compgen -W "$1" -- "$cur"))
            }

            # Files with an ending, and folders; any file without one.
            \(function)_files() {
              local IFS=$'\\n'
              compopt -o filenames 2>/dev/null
              if [ -n "$1" ]; then
                COMPREPLY=($(compgen -f -X "!*.$1" -- "$cur") $(compgen -d -- "$cur"))
              else
                COMPREPLY=($(compgen -f -- "$cur"))
              fi
            }

            \(function)_folders() {
              local IFS=$'\\n'
              compopt -o filenames 2>/dev/null
              COMPREPLY=($(compgen -d -- "$cur"))
            }

            \(function)() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} first=1 command='' place=0 i
              # bash takes --name=value for three words.
              if [ "$cur" = '=' ]; then
                cur=''
              elif [ "$prev" = '=' ] && [ "$COMP_CWORD" -gt 2 ]; then
                prev=${COMP_WORDS[COMP_CWORD-2]}
              fi
              COMPREPLY=()
              if [ "$COMP_CWORD" -gt 1 ]; then
                case ${COMP_WORDS[1]} in
                  \(commands.map(\.description.name).joined(separator: "|"))) command=${COMP_WORDS[1]} first=2 ;;
                esac
              fi
              case $command in

            """
        for command in commands.map(\.description) { script += bashCase(of: command, pattern: command.name) }
        script += bashCase(of: main.description, pattern: "''")
        script += """
              esac
            }

            complete -F \(function) \(name)

            """
        return script
    }

    private func bashCase(of command: CommandDescription, pattern: String) -> String {
        var script = "    \(pattern))\n"
        let values = command.options.filter { $0.placeholder != nil }
        if !values.isEmpty {
            script += "      case $prev in\n"
            for option in values {
                script += "        \(option.names.joined(separator: "|"))) \(bashOffer(option.completion)) return ;;\n"
            }
            script += "      esac\n"
        }
        // How many arguments stand before the cursor.
        let skipped = command.valueOptionNames
        let skip =
            skipped.isEmpty
            ? ""
            : "\n          \(skipped.joined(separator: "|"))) [ \"${COMP_WORDS[i+1]}\" = '=' ] && ((i++)); ((i++)) ;;"
        script += """
                  for ((i = first; i < COMP_CWORD; i++)); do
                    case ${COMP_WORDS[i]} in\(skip)
                      -?*) ;;
                      *) ((place++)) ;;
                    esac
                  done

            """
        let names = command.options.flatMap(\.names).joined(separator: "\n").shellQuoted
        if command.endsOptionsAtArgument {
            script += "      if [ $place -gt 0 ]; then \(bashOffer(.anyFile)) return; fi\n"
        }
        script += "      case $cur in -*) _\(name)_words \(names); return ;; esac\n"
        script += "      case $place in\n"
        for (index, argument) in command.arguments.enumerated() {
            let place = argument.occurrence == .severalTimes ? "*" : "\(index)"
            script += "        \(place)) \(bashOffer(argument.completion)) ;;\n"
        }
        script += "      esac\n"
        if command.name.isEmpty {
            // The first word may be a command too.
            let words = commands.map(\.description.name).joined(separator: "\n").shellQuoted
            script += """
                      if [ "$COMP_CWORD" -eq 1 ]; then
                        local files=("${COMPREPLY[@]}")
                        _\(name)_words \(words)
                        COMPREPLY+=("${files[@]}")
                      fi

                """
        }
        return script + "      ;;\n"
    }

    private func bashOffer(_ completion: ValueCompletion) -> String {
        switch completion {
        case .none: ""
        case .files(let endings): "_\(name)_files \(endings.count == 1 ? endings[0] : "");"
        case .folders: "_\(name)_folders;"
        case .commands: bashOffer(.words(commands.map(\.description.name)))
        case .words(let words): "_\(name)_words \(words.joined(separator: "\n").shellQuoted);"
        }
    }
}
