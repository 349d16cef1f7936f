import FluxClient
import LuaRuntime
import Synchronization

/// The `flux` table of a settings file: it has `flux.config`, and nothing else.
public final class SettingsChunk: Sendable {
    private struct State {
        var settings: FluxSettings
        var changed: Set<String> = []
    }

    private let catalogue: Catalogue
    private let state: Mutex<State>

    /// - Parameter settings: what the file finds.
    public init(_ settings: FluxSettings, catalogue: Catalogue = .flux) {
        self.catalogue = catalogue
        state = Mutex(State(settings: settings))
    }

    public var settings: FluxSettings { state.withLock(\.settings) }
    /// The names that the file has set, also to what they were before.
    public var changed: Set<String> { state.withLock(\.changed) }

    /// Sets the global `flux`, and what `require "flux"` answers.
    public func install(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.config") { call throws(LuaError) in
            var settings = self.settings
            let names = call.isNil(1) ? [] : try settings.take(call, catalogue: self.catalogue)
            self.state.withLock { state in
                state.settings = settings
                state.changed.formUnion(names)
            }
            return .value(settings.luaValue)
        }
        let refuseTheRest = """
            setmetatable(flux, { __index = function(_, name)
              error(("a settings file may only call flux.config (got flux.%s)"):format(name), 2)
            end })
            """
        _ = try await lua.run(refuseTheRest, name: "=[start]")
        try await lua.provide("flux")
    }
}
