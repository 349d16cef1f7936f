import FluxClient

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What a ledger on a server must still be told, kept on this machine while the server is away: one line a change. Whoever
/// opens the ledger on this machine next writes it there.
///
/// Each process has a file of its own, locked while it goes on. A change may be made twice: what is there already stays.
final class LedgerJournal: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Parameters:
    ///   - folder: of the data on this machine.
    ///   - address: of the ledger.
    ///   - run: whose changes it is for.
    static func path(in folder: String, of address: String, run: Int64) -> String {
        "\(folder)/\(beginning(of: address))\(run).jsonl"
    }

    private static func beginning(of address: String) -> String {
        "ledger-journal-\(ContentHash.of(LedgerAddress.shown(address)).prefix(12))-"
    }

    /// Opens the journal of a run.
    init(path: String) throws(FluxError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
    }

    deinit { close(descriptor) }

    /// Adds changes. They are on disk when this returns.
    func append(_ statements: [LedgerStatement]) throws(FluxError) {
        guard !statements.isEmpty else { return }
        let bytes = statements.flatMap { $0.json.encoded() + [UInt8(ascii: "\n")] }
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + start, bytes.count - start) }
            guard count > 0 else { throw Files.failure("write", path) }
            start += count
        }
        guard fsync(descriptor) == 0 else { throw Files.failure("write", path) }
    }

    /// All of it is in the ledger.
    func remove() { unlink(path) }

    /// The journals that runs which are gone have left for a ledger, with what they hold.
    static func left(in folder: String, of address: String) throws(FluxError) -> [(LedgerJournal, [LedgerStatement])] {
        var journals: [(LedgerJournal, [LedgerStatement])] = []
        for name in try names(in: folder) where name.hasPrefix(beginning(of: address)) {
            let journal = try LedgerJournal(path: "\(folder)/\(name)")
            // Its run goes on, and writes it itself.
            guard journal.isOurs else { continue }
            // What was cut off in the middle of a line was not promised to anybody.
            let lines = try Files.contents(of: journal.path).split(separator: UInt8(ascii: "\n"))
            journals.append(
                (journal, lines.compactMap { (try? JSONValue(parsing: Array($0))).flatMap(LedgerStatement.init) }))
        }
        return journals
    }

    private static func names(in folder: String) throws(FluxError) -> [String] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw Files.failure("read", folder)
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.sorted()
    }

    private var isOurs: Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
}
