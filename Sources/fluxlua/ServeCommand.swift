import CommandLineKit
import FluxClient
import FluxSimulator

extension Fault {
    /// The rules of the `--fault` options.
    static func all(parsing rules: [String]) throws(UsageError) -> [Fault] {
        var faults: [Fault] = []
        for rule in rules {
            do {
                faults.append(try Fault(parsing: rule))
            } catch {
                throw UsageError(message: "--fault: \(error)")
            }
        }
        return faults
    }
}

/// `fluxlua serve`: the local service for other programs, until it is interrupted.
struct ServeCommand {
    let host: HostEnvironment
    let options: ServeOptions

    func run() async throws(UsageError) -> Int32 {
        var configuration = SimulatorConfiguration(host: options.host, port: options.port, apiKey: options.key)
        configuration.acceptedDialect =
            switch options.dialect {
            case .either: .either
            case .description: .interfaceDescription
            case .productPages: .productPages
            }
        configuration.pace =
            switch options.speed {
            case .seconds(let seconds): .exactly(.milliseconds(Int(seconds * 1000)))
            case .lifelike: .lifelike
            }
        configuration.stateFile = options.stateFile
        configuration.jobsAtWork = options.jobsAtWork
        configuration.credits = options.credits
        if let seed = options.seed { configuration.seed = seed }
        configuration.faults = try Fault.all(parsing: options.faults)
        let simulator = Simulator(configuration, transport: CurlTransport())
        do throws(SimulatorError) {
            try simulator.start()
        } catch .keyRequired(let host) {
            throw UsageError(message: "\(SimulatorError.keyRequired(host: host)): add --key afk_...")
        } catch {
            host.say("\(error)")
            return ExitStatus.scriptFailed
        }
        host.writeOutput("fluxlua serve: listening on \(simulator.baseURL) (Ctrl-C ends it)\n")
        _ = Signals.waitForStop()
        simulator.stop()
        let summary = simulator.summary()
        host.writeError("fluxlua serve: \(summary)\n\(summary.table)")
        return ExitStatus.success
    }
}
