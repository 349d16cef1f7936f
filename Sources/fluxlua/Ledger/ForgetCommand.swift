import FluxClient
import FluxJobs

/// `fluxlua forget ID...`: closes jobs that never reached any service.
struct ForgetCommand {
    let host: HostEnvironment
    let options: ForgetOptions

    func run() -> Int32 {
        LedgerLocation.with(options.ledger, host) { session throws(FluxError) in
            guard try session.hasLedger() else { return try session.sayThatNothingWasAsked() }
            let keeper = try LedgerAdministration(path: try session.ledgerPath())
            var status = ExitStatus.success
            for id in options.ids {
                do throws(FluxError) {
                    let request = try keeper.forget(id)
                    let cells = [
                        String(request.id), "forgotten", request.identity.model,
                        request.name ?? request.identity.prompt,
                    ]
                    let printed = host.put(cells.map(\.onOneLine).joined(separator: "\t") + "\n")
                    guard printed == ExitStatus.success else { return printed }
                } catch {
                    guard error.kind == .invalid else { throw error }
                    host.tell(error)
                    status = ExitStatus.scriptFailed
                }
            }
            return status
        }
    }
}
