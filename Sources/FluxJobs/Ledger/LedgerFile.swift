import FluxClient
import SQLite

/// The ledger's file, open: one connection, used by one thread at a time. What is read from it and written to it is in
/// extensions.
final class LedgerFile {
    let path: String
    let connection: SQLiteConnection

    enum Access: Sendable {
        /// Makes the file if there is none, and brings an older one to this version.
        case write
        /// Changes nothing.
        case read
    }

    /// Larger files are not looked through when they are opened: that would take longer than most runs.
    private static let largestChecked = 32 << 20

    /// - Parameter patience: milliseconds to wait for another program's lock.
    /// - Throws: kind `io`, with what is wrong with the file and what to do about it. Nothing was changed then.
    init(path: String, access: Access, patience: Int32 = 5000) throws(FluxError) {
        self.path = path
        let size = try Self.prepare(path, access)
        do throws(SQLiteError) {
            connection = try Self.connection(path, access, patience)
        } catch {
            throw LedgerProblem.error(error, at: path)
        }
        let version =
            try reading { file throws(SQLiteError) in try file.connection.run("PRAGMA user_version") }
            .first?["user_version"].integer ?? 0
        try check(version, access, size: size)
        guard access == .write else { return }
        do throws(SQLiteError) {
            try connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            // First, since a new ledger is on disk sooner by way of the log.
            try useWriteAheadLog()
            if version < LedgerSchema.version { try migrate() }
        } catch {
            throw LedgerProblem.error(error, at: path)
        }
    }

    /// Runs something that reads, and tells errors as the program does.
    func reading<Result>(_ body: (LedgerFile) throws(SQLiteError) -> Result) throws(FluxError) -> Result {
        do throws(SQLiteError) {
            return try body(self)
        } catch {
            throw LedgerProblem.error(error, at: path)
        }
    }

    private static func connection(
        _ path: String, _ access: Access, _ patience: Int32
    ) throws(SQLiteError) -> SQLiteConnection {
        let isAtRest = isAtRest(path)
        do throws(SQLiteError) {
            let connection = try SQLiteConnection(
                path: path, mode: access == .write || isAtRest ? .readWrite : .readOnly, patience: patience)
            // Makes the files beside it.
            if access == .read { try connection.run("PRAGMA user_version") }
            return connection
        } catch {
            // On a full disk, or in a folder of somebody else, a ledger at rest can still be read.
            guard access == .read, isAtRest, [.full, .readOnly, .cannotOpen, .disk].contains(error.kind) else {
                throw error
            }
            return try SQLiteConnection(path: path, mode: .immutable)
        }
    }

    /// Whether all that was written is in the file itself. Who reads it then makes the two files beside it that come with
    /// a write-ahead log, and only a connection that may write takes them away again.
    private static func isAtRest(_ path: String) -> Bool {
        switch try? Files.entry(at: path + "-wal") {
        case .nothing: true
        // Left by somebody who met a full disk.
        case .file(let log): log.byteCount == 0
        case .folder, .other, nil: false
        }
    }

    /// Makes sure that a file is there that only its owner can read.
    /// - Returns: its size.
    private static func prepare(_ path: String, _ access: Access) throws(FluxError) -> Int {
        switch try Files.entry(at: path) {
        case .file(let identity):
            return identity.byteCount
        case .folder, .other:
            throw FluxError(.io, "the ledger cannot be \(path): it is not a file", hint: LedgerProblem.elsewhere)
        case .nothing:
            guard access == .write else { throw FluxError(.io, "there is no ledger yet: \(path)") }
            do throws(FluxError) {
                try Files.makePrivateFile(path)
            } catch {
                throw FluxError(.io, error.message, hint: LedgerProblem.writable)
            }
            return 0
        }
    }

    /// Refuses what is not a ledger, or not one that this program understands.
    private func check(_ version: Int64, _ access: Access, size: Int) throws(FluxError) {
        let tables =
            try reading { file throws(SQLiteError) in
                try file.connection.run("SELECT count(*) AS n FROM sqlite_schema")
            }.first?["n"].integer ?? 0
        // After the tables: another process may be making them, and the id comes with them.
        let id =
            try reading { file throws(SQLiteError) in try file.connection.run("PRAGMA application_id") }
            .first?["application_id"].integer ?? 0
        if id != LedgerSchema.applicationID, id != 0 || tables > 0 { throw LedgerProblem.foreign(path) }
        // Somebody could not go on making it, on a full disk.
        if tables == 0, access == .read { throw FluxError(.io, "there is no ledger yet: \(path)") }
        guard version <= LedgerSchema.version else { throw LedgerProblem.newer(path, version) }
        guard (1...Self.largestChecked).contains(size) else { return }
        let report = try reading { file throws(SQLiteError) in try file.connection.run("PRAGMA quick_check(1)") }
        guard report.first?.values.first?.text == "ok" else {
            throw LedgerProblem.damaged(path, report.first?.values.first?.text ?? "no report")
        }
    }

    /// Another process may be doing the same: who comes second finds it done.
    private func migrate() throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            let version = try connection.run("PRAGMA user_version").first?["user_version"].integer ?? 0
            for step in LedgerSchema.steps.dropFirst(Int(version)) { try connection.execute(step) }
            try connection.execute(
                """
                PRAGMA application_id = \(LedgerSchema.applicationID);
                PRAGMA user_version = \(LedgerSchema.version);
                """)
        }
    }

    /// Readers then never wait for writers. Where the file system cannot do that, the ledger works without.
    private func useWriteAheadLog() throws(SQLiteError) {
        var attempts = 0
        while true {
            do throws(SQLiteError) {
                return try connection.execute("PRAGMA journal_mode = WAL")
            } catch {
                // SQLite does not wait by itself here when several processes open a new file at once.
                attempts += 1
                guard error.kind == .locked, attempts < 100 else { throw error }
                Files.pause(milliseconds: 20)
            }
        }
    }
}

/// What can be wrong with a ledger, in words that tell what to do. All are of kind `io`, and mean that nothing was sent.
enum LedgerProblem {
    static let elsewhere = "name another ledger file with --ledger FILE or FLUX_LEDGER"
    static let writable =
        "check that the disk has room and that you may write the ledger and its folder, or \(elsewhere)"

    static func error(_ error: SQLiteError, at path: String) -> FluxError {
        switch error.kind {
        case .locked:
            FluxError(
                .io, "another program has locked the ledger \(path)",
                hint: "close the program that has it open, such as a database browser, and run again")
        case .full:
            FluxError(.io, "there is no room left for the ledger \(path)", hint: "make room on the disk, and run again")
        case .readOnly, .cannotOpen:
            FluxError(.io, "the ledger \(path) cannot be written: \(error.message)", hint: writable)
        case .damaged:
            damaged(path, error.message)
        case .disk, .constraint, .outOfMemory, .other:
            FluxError(.io, "the ledger \(path) cannot be used: \(error.message)")
        }
    }

    static func damaged(_ path: String, _ what: String) -> FluxError {
        FluxError(
            .io, "the ledger \(path) is damaged, or is not a ledger: \(what)",
            hint:
                "restore a copy, or move it away and start a new one: the service still recognises requests of the last "
                + "24 hours, and older ones may be paid for again")
    }

    static func foreign(_ path: String) -> FluxError {
        FluxError(.io, "\(path) is an SQLite file of another program, not a ledger", hint: elsewhere)
    }

    static func newer(_ path: String, _ version: Int64) -> FluxError {
        FluxError(
            .io,
            "the ledger \(path) is from a newer fluxlua: version \(version), and this one knows "
                + "\(LedgerSchema.version)",
            hint: "use the newer fluxlua, or \(elsewhere)")
    }
}
