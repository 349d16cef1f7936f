/// What the command line asks for.
enum Command: Equatable {
    case run(RunOptions)
    case serve(ServeOptions)
    case jobs(JobsOptions)
    case show(ShowOptions)
    case resume(ResumeOptions)
    case cache(CacheOptions)
    case forget(ForgetOptions)
    case doctor(DoctorOptions)
    case plan(PlanOptions)
    case read(ReadOptions)
    case gallery(GalleryOptions)
    case version
    case help
    case serveHelp
    /// Of one of the other commands.
    case commandHelp(String)
}

/// `fluxlua [options] [script [args]]`, read as the stock interpreter reads its own.
struct RunOptions: Equatable {
    enum Step: Equatable {
        /// `-e`
        case execute(String)
        /// `-l`: a module, or `global=module`.
        case require(String)
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
    /// `--simulate`
    var simulates = false
    /// `--fault`, for the local service.
    var faults: [String] = []
    /// `--ledger`: the file of what was asked before; nil: the usual one.
    var ledger: String?
    /// `--fresh`: nothing made before counts.
    var isFresh = false
    /// `--budget`: credits.
    var budget: Int?
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
}

/// `fluxlua serve [options]`
struct ServeOptions: Equatable {
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

    enum Dialect: String {
        case either
        case description
        case productPages = "product-pages"
    }
}

/// A command line that asks for nothing known.
struct UsageError: Error, Equatable {
    var message: String
}

extension Command {
    /// - Parameter arguments: with the program's name in front.
    init(parsing arguments: [String]) throws(UsageError) {
        if arguments.count > 1, arguments[1] == "serve" {
            self = try Self.serve(Array(arguments.dropFirst(2)))
        } else if let command = try Self.ledgerCommand(arguments) {
            self = command
        } else {
            self = try Self.run(arguments)
        }
    }

    /// Of `--progress`.
    private static func progress(_ text: String) throws(UsageError) -> String {
        guard ["lines", "json"].contains(text) else {
            throw UsageError(message: "'--progress' must be lines or json (got '\(text)')")
        }
        return text
    }

    /// - Parameter first: where the options begin.
    static func run(_ arguments: [String], from first: Int = 1) throws(UsageError) -> Command {
        var options = RunOptions()
        var index = first
        func value(of option: String) throws(UsageError) -> String {
            let attached = arguments[index].dropFirst(option.count)
            if !attached.isEmpty { return String(attached) }
            index += 1
            guard index < arguments.count else { throw UsageError(message: "'\(option)' needs argument") }
            return arguments[index]
        }
        reading: while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "-" {
            let argument = arguments[index]
            switch argument {
            case "--":
                index += 1
                break reading
            case "-h", "--help": return .help
            case "--version": return .version
            case "-v": options.showsVersion = true
            case "-i": options.isInteractive = true
            case "-E": options.ignoresEnvironment = true
            case "-W": options.showsLuaWarnings = true
            case "--simulate": options.simulates = true
            case "--fresh": options.isFresh = true
            case "--ledger": options.ledger = try value(of: "--ledger")
            case _ where argument.hasPrefix("--ledger="):
                options.ledger = String(argument.dropFirst("--ledger=".count))
            case "--listen": options.listenAddress = try listenAddress(try value(of: "--listen"))
            case _ where argument.hasPrefix("--listen="):
                options.listenAddress = try listenAddress(String(argument.dropFirst("--listen=".count)))
            case "--fault": options.faults.append(try value(of: "--fault"))
            case _ where argument.hasPrefix("--fault="):
                options.faults.append(String(argument.dropFirst("--fault=".count)))
            case "--budget": options.budget = try budget(try value(of: "--budget"))
            case _ where argument.hasPrefix("--budget="):
                options.budget = try budget(String(argument.dropFirst("--budget=".count)))
            case "--sandbox": options.isSandboxed = true
            case "--quiet": options.isQuiet = true
            case "--progress": options.progress = try progress(try value(of: "--progress"))
            case _ where argument.hasPrefix("--progress="):
                options.progress = try progress(String(argument.dropFirst("--progress=".count)))
            case _ where RunLimits.names.contains { argument == $0 || argument.hasPrefix("\($0)=") }:
                let name = String(argument.prefix { $0 != "=" })
                let text = argument == name ? try value(of: name) : String(argument.dropFirst(name.count + 1))
                try options.limits.set(name, to: text)
            case _ where argument.hasPrefix("--"):
                let question = Help.question(for: argument, in: Help.main)
                throw UsageError(message: "unrecognized option '\(argument)'\(question)")
            case _ where argument.hasPrefix("-e"): options.steps.append(.execute(try value(of: "-e")))
            case _ where argument.hasPrefix("-l"): options.steps.append(.require(try value(of: "-l")))
            default: throw UsageError(message: "unrecognized option '\(argument)'")
            }
            index += 1
        }
        options = script(at: index, arguments, options)
        // With nothing to run, the version alone is what was asked for.
        let isIdle = options.input == .none && options.steps.isEmpty && !options.isInteractive
        return options.showsVersion && isIdle ? .version : .run(options)
    }

    private static func listenAddress(_ text: String) throws(UsageError) -> ListenAddress {
        guard let address = ListenAddress(text) else {
            throw UsageError(message: "'--listen' must be HOST:PORT, such as 0.0.0.0:8090 (got '\(text)')")
        }
        return address
    }

    private static func script(at index: Int, _ arguments: [String], _ options: RunOptions) -> RunOptions {
        var options = options
        guard index < arguments.count else { return options }
        options.scriptIndex = index
        options.input = arguments[index] == "-" ? .standardInput : .file(arguments[index])
        return options
    }

    private static func serve(_ arguments: [String]) throws(UsageError) -> Command {
        var options = ServeOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            func value() throws(UsageError) -> String {
                if parts.count == 2 { return parts[1] }
                guard let next = rest.popFirst() else { throw UsageError(message: "'\(argument)' needs a value") }
                return next
            }
            switch parts.first ?? argument {
            case "-h", "--help": return .serveHelp
            case "--port": options.port = try port(try value(), of: "--port")
            case "--listen":
                let text = try value()
                (options.host, options.port) = try address(text, defaultPort: options.port)
            case "--key":
                let text = try value()
                guard text.hasPrefix("afk_"), text.utf8.count > 4 else {
                    throw UsageError(message: "'--key' must begin with afk_, as the service's keys do (got '\(text)')")
                }
                options.key = text
            case "--speed", "--job-time":
                let text = try value()
                guard let speed = ServeOptions.Speed(text) else {
                    throw UsageError(
                        message: "'\(parts[0])' must be instant, fast, lifelike or seconds from 0 to 3600 "
                            + "(got '\(text)')")
                }
                options.speed = speed
            case "--state": options.stateFile = try value()
            case "--at-once": options.jobsAtWork = try wholeNumber(parts[0], from: 1, try value())
            case "--credits": options.credits = try wholeNumber(parts[0], from: 0, try value())
            case "--seed":
                let text = try value()
                guard let seed = UInt64(text) else {
                    throw UsageError(message: "'--seed' must be a whole number from 0 on (got '\(text)')")
                }
                options.seed = seed
            case "--fault": options.faults.append(try value())
            case "--dialect":
                let text = try value()
                guard let dialect = ServeOptions.Dialect(rawValue: text) else {
                    throw UsageError(
                        message: "'--dialect' must be either, description or product-pages (got '\(text)')")
                }
                options.dialect = dialect
            default:
                let question = Help.question(for: argument, in: Help.serve)
                throw UsageError(message: "unrecognized option '\(argument)' of serve\(question)")
            }
        }
        return .serve(options)
    }

    private static func port(_ text: String, of option: String) throws(UsageError) -> UInt16 {
        guard let port = UInt16(text) else {
            throw UsageError(message: "'\(option)' must be 0 (a free one) to 65535 (got '\(text)')")
        }
        return port
    }

    /// `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
    private static func address(_ text: String, defaultPort: UInt16) throws(UsageError) -> (String, UInt16) {
        var host = text[...]
        var rest: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, rest?.isEmpty ?? true || rest?.first == ":" else {
            throw UsageError(message: "'--listen' must be HOST or HOST:PORT (got '\(text)')")
        }
        guard let rest, !rest.isEmpty else { return (String(host), defaultPort) }
        return (String(host), try port(String(rest.dropFirst()), of: "--listen"))
    }

    private static func wholeNumber(_ option: String, from least: Int, _ text: String) throws(UsageError) -> Int {
        guard let number = Int(text), number >= least, number <= Int32.max else {
            throw UsageError(message: "'\(option)' must be a whole number from \(least) on (got '\(text)')")
        }
        return number
    }
}
