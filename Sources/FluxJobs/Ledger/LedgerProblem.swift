import FluxClient
import SQL

/// What can be wrong with a ledger, in words that tell what to do. All are of kind `io`, and mean that nothing was sent.
enum LedgerProblem {
    static let elsewhere = "name another ledger file with --ledger FILE or FLUX_LEDGER"
    static let writable =
        "check that the disk has room and that you may write the ledger and its folder, or \(elsewhere)"

    static func error(_ error: SQLError, at path: String) -> FluxError {
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
        case .disk, .constraint, .conflict, .unavailable, .outOfMemory, .other:
            FluxError(.io, "the ledger \(path) cannot be used: \(error.message)")
        }
    }

    static let initialise = "'fluxlua ledger init' makes one there"

    /// What is wrong with a ledger on a server.
    /// - Parameter place: its address, without a password.
    static func serverError(_ error: SQLError, at place: String) -> FluxError {
        switch error.kind {
        case .unavailable:
            FluxError(
                .io, "the database of the ledger \(place) does not answer: \(error.message)",
                hint: "check that the server runs and that this machine can reach it")
        case .cannotOpen where error.message.contains("libpq is missing"):
            FluxError(
                .io, "the ledger \(place) cannot be opened: \(error.message)",
                hint: "sudo apt-get install libpq5 (on a Mac: brew install libpq)")
        case .cannotOpen where error.message.contains("permission denied"):
            FluxError(
                .io, "the ledger \(place) cannot be opened: \(error.message)",
                hint: error.message.contains("for database")
                    ? "the owner of the database can allow it: GRANT CREATE ON DATABASE … TO …, for the first use"
                    : "the easiest is one user of the database for the whole team; or the owner of the ledger allows this "
                        + "one: GRANT ALL ON SCHEMA fluxlua TO …, and the same for ALL TABLES and ALL SEQUENCES IN SCHEMA "
                        + "fluxlua")
        case .cannotOpen:
            FluxError(
                .io, "the ledger \(place) cannot be opened: \(error.message)",
                hint: "check the address, the user and the password (PGPASSWORD, or a line in ~/.pgpass)")
        case .full:
            FluxError(
                .io, "the server of the ledger \(place) has no room left: \(error.message)",
                hint: "make room on its disk, and run again")
        case .readOnly:
            FluxError(.io, "the ledger \(place) cannot be written: \(error.message)")
        default:
            FluxError(.io, "the ledger \(place) cannot be used: \(error.message)")
        }
    }

    static func older(_ place: String, _ version: Int64) -> FluxError {
        FluxError(
            .io,
            "the ledger \(place) is from an older fluxlua: version \(version), and this one needs "
                + "\(LedgerSchema.version)", hint: "'fluxlua ledger init' brings it to this version; nothing is lost")
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
