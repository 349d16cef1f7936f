import FluxClient
import SQL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Changes in a ledger that a person decides on, beside any run.
public final class LedgerAdministration {
    private let store: any LedgerStore
    private let now: Int64

    /// Where it is, without a password.
    public var place: String { store.place }
    /// The version that it had before it was opened here; 0: it was made.
    public var foundVersion: Int64 { store.foundVersion }
    /// The version that it has now.
    public static var version: Int64 { LedgerSchema.version }

    /// - Throws: kind `io` when it cannot be written.
    public init(path: String, now: Date = Date()) throws(FluxError) {
        store = try LedgerStores.open(path, .write)
        self.now = Int64((now.timeIntervalSince1970 * 1000).rounded())
    }

    /// Closes a request that never reached any service, or only the local one of a process that is gone. It costs nothing,
    /// and nothing is reserved for it any more. A script that asks for it again sends it.
    ///
    /// - Parameter name: its number, or the beginning of its key or of its job's id.
    /// - Returns: the request as it was.
    /// - Throws: kind `invalid` for one that a service may have, or that has an end; nothing was changed then.
    public func forget(_ name: String) throws(FluxError) -> RequestRecord {
        let result = try store.reading { store throws(SQLError) in
            try store.transaction { () throws(SQLError) -> Result<RequestRecord, FluxError> in
                let found = try store.records(named: name)
                guard let record = found.first(where: { String($0.id) == name }) ?? found.first else {
                    return .failure(
                        FluxError(
                            .invalid, "no job '\(name)'", hint: "'fluxlua jobs --status open' lists the open ones"))
                }
                guard found.count == 1 || String(record.id) == name else {
                    return .failure(FluxError(.invalid, "'\(name)' matches \(found.count) jobs"))
                }
                if let problem = problem(with: record, isUnderWay: try store.isAlive(record.owner ?? record.run)) {
                    return .failure(problem)
                }
                try store.run(
                    """
                    UPDATE requests SET state = 'refused', cost = 0, error_kind = 'cancelled', error_message = ?,
                      settled_at = ? WHERE id = ?
                    """, [.text("forgotten: no service has ever had it"), .integer(now), .integer(record.id)])
                return .success(record)
            }
        }
        return try result.get()
    }

    /// Sets what all who are on this ledger may spend on an account a day of UTC. Requests that are written down from now
    /// on keep to it, whoever's they are.
    /// - Parameter credits: nil: as much as they like.
    /// - Returns: the day so far.
    public func setTeamBudget(_ credits: Int?, of account: LedgerAccount) throws(FluxError) -> TeamDay {
        try store.reading { store throws(SQLError) in
            try store.transaction { () throws(SQLError) in
                let name = try store.owner(of: account).name
                if let credits {
                    try store.run(
                        """
                        INSERT INTO budgets (account, credits) VALUES (?, ?)
                        ON CONFLICT (account) DO UPDATE SET credits = excluded.credits
                        """, [.text(name), .integer(Int64(credits))])
                } else {
                    try store.run("DELETE FROM budgets WHERE account = ?", [.text(name)])
                }
                return try store.teamDay(of: name, now: now)
            }
        }
    }

    private func problem(with record: RequestRecord, isUnderWay: Bool) -> FluxError? {
        let job = "job \(record.id)"
        if record.state.isSettled { return FluxError(.invalid, "\(job) has already ended") }
        if isUnderWay { return FluxError(.invalid, "\(job) is under way in another process") }
        if record.identity.account == LedgerAccount.local.name { return nil }
        if let id = record.job {
            return FluxError(
                .invalid, "\(job) cannot be forgotten: the service has it as \(id), and may charge for it",
                hint: "'fluxlua resume' finishes it")
        }
        guard record.state == .written, record.isUnsent else {
            return FluxError(
                .invalid, "\(job) cannot be forgotten: the service may have it, and may charge for it",
                hint: "'fluxlua resume' finds out")
        }
        return nil
    }
}
