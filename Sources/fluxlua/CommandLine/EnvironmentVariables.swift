import CommandLineKit

/// The variables of the environment that the program reads.
extension EnvironmentVariable {
    static let key = EnvironmentVariable(
        "APIFRAME_API_KEY",
        "your key, used instead of the one from 'fluxlua login'; without either, a local service makes stand-in pictures "
            + "and nothing is paid")
    static let ledger = EnvironmentVariable(
        "FLUX_LEDGER",
        "the ledger: a file, or a postgresql:// address that a team shares (the same as --ledger). libpq finds the password "
            + "(PGPASSWORD, ~/.pgpass, the service file) and does TLS by sslmode")
    static let member = EnvironmentVariable(
        "FLUX_MEMBER", "the name of this machine in a team (default: the host's name)")
    static let sharedPictures = EnvironmentVariable(
        "FLUX_PICTURES_SHARED",
        "a folder that all machines of a team see, where they share the pictures that they fetch")
    static let dayBudget = EnvironmentVariable("FLUX_BUDGET_DAY", "the most credits to spend in a day")
    static let cacheLimit = EnvironmentVariable(
        "FLUX_CACHE_MAX", "the most space for kept pictures, such as 2GB (default 5GB)")
    static let pictures = EnvironmentVariable(
        "FLUX_PICTURES", "how flux.show draws in the terminal: kitty, iterm2, sixel, symbols or off")
    static let webhook = EnvironmentVariable(
        "FLUX_WEBHOOK", "a public URL that leads to --listen: the service then reports when pictures are ready")
    static let baseURL = EnvironmentVariable(
        "FLUX_BASE_URL", "another service with the same API, such as 'fluxlua serve'")
    static let insecureHTTP = EnvironmentVariable(
        "FLUX_INSECURE_HTTP", "1 lets the key be sent over plain http to a FLUX_BASE_URL on another machine")
    static let studioPassword = EnvironmentVariable(
        "FLUX_STUDIO_PASSWORD", "the password for browsers on other machines ('fluxlua studio --listen')")

    static let model = EnvironmentVariable("FLUX_MODEL", "the model of requests that name none")
    static let out = EnvironmentVariable("FLUX_OUT", "the folder of pictures that are saved without a pattern")
    static let concurrency = EnvironmentVariable("FLUX_CONCURRENCY", "jobs in flight at once")
    static let budget = EnvironmentVariable(
        "FLUX_BUDGET", "the credits that a run may cost, unless its script says otherwise")

    static let all = [
        key, ledger, member, sharedPictures, model, out, concurrency, budget, dayBudget, cacheLimit, pictures, webhook,
        baseURL, insecureHTTP,
        studioPassword,
    ]
}

extension HostEnvironment {
    /// What a variable says; nil also where it is empty.
    func value(of variable: EnvironmentVariable) -> String? {
        environment(variable.name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
