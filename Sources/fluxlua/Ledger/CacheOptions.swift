import CommandLineKit
import FluxJobs

/// `fluxlua cache`
struct CacheOptions: RunnableCommand {
    enum Action: Equatable {
        case summary
        case list
        case clear
        /// Bytes.
        case trim(Int64)
    }

    var ledger: String?
    var action = Action.summary
    var isJSON = false

    /// It does one thing.
    fileprivate mutating func set(_ action: Action, _ text: String) throws(UsageError) {
        guard self.action == .summary else { throw UsageError(message: "'cache' does not take '\(text)'") }
        self.action = action
    }

    func run(in host: HostEnvironment) -> Int32 { CacheCommand(host: host, options: self).run() }
}

extension CacheOptions {
    static let declaration = CommandDeclaration<CacheOptions>(
        "cache", "show or clear the pictures that are kept so that nothing is paid twice",
        discussion: """
            Shows how many pictures are kept so that nothing is paid twice, how large they are, and how large they may become.
            """,
        usage: ["cache [list | clear | --max SIZE] [options]"],
        arguments: [action],
        options: [
            OptionGroup(
                "options",
                [
                    maximum, .json(\.isJSON), .ledger(help: "the ledger that knows which are needed", \.ledger),
                ])
        ],
        variables: [.cacheLimit],
        exitStatuses: .usual)

    private static let action = Argument<CacheOptions>(
        "list | clear", .atMostOnce,
        help:
            "list shows each of them, oldest use first; clear removes all that no open job needs: a request for one of them "
            + "fetches it again, or pays again if the service no longer has it",
        completion: .words(["list", "clear"])
    ) { options, text, _ throws(UsageError) in
        switch text {
        case "list": try options.set(.list, text)
        case "clear": try options.set(.clear, text)
        default: throw UsageError(message: "'cache' takes 'list', 'clear' or '--max SIZE' (got '\(text)')")
        }
    }

    private static let maximum = Option<CacheOptions>(
        OptionDescription(
            names: ["--max"], placeholder: "SIZE",
            help:
                "remove the oldest until they take no more than that, such as 500MB or 2GB; for good, set FLUX_CACHE_MAX"
        )
    ) { options, text, name throws(UsageError) in
        guard let bytes = ByteSize.bytes(text) else {
            throw UsageError(message: "'\(name)' must be a size such as 500MB or 5GB (got '\(text)')")
        }
        try options.set(.trim(bytes), text)
    }
}
