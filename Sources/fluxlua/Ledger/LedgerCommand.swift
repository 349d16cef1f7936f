import FluxClient
import FluxJobs

/// `fluxlua ledger`: what is done to a ledger as a whole.
struct LedgerCommand {
    let host: HostEnvironment
    let options: LedgerOptions

    func run() -> Int32 {
        switch options.action {
        case .check:
            LedgerCheck(host: host, ledger: options.ledger, isJSON: options.isJSON, looksAtPictures: false).run()
        case .initialise:
            LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
                try initialise(try session.ledgerPath())
            }
        case .move(let old, let new):
            LedgerLocation.with(nil, host) { session throws(FluxError) in
                try move(old, new, try session.dataFolder())
            }
        }
    }

    private func initialise(_ path: String) throws(FluxError) -> Int32 {
        let ledger = try LedgerAdministration(path: path)
        let (found, version) = (ledger.foundVersion, LedgerAdministration.version)
        if options.isJSON {
            let object: JSONValue = [
                "ledger": .string(ledger.place), "found": .integer(found), "version": .integer(version),
            ]
            return host.put(object.line)
        }
        let what =
            switch found {
            case 0: "made the ledger \(ledger.place), version \(version)"
            case version: "the ledger \(ledger.place) is already there, version \(version)"
            default: "brought the ledger \(ledger.place) from version \(found) to \(version)"
            }
        return host.put(what + "\n")
    }

    private func move(_ old: String, _ new: String, _ data: String) throws(FluxError) -> Int32 {
        let count = try LedgerTransfer.copy(from: old, to: new, journalFolder: data)
        let (from, to) = (LedgerAddress.shown(old), LedgerAddress.shown(new))
        if options.isJSON {
            let object: JSONValue = ["from": .string(from), "to": .string(to), "jobs": .integer(Int64(count))]
            return host.put(object.line)
        }
        let jobs = count == 1 ? "1 job" : "\(count) jobs"
        let rest = to == new ? "" : " (and the rest of its address)"
        return host.put(
            """
            copied \(jobs) from \(from) to \(to)
            the old ledger is still there, unchanged; from now on use the new one on every machine:
              export FLUX_LEDGER=\(to)\(rest)

            """)
    }
}
