import FluxClient
import FluxJobs

/// `fluxlua doctor --ledger`: whether the ledger and the kept pictures agree.
struct LedgerCheck {
    let host: HostEnvironment
    let options: DoctorOptions

    /// Files or jobs that are named of each finding; `--json` names all.
    private static let mostShown = 10

    func run() -> Int32 {
        LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            let (path, stores) = (try session.ledgerPath(), try session.stores())
            let inspection = try LedgerInspection(ledger: path, store: stores[0], localStore: stores[1])
            let printed = host.put(options.isJSON ? json(inspection) : text(inspection, path))
            guard printed == ExitStatus.success else { return printed }
            return inspection.isWell ? ExitStatus.success : ExitStatus.scriptFailed
        }
    }

    private func text(_ inspection: LedgerInspection, _ path: String) -> String {
        var text = ""
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
        return text + "\(verdict): \(jobs) and \(pictures) in \(path)\n"
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
            "well": .bool(inspection.isWell), "jobs": .integer(Int64(inspection.requests)),
            "pictures": .integer(Int64(inspection.pictures)),
        ]
        return lines + sum.line
    }
}
