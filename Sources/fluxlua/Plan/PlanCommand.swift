import CommandLineKit
import FluxClient
import FluxJobs

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `fluxlua plan script.lua`: runs a script with a stand-in for the service, and prints what it would request.
struct PlanCommand {
    let host: HostEnvironment
    let options: PlanOptions

    func run() async throws(UsageError) -> Int32 {
        // The plan has stdout for itself: what the script prints goes to stderr.
        let output = dup(STDOUT_FILENO)
        guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            host.say("cannot print the plan: \(String(cString: strerror(errno)).lowercased())")
            return ExitStatus.scriptFailed
        }
        defer { close(output) }
        var host = host
        host.tryOutput = { HostEnvironment.write($0, to: output) }
        let book = PlannedJobs()
        let status = try await RunCommand(host: host, options: options.run, plan: book).run()
        guard status != ExitStatus.usage else { return status }
        do throws(FluxError) {
            let report = try report(of: book)
            let written = host.put(options.isJSON ? report.json : report.text(width: host.outputWidth))
            return written == ExitStatus.success ? status : written
        } catch {
            host.tell(error)
            return ExitStatus.scriptFailed
        }
    }

    private func report(of book: PlannedJobs) throws(FluxError) -> PlanReport {
        let circumstances = book.circumstances
        let reader = try circumstances?.ledger.map { path throws(FluxError) in try LedgerReader(path: path) }
        let known = try circumstances.flatMap { circumstances throws(FluxError) in
            try reader?.costs(account: circumstances.account.name)
        }
        let prices = PriceList()
        let entries = try book.entries(
            knows: { key throws(FluxError) in try reader?.knows(key: key) ?? false },
            costs: { request in
                known?[request.model] ?? prices.credits(ofModel: request.model, parameters: request.parameters)
            })
        return PlanReport(
            entries: entries, isPaid: circumstances?.account.isInProcess != true, budget: options.run.budget,
            keepsDrawnSeeds: circumstances?.takesUp == true)
    }
}
