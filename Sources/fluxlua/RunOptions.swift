import CommandLineKit
import FluxClient
import FluxModule

/// `fluxlua [options] [script [args]]`, read as the stock interpreter reads its own.
struct RunOptions: RunnableCommand {
    enum Step: Equatable {
        /// `-e`
        case execute(String)
        /// `-l`: a module, or `global=module`.
        case require(String)
    }

    /// Of `--set NAME=VALUE`.
    struct Setting: Equatable {
        var name: String
        var value: String
    }

    enum Input: Equatable {
        case file(String)
        case standardInput
        /// No script: the prompt, or nothing after `-e`.
        case none
    }

    var steps: [Step] = []
    var input = Input.none
    /// `-i`: the prompt after the script.
    var isInteractive = false
    /// `-E`: LUA_INIT, LUA_PATH and the like are left alone.
    var ignoresEnvironment = false
    /// `-W`
    var showsLuaWarnings = false
    /// `-v`: the version before anything else.
    var showsVersion = false
    /// `--version`: the version, and nothing else.
    var asksForVersion = false
    /// `--simulate`
    var simulates = false
    /// `--fault`, for the local service.
    var faults: [String] = []
    /// `--ledger`: the file of what was asked before; nil: the usual one.
    var ledger: String?
    /// `--fresh`: nothing made before counts.
    var isFresh = false
    /// `--detach`: others on the ledger send what the script asks for.
    var detaches = false
    /// `--budget`: credits.
    var budget: Int?
    /// `--set`
    var settings: [Setting] = []
    /// `--no-settings`: `init.lua` and `.fluxlua.lua` are left alone.
    var skipsSettings = false
    /// `--sandbox`: the script is from someone else.
    var isSandboxed = false
    /// `--memory`, `--time`, `--max-jobs`
    var limits = RunLimits()
    /// `--listen`, for webhooks.
    var listenAddress: ListenAddress?
    /// No progress, and no line at the end.
    var isQuiet = false
    /// How progress is told, where it is said: `lines` or `json`.
    var progress: String?
    /// Where the script's name is in the whole command line; nil without a script.
    var scriptIndex: Int?

    mutating func validate() throws(UsageError) {
        // With nothing to run, the version alone is what was asked for.
        if showsVersion, input == .none, steps.isEmpty, !isInteractive { asksForVersion = true }
    }

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        if asksForVersion { return host.put(Version.text + "\n") }
        return try await RunCommand(host: host, options: self).run()
    }
}

extension RunOptions {
    static let declaration = CommandDeclaration<RunOptions>(
        "", "scripts that make pictures with Black Forest Labs' Flux models",
        usage: ["[options] [script [args]]", "COMMAND [options]      (see fluxlua help COMMAND)"],
        arguments: [script],
        options: optionGroups + [
            OptionGroup("other options", [.flag("-v", help: "print the version first", \.showsVersion), version])
        ],
        sections: [
            HelpSection(
                "where settings come from",
                """
                The values of flux.config come from these places, the strongest first: the options --budget and --set; the \
                environment; the project's .fluxlua.lua, beside the script or above it, once you have agreed to it; your \
                init.lua in ~/.config/fluxlua; the default. A script's own flux.config overrides all of them, but it cannot \
                raise --budget. 'fluxlua doctor' shows each value and where it comes from.
                """),
            HelpSection(
                "a first script",
                """
                  local job = assert(flux.await(flux.generate { prompt = "a matte black mug on marble" }))
                  print(flux.save(job, "mug.{ext}"))
                """),
        ],
        variables: EnvironmentVariable.all,
        exitStatuses: [
            ExitStatusDescription(ExitStatus.success, "success"),
            ExitStatusDescription(ExitStatus.scriptFailed, "the script failed"),
            ExitStatusDescription(ExitStatus.usage, "wrong usage"),
            ExitStatusDescription(ExitStatus.jobsFailed, "jobs failed that the script never looked at"),
            ExitStatusDescription(ExitStatus.interrupted(by: 2), "interrupted"),
        ])

    static let script = Argument<RunOptions>(
        "script", .withAllThatFollows,
        help:
            "run a Lua file; '-' reads it from stdin. What follows goes to the script. Without a script, fluxlua is a "
            + "prompt",
        completion: .files(endings: ["lua"])
    ) { options, text, index in
        options.scriptIndex = index
        options.input = text == "-" ? .standardInput : .file(text)
    }

    private static let version = Option<RunOptions>.flag("--version", help: "print the version", \.asksForVersion)
        .endingParsing()

    /// Those that a plan takes too.
    static let optionGroups: [OptionGroup<RunOptions>] = [
        OptionGroup(
            "options of Lua",
            [
                step("-e", "CODE", "run CODE before the script, or instead of one") { .execute($0) },
                step("-l", "NAME", "require NAME before the script; GLOBAL=NAME gives it another name") {
                    .require($0)
                },
                .flag("-i", help: "stay at the prompt afterwards", \.isInteractive),
                .flag("-E", help: "ignore LUA_INIT, LUA_PATH and LUA_CPATH", \.ignoresEnvironment),
                .flag("-W", help: "show Lua's warnings", \.showsLuaWarnings),
            ]),
        OptionGroup(
            "limits on what is paid",
            [
                .budget(\.budget),
                .value(
                    "--max-jobs", placeholder: "N", mustBe: "a whole number from 0 up",
                    help: "the most pictures that the script may request", read: WholeNumber.read
                ) { $0.limits.jobs = $1 },
                .flag("--simulate", help: "use the local service even when a key is set", \.simulates),
                .flag("--fresh", help: "request new pictures, even if they were made before", \.isFresh),
                .flag(
                    "--detach",
                    help:
                        "leave the requests to the workers on the ledger ('fluxlua worker'), and end where the script would "
                        + "wait for them; may stand after the script", \.detaches),
                .ledger(
                    help: "the record of all requests (default: ledger.sqlite in the data folder)", \.ledger),
            ]),
        OptionGroup(
            "settings",
            [
                set,
                .flag("--no-settings", help: "ignore init.lua and .fluxlua.lua", \.skipsSettings),
            ]),
        OptionGroup(
            "a script from someone else",
            [
                .flag(
                    "--sandbox",
                    help:
                        "the script reads its own folder, writes into out/, and reaches nothing else; with the limits "
                        + "--memory 256M, --time 60 and --max-jobs 100 unless others are given",
                    \.isSandboxed),
                .value(
                    "--memory", placeholder: "SIZE", mustBe: "a size from 1M up, such as 512M or 2G",
                    help: "the memory that the script may use, such as 512M or 2G", read: RunLimits.memory
                ) { $0.limits.memory = $1 },
                .value(
                    "--time", placeholder: "SECONDS", mustBe: "a number of seconds above 0",
                    help: "the time that the script may compute; waiting does not count", read: RunLimits.computing
                ) { $0.limits.computing = $1 },
            ]),
        OptionGroup(
            "output",
            [
                .flag("--quiet", help: "print no progress and no summary", \.isQuiet),
                .choice(
                    "--progress", placeholder: "HOW", of: ["lines", "json"],
                    help: "json prints each event as a line of JSON on stderr: submitted, progress, "
                        + "completed, failed, saved; lines is for people"
                ) { $0.progress = $1 },
            ]),
        OptionGroup(
            "services",
            [
                .texts(
                    "--fault", placeholder: "RULE",
                    help: "a fault of the local service, for tests (see fluxlua help serve)", \.faults),
                .value(
                    "--listen", placeholder: "HOST:PORT", mustBe: "HOST:PORT, such as 0.0.0.0:8090",
                    help: "receive the service's webhooks there; FLUX_WEBHOOK is the public URL that leads to it",
                    read: ListenAddress.init
                ) { $0.listenAddress = $1 },
            ]),
    ]

    private static let set = Option<RunOptions>(
        OptionDescription(
            names: ["--set"], placeholder: "NAME=VALUE",
            help: "a field of flux.config, such as model=flux-1.1-pro, unless the script sets it itself",
            completion: .words(FluxSettings.names.map { "\($0)=" }), isRepeatable: true)
    ) { options, text, name throws(UsageError) in
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw UsageError(message: "'\(name)' must be NAME=VALUE, such as model=flux-1.1-pro (got '\(text)')")
        }
        options.settings.append(Setting(name: parts[0], value: parts[1]))
    }

    private static func step(
        _ name: String, _ placeholder: String, _ help: String, _ step: @escaping @Sendable (String) -> Step
    ) -> Option<RunOptions> {
        Option(OptionDescription(names: [name], placeholder: placeholder, help: help, isRepeatable: true)) {
            options, text, _ in options.steps.append(step(text))
        }
    }

    private static let guards: Set = ["--budget", "--max-jobs", "--simulate", "--sandbox"]

    /// An option that guards the wallet, by its name. After the script it belongs to the script, and a note says so.
    static func `guard`(named name: String) -> OptionDescription? {
        guards.contains(name) ? declaration.description.options.first { $0.names.contains(name) } : nil
    }
}
