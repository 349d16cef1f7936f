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
    let world: World
    let options: ServeOptions

    func run() async -> Int32 {
        var configuration = SimulatorConfiguration(port: options.port, apiKey: options.key)
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
        do throws(UsageError) {
            configuration.faults = try Fault.all(parsing: options.faults)
        } catch {
            world.say("\(error.message)\ntry 'fluxlua serve --help'")
            return ExitStatus.usage
        }
        let simulator = Simulator(configuration, transport: CurlTransport())
        do throws(SimulatorError) {
            try simulator.start()
        } catch {
            world.say("\(error)")
            return ExitStatus.scriptFailed
        }
        world.writeOutput("fluxlua serve: listening on \(simulator.baseURL) (Ctrl-C ends it)\n")
        _ = Signals.waitForStop()
        simulator.stop()
        world.writeError("fluxlua serve: \(simulator.summary())\n")
        return ExitStatus.success
    }
}
