import CommandLineKit
import FluxClient
import FluxModule
import LuaRuntime

/// Where the value of a setting comes from, the strongest last.
enum SettingSource: Equatable, Sendable {
    case usual
    /// The path of `init.lua`.
    case user(String)
    /// The path of a `.fluxlua.lua`.
    case project(String)
    /// The name of a variable.
    case environment(String)
    /// The name of an option.
    case option(String)

    var text: String {
        switch self {
        case .usual: "the default"
        case .user(let path): "your \(path)"
        case .project(let path): "the project's \(path)"
        case .environment(let name), .option(let name): name
        }
    }
}

/// What scripts find in `flux.config()`, and where each value comes from. The order, the strongest first: option,
/// environment, project, user, default. A script's own `flux.config` comes after all of them; only `--budget` it cannot
/// raise.
struct LoadedSettings: Sendable {
    private(set) var values = FluxSettings()
    private(set) var sources: [String: SettingSource] = [:]

    func source(of name: String) -> SettingSource { sources[name] ?? .usual }

    /// Takes over what a settings file has set.
    mutating func take(_ chunk: SettingsChunk, from source: SettingSource) {
        values = chunk.settings
        for name in chunk.changed { sources[name] = source }
    }

    /// Takes over a text of the environment or of an option.
    mutating func take(_ name: String, _ text: String, from source: SettingSource) throws(UsageError) {
        do throws(LuaError) {
            try values.set(name, to: Self.value(text, of: name), catalogue: .flux, in: source.text)
        } catch {
            throw UsageError(message: error.message)
        }
        sources[name] = source
    }

    /// `--budget`, which no script can raise.
    mutating func limitBudget(to credits: Int) {
        values.highestBudget = credits
        sources["budget"] = .option("--budget")
    }

    /// `FLUX_WEBHOOK`, which is checked where it is used.
    mutating func take(webhook: String) {
        values.webhook = webhook
        sources["webhook"] = .environment(EnvironmentVariable.webhook.name)
    }

    /// A number, true, false, or text.
    private static func value(_ text: String, of name: String) -> LuaValue {
        // A folder may be called 2026.
        if name == "out" { return .string(text) }
        switch text {
        case "true": return true
        case "false": return false
        default: break
        }
        if let whole = Int64(text) { return .integer(whole) }
        return Double(text).map { .number($0) } ?? .string(text)
    }
}
