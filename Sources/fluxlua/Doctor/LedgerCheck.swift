import FluxClient
import FluxJobs

/// `fluxlua doctor --ledger`: whether the ledger and the kept pictures agree. `fluxlua ledger check`: the ledger alone.
struct LedgerCheck {
    let host: HostEnvironment
    let ledger: String?
    let isJSON: Bool
    let looksAtPictures: Bool

    /// Files or jobs that are named of each finding; `--json` names all.
    private static let mostShown = 10

    func run() -> Int32 {
        LedgerLocation.with(ledger, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            let path = try session.ledgerPath()
            let stores: [PictureStore?] = looksAtPictures ? try session.stores() : [nil, nil]
            let inspection = try LedgerInspection(ledger: path, store: stores[0], localStore: stores[1])
            return tell(inspection)
        }
    }

    /// - Returns: the exit status.
    func tell(_ inspection: LedgerInspection) -> Int32 {
        let printed = host.put(isJSON ? json(inspection) : text(inspection))
        guard printed == ExitStatus.success else { return printed }
        return inspection.isWell ? ExitStatus.success : ExitStatus.scriptFailed
    }

    private func text(_ inspection: LedgerInspection) -> String {
        var text = looksAtPictures ? "" : about(inspection)
        for finding in inspection.findings {
            text += "\(finding.isTrouble ? "wrong" : "note"): \(finding.message) (\(finding.places.count)):\n"
            for place in finding.places.prefix(Self.mostShown) { text += "  \(place.onOneLine)\n" }
            let more = finding.places.count - Self.mostShown
            if more > 0 { text += "  and \(more) more: --json lists all\n" }
            if let advice = finding.advice { text += "  \(advice)\n" }
        }
        let verdict = inspection.isWell ? "all is well" : "something is wrong"
        let jobs = inspection.requests == 1 ? "1 job" : "\(inspection.requests) jobs"
        let pictures = inspection.pictures == 1 ? "1 picture" : "\(inspection.pictures) pictures"
        let what = looksAtPictures ? "\(jobs) and \(pictures)" : jobs
        return text + "\(verdict): \(what) in \(inspection.place)\n"
    }

    /// Which ledger it is.
    private func about(_ inspection: LedgerInspection) -> String {
        let newest = LedgerAdministration.version
        // An older file can be read, and is brought to this version when something is written.
        let age = inspection.version < newest ? " (this fluxlua's is \(newest))" : ""
        let runs = inspection.runs == 1 ? "1 run" : "\(inspection.runs) runs"
        let members = inspection.members.joined(separator: ", ").onOneLine
        return "ledger \(inspection.place): version \(inspection.version)\(age), \(runs)"
            + (members.isEmpty ? "" : " of \(members)") + "\n"
    }

    private func json(_ inspection: LedgerInspection) -> String {
        var lines = ""
        for finding in inspection.findings {
            let object: JSONValue = [
                "trouble": .bool(finding.isTrouble), "message": .string(finding.message),
                "advice": finding.advice.map(JSONValue.string) ?? .null,
                "places": .array(finding.places.map(JSONValue.string)),
            ]
            lines += object.line
        }
        let sum: JSONValue = [
            "well": .bool(inspection.isWell), "ledger": .string(inspection.place),
            "version": .integer(inspection.version), "jobs": .integer(Int64(inspection.requests)),
            "runs": .integer(Int64(inspection.runs)), "members": .array(inspection.members.map(JSONValue.string)),
            "pictures": looksAtPictures ? .integer(Int64(inspection.pictures)) : .null,
        ]
        return lines + sum.line
    }
}
