import CommandLineKit

/// A command of the program: its words are read into it, and then it runs. Declared in one file each; `Fluxlua.program` lists
/// them.
protocol RunnableCommand: ParsableCommand, Equatable {
    /// - Returns: the exit status.
    /// - Throws: where only running tells that the command line asks for nothing known.
    func run(in host: HostEnvironment) async throws(UsageError) -> Int32
}

extension AnyCommand where Action == any RunnableCommand {
    init<Command: RunnableCommand>(_ type: Command.Type) { self.init(type) { $0 } }
}

/// Options that several commands have.
extension Option {
    static func json(help: String = "one JSON object a line", _ path: WritableKeyPath<Target, Bool> & Sendable)
        -> Option
    {
        flag("--json", help: help, path)
    }

    static func budget(_ path: WritableKeyPath<Target, Int?> & Sendable) -> Option {
        value(
            "--budget", placeholder: "N", mustBe: "a whole number of credits",
            help: "request pictures for at most N credits", read: WholeNumber.read
        ) { $0[keyPath: path] = $1 }
    }

    static func ledger(
        help: String = "read another ledger", _ path: WritableKeyPath<Target, String?> & Sendable
    ) -> Option {
        text(
            "--ledger", placeholder: "FILE",
            help: help + ": a file, or a postgresql:// address", completion: .files(endings: ["sqlite"]), path)
    }
}

extension [ExitStatusDescription] {
    /// Of a command that only looks.
    static let usual = [
        ExitStatusDescription(ExitStatus.success, "success"),
        ExitStatusDescription(ExitStatus.scriptFailed, "it could not be done"),
        ExitStatusDescription(ExitStatus.usage, "wrong usage"),
    ]
}

/// Numbers of things that can be counted, as they are typed.
enum WholeNumber {
    /// Nil for what is none, or less than 0.
    static let read: @Sendable (String) -> Int? = { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
}
