import Testing

@testable import CommandLineKit

/// A small program with everything that a command line can have.
private struct Paint: ParsableCommand, Equatable {
    var colours: [String] = []
    var coats = 1
    var isDry = false
    var file: String?
    var rest: [String] = []

    static let options = OptionGroup<Paint>(
        "options",
        [
            .texts("-c", "--colour", placeholder: "NAME", help: "a colour", \.colours),
            .count("--coats", in: 1...9, help: "how many", \.coats),
            .flag("--dry", help: "without paint", \.isDry),
        ])

    static let declaration = CommandDeclaration<Paint>(
        "paint", "paints walls",
        arguments: [
            Argument("FILE", whenMissing: "'paint' needs a wall") { paint, text, _ in paint.file = text },
            Argument("MORE", .severalTimes) { paint, text, index in paint.rest.append("\(index):\(text)") },
        ],
        options: [options])
}

private struct Script: ParsableCommand, Equatable {
    var paint = Paint()
    var name: String?
    var index: Int?
    var asksForVersion = false

    static let declaration = CommandDeclaration<Script>(
        "", "runs scripts",
        arguments: [
            Argument("script", .withAllThatFollows) { script, text, index in
                script.name = text
                script.index = index
            }
        ],
        options: [
            Paint.options.lifted(\.paint, without: ["--coats"]),
            OptionGroup("other options", [.flag("--version", help: "the version", \.asksForVersion).endingParsing()]),
        ])
}

@Suite struct CommandParserTests {
    private enum Action: Equatable {
        case paint(Paint)
        case script(Script)
        case help(String)
        case mistake(String)
    }

    private static let program = ProgramDescription<Action>(
        name: "p", version: "p 1", main: AnyCommand(Script.self) { .script($0) },
        groups: [.init("commands", [AnyCommand(Paint.self) { .paint($0) }])])

    private func parsed(_ words: String...) -> Action {
        do throws(UsageError) {
            switch try Self.program.parse(
                ["p"] + words, suggest: { word, known in " [\(word): \(known.joined(separator: " "))]" })
            {
            case .action(let action): return action
            case .help(let command): return .help(command.name)
            }
        } catch {
            return .mistake(error.message)
        }
    }

    @Test func optionsMayStandBetweenArguments() {
        var expected = Paint()
        (expected.file, expected.rest, expected.isDry, expected.coats) = ("a", ["4:b", "6:c"], true, 3)
        expected.colours = ["red", "-x", ""]
        #expect(
            parsed("paint", "a", "-cred", "b", "--dry", "c", "-c", "-x", "--coats=3", "--colour=") == .paint(expected))
    }

    @Test func twoDashesEndTheOptionsAndOneDashIsAnArgument() {
        var expected = Paint()
        (expected.file, expected.rest) = ("-", ["4:--dry"])
        #expect(parsed("paint", "-", "--", "--dry") == .paint(expected))
    }

    @Test func scriptHasAllThatFollowsIt() {
        var expected = Script()
        (expected.paint.isDry, expected.name, expected.index) = (true, "paint", 2)
        #expect(parsed("--dry", "paint", "--bad") == .script(expected))
    }

    @Test func someOptionsEndTheReading() {
        var expected = Script()
        expected.asksForVersion = true
        #expect(parsed("--version", "--bad") == .script(expected))
        #expect(parsed("-h", "--bad") == .help(""))
        #expect(parsed("paint", "--help") == .help("paint"))
    }

    @Test func mistakesAreNamed() {
        #expect(parsed("paint") == .mistake("'paint' needs a wall"))
        #expect(
            parsed("paint", "a", "--dyr")
                == .mistake("unrecognized option '--dyr' of paint [--dyr: --colour --coats --dry --help]"))
        #expect(
            parsed("--coats", "1")
                == .mistake("unrecognized option '--coats' [--coats: --colour --dry --version --help]"))
        #expect(parsed("paint", "a", "-d") == .mistake("unrecognized option '-d' of paint"))
        #expect(parsed("paint", "a", "--dry=yes") == .mistake("'--dry' takes no value"))
        #expect(
            parsed("paint", "a", "--help=yes")
                == .mistake("unrecognized option '--help' of paint [--help: --colour --coats --dry --help]"))
        #expect(parsed("paint", "--coats") == .mistake("'--coats' needs a value"))
        #expect(parsed("paint", "-c") == .mistake("'-c' needs argument"))
        #expect(parsed("paint", "--coats", "0") == .mistake("'--coats' must be a whole number from 1 on (got '0')"))
    }

    @Test func textIsFilledAndWhatIsIndentedStays() {
        #expect(
            "one two three\nfour\n\n  five   six\nseven".filled(to: 9) == [
                "one two", "three", "four", "", "  five   six", "seven",
            ])
        #expect("longerthannine a".filled(to: 9) == ["longerthannine", "a"])
        #expect("print it (if it can); else not. More".firstClause == "print it")
    }
}
