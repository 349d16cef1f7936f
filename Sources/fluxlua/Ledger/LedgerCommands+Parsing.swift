import FluxClient

/// `fluxlua jobs`
struct JobsOptions: Equatable {
    var ledger: String?
    /// The service's words, the ledger's, or `open`; as typed.
    var status: String?
    var model: String?
    /// As typed.
    var since: String?
    var limit = 20
    var isJSON = false
}

/// `fluxlua show ID`
struct ShowOptions: Equatable {
    var ledger: String?
    var id = ""
    var isJSON = false
}

/// `fluxlua resume`
struct ResumeOptions: Equatable {
    var ledger: String?
    /// Ids of jobs whose outcome nobody knows, and that shall be sent again; `all` for each of them.
    var sendUnknown: [String] = []
    /// The key replaces another of the same owner.
    var hasNewKey = false
    var isJSON = false
}

/// `fluxlua cache`
struct CacheOptions: Equatable {
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
}

/// `fluxlua forget ID...`
struct ForgetOptions: Equatable {
    var ledger: String?
    var ids: [String] = []
}

/// `fluxlua doctor --ledger`
struct DoctorOptions: Equatable {
    var ledger: String?
    var isJSON = false
}

/// `fluxlua plan script.lua`
struct PlanOptions: Equatable {
    var run = RunOptions()
    var isJSON = false
}

extension Command {
    /// The commands that work on what was asked for before; nil when the first word is none of them.
    /// - Parameter arguments: with the program's name in front.
    static func ledgerCommand(_ arguments: [String]) throws(UsageError) -> Command? {
        guard arguments.count > 1 else { return nil }
        let rest = Array(arguments.dropFirst(2))
        switch arguments[1] {
        case "jobs": return try jobs(rest)
        case "show": return try show(rest)
        case "resume": return try resume(rest)
        case "cache": return try cache(rest)
        case "forget": return try forget(rest)
        case "doctor": return try doctor(rest)
        case "plan": return try plan(arguments)
        case "read": return try read(rest)
        case "gallery": return try gallery(rest)
        default: return nil
        }
    }

    /// Of `--budget`.
    static func budget(_ text: String) throws(UsageError) -> Int {
        guard let credits = Int(text), credits >= 0 else {
            throw UsageError(message: "'--budget' must be a whole number of credits (got '\(text)')")
        }
        return credits
    }

    private static func jobs(_ arguments: [String]) throws(UsageError) -> Command {
        var options = JobsOptions()
        var words = OptionWords(arguments, command: "jobs")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("jobs")
            case .option("--json"): options.isJSON = true
            case .option("--ledger"): options.ledger = try words.value()
            case .option("--status"): options.status = try words.value()
            case .option("--model"): options.model = try words.value()
            case .option("--since"): options.since = try words.value()
            case .option("--limit"): options.limit = Int(try words.count(in: 1...1_000_000))
            case .option(let name): throw words.unknown(name, known: ["status", "model", "since", "limit"])
            case .argument(let text): throw words.surplus(text)
            }
        }
        return .jobs(options)
    }

    private static func show(_ arguments: [String]) throws(UsageError) -> Command {
        var options = ShowOptions()
        var words = OptionWords(arguments, command: "show")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("show")
            case .option("--json"): options.isJSON = true
            case .option("--ledger"): options.ledger = try words.value()
            case .option(let name): throw words.unknown(name, known: [])
            case .argument(let text):
                guard options.id.isEmpty else { throw words.surplus(text) }
                options.id = text
            }
        }
        guard !options.id.isEmpty else {
            throw UsageError(message: "'show' needs the id of a job, as 'fluxlua jobs' prints it")
        }
        return .show(options)
    }

    private static func read(_ arguments: [String]) throws(UsageError) -> Command {
        var options = ReadOptions()
        var words = OptionWords(arguments, command: "read")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("read")
            case .option("--json"): options.isJSON = true
            case .option(let name): throw words.unknown(name, known: [])
            case .argument(let text): options.files.append(text)
            }
        }
        guard !options.files.isEmpty else { throw UsageError(message: "'read' needs a picture, or several") }
        return .read(options)
    }

    private static func gallery(_ arguments: [String]) throws(UsageError) -> Command {
        var options = GalleryOptions()
        var words = OptionWords(arguments, command: "gallery")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("gallery")
            case .option("--run"): options.run = try words.count(in: 1...Int64.max)
            case .option("--since"): options.since = try words.value()
            case .option("--to"): options.target = try words.value()
            case .option("--title"): options.title = try words.value()
            case .option("--copy"): options.linking = .copied
            case .option("--ledger"): options.ledger = try words.value()
            case .option(let name):
                throw words.unknown(name, known: ["run", "since", "to", "title", "copy"])
            case .argument(let text):
                guard options.folder == nil else { throw words.surplus(text) }
                options.folder = text
            }
        }
        guard [options.folder != nil, options.run != nil, options.since != nil].count(where: { $0 }) < 2 else {
            throw UsageError(message: "'gallery' takes one of: a folder, '--run', '--since'")
        }
        return .gallery(options)
    }

    private static func resume(_ arguments: [String]) throws(UsageError) -> Command {
        var options = ResumeOptions()
        var words = OptionWords(arguments, command: "resume")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("resume")
            case .option("--json"): options.isJSON = true
            case .option("--ledger"): options.ledger = try words.value()
            case .option("--send-unknown"): options.sendUnknown.append(try words.value())
            case .option("--new-key"): options.hasNewKey = true
            case .option(let name): throw words.unknown(name, known: ["send-unknown", "new-key"])
            case .argument(let text): throw words.surplus(text)
            }
        }
        return .resume(options)
    }

    private static func cache(_ arguments: [String]) throws(UsageError) -> Command {
        var options = CacheOptions()
        var words = OptionWords(arguments, command: "cache")
        func set(_ action: CacheOptions.Action, _ text: String) throws(UsageError) {
            guard options.action == .summary else { throw words.surplus(text) }
            options.action = action
        }
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("cache")
            case .option("--json"): options.isJSON = true
            case .option("--ledger"): options.ledger = try words.value()
            case .option("--max"):
                let text = try words.value()
                guard let bytes = ByteSize.bytes(text) else {
                    throw UsageError(message: "'--max' must be a size such as 500MB or 5GB (got '\(text)')")
                }
                try set(.trim(bytes), text)
            case .option(let name): throw words.unknown(name, known: ["max"])
            case .argument("list"): try set(.list, "list")
            case .argument("clear"): try set(.clear, "clear")
            case .argument(let text):
                throw UsageError(message: "'cache' does 'list' or 'clear' or '--max SIZE' (got '\(text)')")
            }
        }
        return .cache(options)
    }

    private static func forget(_ arguments: [String]) throws(UsageError) -> Command {
        var options = ForgetOptions()
        var words = OptionWords(arguments, command: "forget")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("forget")
            case .option("--ledger"): options.ledger = try words.value()
            case .option(let name): throw words.unknown(name, known: [])
            case .argument(let text): options.ids.append(text)
            }
        }
        guard !options.ids.isEmpty else {
            throw UsageError(message: "'forget' needs the id of a job, or several, as 'fluxlua jobs' prints them")
        }
        return .forget(options)
    }

    private static func doctor(_ arguments: [String]) throws(UsageError) -> Command {
        var options = DoctorOptions()
        var isTold = false
        var words = OptionWords(arguments, command: "doctor")
        while let word = try words.next() {
            switch word {
            case .option("-h"), .option("--help"): return .commandHelp("doctor")
            case .option("--json"): options.isJSON = true
            case .option("--ledger"):
                isTold = true
                options.ledger = words.attachedValue()
            case .option(let name): throw words.unknown(name, known: [])
            case .argument(let text): throw words.surplus(text)
            }
        }
        guard isTold else { throw UsageError(message: "'doctor' needs to know what to look at: --ledger") }
        return .doctor(options)
    }

    private static func plan(_ arguments: [String]) throws(UsageError) -> Command {
        var isJSON = false
        var first = 2
        while first < arguments.count, ["--json", "-h", "--help"].contains(arguments[first]) {
            if arguments[first] != "--json" { return .commandHelp("plan") }
            isJSON = true
            first += 1
        }
        guard case .run(let run) = try self.run(arguments, from: first) else { return .commandHelp("plan") }
        guard !run.isInteractive, run.input != .none || !run.steps.isEmpty else {
            throw UsageError(message: "'plan' needs a script")
        }
        return .plan(PlanOptions(run: run, isJSON: isJSON))
    }
}

/// The words of a subcommand: `--name value`, `--name=value`, and arguments in between.
struct OptionWords {
    enum Word: Equatable {
        case option(String)
        case argument(String)
    }

    private let command: String
    private var rest: ArraySlice<String>
    private var option = ""
    private var attached: String?
    private var optionsHaveEnded = false

    init(_ arguments: [String], command: String) {
        rest = arguments[...]
        self.command = command
    }

    /// - Throws: when the option before had a value attached that it does not take.
    mutating func next() throws(UsageError) -> Word? {
        if attached != nil { throw UsageError(message: "'\(option)' takes no value") }
        guard let word = rest.popFirst() else { return nil }
        if optionsHaveEnded || !word.hasPrefix("-") || word == "-" { return .argument(word) }
        if word == "--" {
            optionsHaveEnded = true
            return try next()
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        option = parts[0]
        attached = parts.count == 2 ? parts[1] : nil
        return .option(option)
    }

    /// The value of the option that `next` gave.
    mutating func value() throws(UsageError) -> String {
        if let value = attached {
            attached = nil
            return value
        }
        guard let next = rest.popFirst() else { throw UsageError(message: "'\(option)' needs a value") }
        return next
    }

    /// The value that is attached to the option that `next` gave, if one is: `--name=value`.
    mutating func attachedValue() -> String? {
        defer { attached = nil }
        return attached
    }

    mutating func count(in range: ClosedRange<Int64>) throws(UsageError) -> Int64 {
        let text = try value()
        guard let count = Int64(text), range.contains(count) else {
            throw UsageError(message: "'\(option)' must be a whole number from \(range.lowerBound) on (got '\(text)')")
        }
        return count
    }

    func unknown(_ name: String, known: [String]) -> UsageError {
        let all = (known + ["json", "ledger", "help"]).map { "--\($0)" }
        return UsageError(
            message: "unrecognized option '\(name)' of \(command)\(Suggestion.question(for: name, in: all))")
    }

    func surplus(_ text: String) -> UsageError { UsageError(message: "'\(command)' does not take '\(text)'") }
}
