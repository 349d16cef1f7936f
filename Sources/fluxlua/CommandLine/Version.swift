import FluxClient

/// What `--version` prints.
enum Version {
    static let text = "fluxlua \(ServiceConfiguration.version) (Lua 5.4)"
}
