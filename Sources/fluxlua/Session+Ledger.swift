import CommandLineKit
import FluxClient
import FluxJobs

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What identifies a script when a run is resumed.
struct ScriptName: Sendable {
    private enum Source {
        case named(String)
        case text(kind: String, [UInt8])
    }

    private var source: Source
    var arguments: [String] = []
    /// A prompt's lines are typed anew each time.
    var isPrompt = false

    static func file(_ path: String, arguments: [String]) -> ScriptName {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let resolved = realpath(whole, nil)
        defer { free(resolved) }
        return ScriptName(source: .named(resolved.map { String(cString: $0) } ?? whole), arguments: arguments)
    }

    static func source(_ kind: String, _ source: [UInt8], arguments: [String]) -> ScriptName {
        ScriptName(source: .text(kind: kind, source), arguments: arguments)
    }

    static let prompt = ScriptName(source: .named("prompt"), isPrompt: true)
    static let studio = ScriptName(source: .named("studio"), isPrompt: true)
    static let resume = ScriptName(source: .named("resume"), isPrompt: true)
    static let worker = ScriptName(source: .named("worker"), isPrompt: true)

    /// Made when it is asked for: the first hash of a process takes a millisecond, and many scripts need none.
    var text: String {
        switch source {
        case .named(let text): text
        case .text(let kind, let source): RunDescription.name(kind, of: source)
        }
    }
}

extension Session {
    /// Opens the ledger for a run that begins now, and says what it takes up.
    func openLedger(_ account: LedgerAccount, store: String) throws(FluxError) -> Ledger {
        let path = try ledgerPath()
        let shown = LedgerAddress.shown(path)
        let isNew = !LedgerAddress.isServer(path) && !FileManager.default.fileExists(atPath: path)
        let isGone = isNew && !account.isInProcess && holdsPictures(store)
        let ledger = try Ledger(
            path: path, for: runDescription, journalFolder: try dataFolder(),
            onTrouble: { [host] error in
                host.say(
                    "\(error.message); the jobs go on, and their results are recorded as soon as that works again")
            },
            onRecovery: { [host] in host.say("the ledger can be written again; all results are recorded") })
        if isGone || isNew && ledger.hasLostEntries {
            host.say("there is no ledger at \(shown): starting a new one, which knows nothing about earlier pictures")
        } else if ledger.hasLostEntries {
            host.say("the ledger \(shown) has lost its last entries: later pictures may be made and paid for again")
        }
        if let continued = ledger.run.continued, continued.requests > 0 || continued.process != nil {
            host.say(Self.text(of: continued))
        }
        return ledger
    }

    /// What the ledger needs to know of the run.
    var runDescription: RunDescription {
        let script = script
        return RunDescription(
            account: account, script: script.text, arguments: script.arguments.map { host.redaction.cleaned($0) },
            isFresh: options.isFresh,
            continues: !script.isPrompt)
    }

    private static func text(of continued: LedgerRun.Continued) -> String {
        let count = continued.requests == 1 ? "1 request" : "\(continued.requests) requests"
        if continued.process != nil, let member = continued.member {
            return
                "\(member) is running this script too: each picture is made once for both (--fresh makes it twice)"
        }
        if let process = continued.process {
            return
                "process \(process) is running this script too: each picture is made once for both (--fresh makes it twice)"
        }
        return "the last run of this script did not finish: resuming its \(count) (--fresh starts over)"
    }

    /// Whether anything was ever asked for.
    /// - Throws: kind `io` when that cannot be seen.
    func hasLedger() throws(FluxError) -> Bool {
        let path = try ledgerPath()
        // Whether there is one on a server is seen when it is opened.
        if LedgerAddress.isServer(path) { return true }
        if access(path, F_OK) == 0 { return true }
        let code = errno
        guard code == ENOENT || code == ENOTDIR else {
            throw FluxError(.io, PictureFile.problem(opening: path, code: code))
        }
        return false
    }

    func ledgerPath() throws(FluxError) -> String {
        let named = options.ledger ?? host.value(of: .ledger)
        guard let named else { return try dataFolder() + "/ledger.sqlite" }
        return Self.ledgerPath(of: named)
    }

    /// A file's whole path; an address as it is.
    static func ledgerPath(of named: String) -> String {
        named.hasPrefix("/") || LedgerAddress.isServer(named)
            ? named : FileManager.default.currentDirectoryPath + "/" + named
    }

    private func holdsPictures(_ store: String) -> Bool {
        guard options.ledger == nil, host.value(of: .ledger) == nil else { return false }
        return (try? FileManager.default.contentsOfDirectory(atPath: store))?.isEmpty == false
    }
}
