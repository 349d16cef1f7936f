import FluxClient

/// Where the program keeps what outlives it (the XDG base directories).
extension HostEnvironment {
    /// The ledger and the pictures.
    func dataFolder() throws(FluxError) -> String {
        try folder("XDG_DATA_HOME", orHome: ".local/share", for: "pictures")
    }

    /// The key, and the user's settings.
    func configurationFolder() throws(FluxError) -> String {
        try folder("XDG_CONFIG_HOME", orHome: ".config", for: "settings")
    }

    /// What was typed, and what was consented to.
    func stateFolder() throws(FluxError) -> String {
        try folder("XDG_STATE_HOME", orHome: ".local/state", for: "the history")
    }

    private func folder(_ variable: String, orHome place: String, for what: String) throws(FluxError) -> String {
        // The specification leaves relative paths unused.
        if let folder = environment(variable), folder.hasPrefix("/") { return folder + "/fluxlua" }
        guard let home = environment("HOME"), !home.isEmpty else {
            throw FluxError(.io, "no folder for \(what): neither \(variable) nor HOME is set")
        }
        return "\(home)/\(place)/fluxlua"
    }
}
