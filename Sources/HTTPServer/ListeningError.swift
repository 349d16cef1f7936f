/// Why nothing listens at an address.
public enum ListeningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another program listens there.
    case addressInUse(host: String, port: UInt16)
    /// Other machines can reach that address.
    case notLoopback(host: String)
    /// The system's own words.
    case cannotListen(String)

    public var description: String {
        switch self {
        case .addressInUse(let host, let port): "\(host):\(port) is in use by another program"
        case .notLoopback(let host): "other machines can reach \(host)"
        case .cannotListen(let reason): "cannot listen: \(reason)"
        }
    }
}
