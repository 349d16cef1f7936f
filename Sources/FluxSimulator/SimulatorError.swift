import HTTPServer

/// Why a simulator did not start.
public enum SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another program, or another simulator, listens there.
    case addressInUse(host: String, port: UInt16)
    /// Other machines can reach that address, and there is no key.
    case keyRequired(host: String)
    /// The system's own words.
    case cannotListen(String)
    /// The state file cannot be used; why, in a sentence with its name.
    case cannotKeepState(String)
    /// It runs already, or ran before: a simulator is started once.
    case alreadyStarted

    public var description: String {
        switch self {
        case .addressInUse(let host, let port): "\(host):\(port) is in use by another program"
        case .keyRequired(let host): "other machines can reach \(host), so the service there needs a key"
        case .cannotListen(let reason): "cannot listen: \(reason)"
        case .cannotKeepState(let reason): "cannot keep state: \(reason)"
        case .alreadyStarted: "the simulator was started before"
        }
    }
}

extension SimulatorError {
    init(_ error: ListeningError) {
        self =
            switch error {
            case .addressInUse(let host, let port): .addressInUse(host: host, port: port)
            case .notLoopback(let host): .keyRequired(host: host)
            case .cannotListen(let reason): .cannotListen(reason)
            }
    }
}
