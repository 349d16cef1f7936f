import CommandLineKit
import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The program: reads the command line, does what it asks, and ends with its status.
@main
enum Fluxlua {
    /// Not `async`: the main thread of an async program waits with every signal let through, so the signals would end the
    /// process there.
    static func main() {
        OpenFileLimit.fillStandardStreams()
        Signals.blockInEveryThread()
        Task.detached {
            ExitStatus.leave(await run(.real))
        }
        while true { pause() }
    }

    /// - Parameter arguments: with the program's name in front.
    static func parse(
        _ arguments: [String]
    ) throws(UsageError) -> ProgramDescription<any RunnableCommand>.Parsed {
        try program.parse(arguments) { Suggestion.question(for: $0, in: $1) }
    }

    static func run(_ host: HostEnvironment) async -> Int32 {
        do throws(UsageError) {
            switch try parse(host.arguments) {
            case .help(let command): return host.put(program.help(of: command, width: host.helpWidth))
            case .action(let command): return try await command.run(in: host)
            }
        } catch {
            let command = program.command(of: host.arguments).map { " \($0.name)" } ?? ""
            host.say("\(error.message)\ntry 'fluxlua\(command) --help'")
            return ExitStatus.usage
        }
    }
}
