/// How a run ended. Only a clean one is not taken up when the same script is run again.
public enum RunOutcome: String, Sendable, Hashable {
    /// Exit status 0.
    case clean
    case failed
    case interrupted
}

/// What a ledger needs to know of a run that begins.
public struct RunDescription: Sendable {
    /// Which service, and who pays there.
    public var account: LedgerAccount
    /// Where the script is; what stands for it where it has no file.
    public var script: String
    public var arguments: [String]
    /// `--fresh`: nothing earlier is taken up or used again.
    public var isFresh: Bool
    /// False: it never continues another, as a prompt, whose lines are typed anew each time.
    public var continues: Bool

    /// What stands for a script that has no file of its own.
    public static func name(_ kind: String, of source: [UInt8]) -> String { "\(kind) \(ContentHash.of(source))" }

    public init(
        account: LedgerAccount, script: String, arguments: [String] = [], isFresh: Bool = false, continues: Bool = true
    ) {
        self.account = account
        self.script = script
        self.arguments = arguments
        self.isFresh = isFresh
        self.continues = continues
    }
}

/// A service and who pays there: requests of one account never answer those of another.
public struct LedgerAccount: Sendable, Hashable {
    public let name: String
    /// The service lives inside this process and ends with it: what it was asked by others is asked again, at no cost.
    public let isInProcess: Bool

    /// The local service inside `fluxlua`: one account for ever, whatever its port.
    public static let local = LedgerAccount(name: "local", isInProcess: true)

    /// - Parameters:
    ///   - baseURL: of the service.
    ///   - key: told apart by its hash, which is all that is kept of it.
    public init(baseURL: String, key: String) {
        var origin = Substring(baseURL.withoutUser)
        while origin.hasSuffix("/") { origin.removeLast() }
        // The address of the service's calls leads to the same service.
        if origin.hasSuffix("/v2") { origin.removeLast(3) }
        self.init(name: "\(origin.lowercased()) \(ContentHash.of(key).prefix(16))", isInProcess: false)
    }

    init(name: String, isInProcess: Bool) {
        self.name = name
        self.isInProcess = isInProcess
    }

    /// The part of an account's name that its service has, whoever pays there.
    static func service(of name: String) -> Substring { name.prefix { $0 != " " } }
}

/// The run that a ledger was opened for.
public struct LedgerRun: Sendable {
    /// The run that this one continues, because it did not end cleanly.
    public struct Continued: Sendable, Hashable {
        public var id: Int64
        /// The process that is still at it, if it is.
        public var process: Int32?
        /// The machine that it was on, where that is another one.
        public var member: String?
        /// Requests of its lineage so far.
        public var requests: Int
    }

    public let id: Int64
    /// The first of the runs that this one continues; its own id when it continues none.
    public let lineage: Int64
    /// The seeds drawn by the runs of a lineage follow from it.
    public let salt: Int64
    public let account: LedgerAccount
    public let isFresh: Bool
    public let continued: Continued?
    /// There was a budget for all who are on the ledger when it began.
    public let hasTeamBudget: Bool
}
