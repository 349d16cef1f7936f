import CommandLineKit
import Testing

@testable import fluxlua

/// What the words of a command line are taken for, without running anything.
enum Parsing {
    /// - Parameter words: without the program's name.
    static func command<Command: RunnableCommand>(_ type: Command.Type, _ words: [String]) throws -> Command {
        guard case .action(let command) = try Fluxlua.parse(["fluxlua"] + words) else { throw Mismatch() }
        return try #require(command as? Command)
    }

    /// The name of the command whose help was asked for; empty for the program's own.
    static func help(_ words: [String]) throws -> String {
        guard case .help(let command) = try Fluxlua.parse(["fluxlua"] + words) else { throw Mismatch() }
        return command.name
    }

    /// Why a command line is wrong; nil where it is not.
    static func mistake(_ words: [String]) -> String? {
        do throws(UsageError) {
            _ = try Fluxlua.parse(["fluxlua"] + words)
            return nil
        } catch {
            return error.message
        }
    }

    struct Mismatch: Error {}
}
