import FluxClient
import FluxJobs
import LuaRuntime

/// What `flux.config` reads and changes.
public struct FluxSettings: Sendable, Equatable {
    /// Nil: the usual one of each call.
    public var model: String?
    /// The folder of pictures that are saved without a pattern.
    public var out = "out"
    /// Jobs in flight at once.
    public var concurrency = 100
    /// How often a call that failed in passing is tried again.
    public var retries = 4
    /// Seconds after which a wait without a timeout of its own gives up; nil: never.
    public var timeout: Double?
    /// Seconds until a new job is first looked at; nil: what its model usually takes.
    public var firstLook: Double?
    /// Whether saved files carry prompt, model, seed and parameters.
    public var metadata = true
    /// A public address under which the service reaches this program: it then tells of jobs by itself.
    public var webhook: String?
    /// Credits that the run may cost; nil: no limit.
    public var budget: Int?
    /// The user's own limit, which no script can raise.
    public var highestBudget: Int?

    public init() {}

    public static let names = [
        "model", "out", "concurrency", "retries", "timeout", "first_look", "metadata", "webhook", "budget",
    ]

    private var effectiveBudget: Int? { [budget, highestBudget].compactMap(\.self).min() }

    /// As `flux.config()` gives it.
    public var luaValue: LuaValue {
        .fields([
            "model": LuaValue(model), "out": .string(out), "concurrency": LuaValue(concurrency),
            "retries": LuaValue(retries), "timeout": LuaValue(timeout), "first_look": LuaValue(firstLook),
            "metadata": .boolean(metadata), "webhook": LuaValue(webhook), "budget": LuaValue(effectiveBudget),
        ])
    }

    /// Takes over one field of a table of the author's; `false` puts an optional one back.
    /// - Parameter place: what the error names first.
    public mutating func set(
        _ name: String, to value: LuaValue, catalogue: Catalogue, in place: String = "flux.config"
    ) throws(LuaError) {
        func wrong(_ what: String) -> LuaError {
            LuaError(kind: "invalid", "\(place): '\(name)' must be \(what) (got \(value.shown))")
        }
        func seconds() throws(LuaError) -> Double? {
            value == false ? nil : try Seconds.checked(value, "\(place): '\(name)'")
        }
        func count(_ range: ClosedRange<Int64>) throws(LuaError) -> Int {
            guard let count = value.integer, range.contains(count) else {
                throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return Int(count)
        }
        switch name {
        case "model":
            guard let id = value.string, catalogue[id] != nil else {
                let known = catalogue.models.map(\.id)
                let question = value.string.map { Suggestion.question(for: $0, in: known) } ?? ""
                throw wrong("one of \(known.joined(separator: ", "))" + question)
            }
            model = id
        case "out":
            guard let folder = value.string, !folder.isEmpty else { throw wrong("a folder's path") }
            out = folder
        case "concurrency": concurrency = try count(1...10_000)
        case "retries": retries = try count(0...100)
        case "timeout": timeout = value.number == .infinity ? nil : try seconds()
        case "first_look": firstLook = try seconds()
        case "metadata":
            guard case .boolean(let flag) = value else { throw wrong("true or false") }
            metadata = flag
        case "budget": budget = value == false ? nil : try count(0...1_000_000_000)
        case "webhook":
            let isURL = ["https://", "http://"].contains { value.string?.lowercased().hasPrefix($0) ?? false }
            guard value == false || isURL else { throw wrong("a public URL that leads here, or false") }
            webhook = value.string
        default:
            let question = Suggestion.question(for: name, in: Self.names)
            throw LuaError(kind: "invalid", "\(place): unknown setting '\(name)'\(question)")
        }
    }

    /// The engine's configuration with what a script can change.
    public func engineConfiguration(_ base: EngineConfiguration = EngineConfiguration()) -> EngineConfiguration {
        var configuration = base
        configuration.concurrency = concurrency
        configuration.budget = effectiveBudget
        configuration.firstLook = firstLook.map { .seconds($0) }
        configuration.webhookURL = webhook ?? base.webhookURL
        return configuration
    }
}

extension FluxSettings {
    /// Takes over the table of a call of `flux.config`.
    /// - Returns: the names that are in it.
    mutating func take(_ call: borrowing LuaCall, catalogue: Catalogue) throws(LuaError) -> [String] {
        guard let table = try call[1].table, table.items.isEmpty else {
            throw LuaError(
                kind: "invalid",
                "flux.config: expected a table such as { out = \"pictures\" }, got \(call.typeName(1))")
        }
        let pairs = table.pairs.sorted { $0.key.shown < $1.key.shown }
        for (key, value) in pairs { try set(key.string ?? key.shown, to: value, catalogue: catalogue) }
        return pairs.map { $0.key.string ?? $0.key.shown }
    }
}

extension FluxModule {
    func configure(_ call: borrowing LuaCall) throws(LuaError) -> LuaOutcome {
        var settings = settings
        if !call.isNil(1) {
            _ = try settings.take(call, catalogue: catalogue)
            if settings.out != self.settings.out {
                do throws(FluxError) {
                    try restrictions.checkWriting(settings.out)
                } catch {
                    throw LuaError(error, in: "flux.config: 'out'")
                }
            }
            guard settings.retries == self.settings.retries || openedEngine == nil else {
                throw LuaError(kind: "invalid", "flux.config: set 'retries' before the first picture is requested")
            }
            guard settings.webhook == self.settings.webhook || openedEngine == nil else {
                throw LuaError(kind: "invalid", "flux.config: set 'webhook' before the first picture is requested")
            }
            change(settings)
        }
        return .value(settings.luaValue)
    }
}
