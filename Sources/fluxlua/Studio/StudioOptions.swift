import CommandLineKit

/// `fluxlua studio`
struct StudioOptions: RunnableCommand {
    /// Where references, masks and stars are kept; nil: the data folder.
    var folder: String?
    var port = 0
    /// Another address than loopback.
    var host: String?
    var leavesBrowserClosed = false
    var simulates = false
    var budget: Int?
    var ledger: String?

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        try await StudioCommand(host: host, options: self).run()
    }
}

extension StudioOptions {
    static let declaration = CommandDeclaration<StudioOptions>(
        "studio", "look, choose, request again and paint masks, in a browser",
        discussion: """
            The page of 'fluxlua gallery', live: all pictures in the ledger, and new ones as they arrive. Request a picture \
            again with another word, seed or model; make sweeps with a form that shows their Lua; paint masks on a picture. \
            Requests are handled as in a script: nothing is paid twice, and closing the page loses nothing.

            It listens on this machine only, and opens the browser; the address works in one browser. Ctrl-C ends it, as soon \
            as all requested pictures are here.
            """,
        usage: ["studio [FOLDER] [options]"],
        arguments: [
            Argument(
                "FOLDER", .atMostOnce, help: "where references, masks and stars are kept (default: with the ledger)",
                completion: .folders
            ) { options, text, _ in options.folder = text }
        ],
        options: [
            OptionGroup(
                "options",
                [
                    .count("--port", in: 0...65535, help: "the port (default: a free one)", \.port),
                    .flag("--no-open", help: "print the address, and open no browser", \.leavesBrowserClosed),
                    .text(
                        "--listen", placeholder: "HOST",
                        help:
                            "an address of this machine, to let other machines in too. Needs FLUX_STUDIO_PASSWORD, which the "
                            + "browser asks for; the connection is not encrypted",
                        \.host),
                    .budget(\.budget),
                    .flag("--simulate", help: "use the local service even when a key is set", \.simulates),
                    .ledger(help: "use another ledger", \.ledger),
                ])
        ],
        examples: [
            Example("fluxlua studio", "all your pictures, in the browser"),
            Example("fluxlua studio --no-open --port 8321", "on a server: reach it through ssh -L 8321:127.0.0.1:8321"),
        ],
        variables: [.key, .baseURL, .budget, .studioPassword],
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "ended by Ctrl-C, with all pictures fetched"),
            ExitStatusDescription(ExitStatus.scriptFailed, "it could not be done"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
        ])
}
