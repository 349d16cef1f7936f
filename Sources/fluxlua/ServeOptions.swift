import CommandLineKit

/// `fluxlua serve [options]`
struct ServeOptions: RunnableCommand {
    var host = "127.0.0.1"
    var port: UInt16 = 8080
    var key: String?
    var speed = Speed.seconds(0.5)
    var jobsAtWork = 64
    var credits = 100_000
    var seed: UInt64?
    var stateFile: String?
    var faults: [String] = []
    var dialect = Dialect.either

    enum Speed: Equatable {
        /// Each job takes so long.
        case seconds(Double)
        /// As long as the service's own jobs.
        case lifelike

        static let words = ["instant", "fast", "lifelike"]

        /// `instant`, `fast`, `lifelike` or seconds.
        init?(_ text: String) {
            switch text {
            case "instant": self = .seconds(0)
            case "fast": self = .seconds(0.5)
            case "lifelike": self = .lifelike
            default:
                guard let seconds = Double(text), seconds >= 0, seconds <= 3600 else { return nil }
                self = .seconds(seconds)
            }
        }
    }

    enum Dialect: String, CaseIterable {
        case either
        case description
        case productPages = "product-pages"
    }

    func run(in host: HostEnvironment) async throws(UsageError) -> Int32 {
        try await ServeCommand(host: host, options: self).run()
    }
}

extension ServeOptions {
    static let declaration = CommandDeclaration<ServeOptions>(
        "serve", "run the local service for other programs",
        discussion: """
            Runs the local service on a port, for other clients and for tests: it has the same API as the real one, draws \
            stand-in pictures, and costs nothing. It listens on 127.0.0.1 until you interrupt it.
            """,
        options: [OptionGroup("options", options)],
        sections: [
            HelpSection("faults", faults),
            HelpSection(
                "while it runs",
                """
                GET /_sim/log counts requests, jobs, credits and faults so far, DELETE resets the counts; GET and \
                PUT /_sim/faults ({"faults": [RULE, ...]}) read and change the rules.
                """),
        ],
        examples: [
            Example("fluxlua serve --speed lifelike --credits 500", "slow jobs, and credits that run out"),
            Example("FLUX_BASE_URL=http://127.0.0.1:8080 fluxlua script.lua", "a script that uses it"),
        ],
        exitStatuses: .usual)

    private static let portNumber: @Sendable (String) -> UInt16? = { UInt16($0) }
    private static let number: @Sendable (String) -> UInt64? = { UInt64($0) }
    private static let key: @Sendable (String) -> String? = { $0.hasPrefix("afk_") && $0.utf8.count > 4 ? $0 : nil }

    private static let options: [Option<ServeOptions>] = [
        .value(
            "--port", placeholder: "N", mustBe: "0 (a free one) to 65535",
            help: "the port; 0 takes a free one (default 8080)",
            read: portNumber
        ) { $0.port = $1 },
        listen,
        .value(
            "--key", placeholder: "KEY", mustBe: "a key that begins with afk_, as the service's keys do",
            help: "accept this API key only (default: any that begins with afk_)",
            read: key
        ) { $0.key = $1 },
        .value(
            "--speed", "--job-time", placeholder: "S", mustBe: "instant, fast, lifelike or seconds from 0 to 3600",
            help:
                "how long jobs take: instant, fast (half a second each; the default), lifelike (10 to 15 seconds, more or "
                + "less), or seconds",
            completion: .words(Speed.words), read: Speed.init
        ) { $0.speed = $1 },
        .count(
            "--at-once", in: 1...Int(Int32.max),
            help: "how many jobs are worked on at the same time; the others are QUEUED (default 64)", \.jobsAtWork),
        .text(
            "--state", placeholder: "FILE",
            help: "keep jobs, credits, idempotency keys and uploads in FILE, and continue with them next time",
            completion: .files(endings: ["sqlite"]), \.stateFile),
        .count(
            "--credits", in: 0...Int(Int32.max),
            help: "the credits of the account; submits beyond them get status 402 (default 100000)", \.credits),
        .value(
            "--seed", placeholder: "N", mustBe: "a whole number from 0 on",
            help: "the seed of everything random: ids, seeds, how long lifelike jobs take",
            read: number
        ) { $0.seed = $1 },
        .choice(
            "--dialect", placeholder: "NAME", of: Dialect.allCases.map(\.rawValue),
            help: "accept one spelling of requests only: description or product-pages (default: either)"
        ) { $0.dialect = Dialect(rawValue: $1) ?? .either },
        .texts(
            "--fault", placeholder: "RULE", help: "a fault to produce; may be given several times (see below)",
            \.faults),
    ]

    private static let listen = Option<ServeOptions>(
        OptionDescription(
            names: ["--listen"], placeholder: "HOST[:PORT]",
            help: "another address, such as 0.0.0.0:8080; one that other machines can reach needs a --key")
    ) { options, text, name throws(UsageError) in
        guard let (host, port) = address(text) else {
            throw UsageError(message: "'\(name)' must be HOST or HOST:PORT, with a port of 0 to 65535 (got '\(text)')")
        }
        options.host = host
        options.port = port ?? options.port
    }

    /// `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
    private static func address(_ text: String) -> (String, UInt16?)? {
        var host = text[...]
        var rest: Substring = ""
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, rest.isEmpty || rest.first == ":" else { return nil }
        if rest.isEmpty { return (String(host), nil) }
        return UInt16(rest.dropFirst()).map { (String(host), $0) }
    }

    private static let faults = """
          429, 503, 404 ...  that status instead of the answer (400 to 599); retry-after=S says when to
                             try again, retry-after-date=S says it as a date; body=html or body=empty
                             instead of JSON
          200:body=html      the status is 200, but the body is a page (or body=empty)
          drop               the connection closes before anything is done; how=fin or rst
          drop-answer        the job is made, and the answer is lost: how=head (after its head), fin or rst
          delay:seconds=S    the answer comes later
          cut:bytes=N        the body ends after N bytes, though the header announces all of it
          slow:speed=N       the body comes at N bytes per second
          late:seconds=S     pictures answer 404 until S seconds after their job has ended
          wrong              pictures are how=other (bytes), truncated or html
          fail:reason=TEXT   the job fails; moderated: it is refused by content moderation
          result:shape=NAME  the result is url, list, object, nested, unknown or null
          webhook-duplicate, webhook-reorder, webhook-lost
          clock:seconds=N    all dates are N seconds off

        A rule is KIND:name=value,name=value,... and may have conditions: call=NAME (submit, job, jobs, upload, models, \
        account, picture), prompt=TEXT (in the job's prompt), after=N (not the first N), every=N, times=N (at most), rate=P \
        (at random, 0 to 1).

          --fault 429:every=5,retry-after=1   --fault 503:call=submit,times=2   --fault fail:prompt=broken

        A single request sets its own fault with the header X-Sim-Fault: RULE, or at the beginning of its prompt: \
        "[sim 503:times=1] a fox".
        """
}
