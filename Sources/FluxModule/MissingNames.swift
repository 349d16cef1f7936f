import FluxClient
import LuaRuntime

/// Names that scripts read of the `flux` table and that are not there. They are nil, as in any table, so that a script may
/// ask for a function before it uses it. What comes of calling one is told with the name that was probably meant.
extension FluxModule {
    /// To be called when the table is complete.
    func noteMissingNames(in lua: LuaRuntime) async throws(LuaError) {
        try await lua.register("flux.note_missing") { call throws(LuaError) in
            if let name = try call[2].string { self.noteMissing(name) }
            return .none
        }
        let names = try await lua.run(
            """
            local note, names = flux.note_missing, {}
            flux.note_missing = nil
            for name in pairs(flux) do names[#names + 1] = name end
            table.sort(names)
            setmetatable(flux, { __index = note })
            return names
            """, name: "=[missing]")
        functionNames = (names.first?.table?.items ?? []).compactMap(\.string)
    }

    /// An error as a person is told it. Lua itself says of `flux.genrate {…}` that it is a nil value.
    public func explained(_ error: LuaError) -> LuaError {
        for problem in ["call", "index"] {
            for kind in ["field", "method"] {
                let parts = error.message.split(
                    separator: "attempt to \(problem) a nil value (\(kind) '", maxSplits: 1,
                    omittingEmptySubsequences: false)
                guard parts.count == 2, parts[1].hasSuffix("')") else { continue }
                let name = String(parts[1].dropLast(2))
                guard isMissing(name) else { continue }
                var explained = error
                explained.message =
                    "\(parts[0])flux has no '\(name)'\(Suggestion.question(for: name, in: functionNames))"
                return explained
            }
        }
        return error
    }
}
