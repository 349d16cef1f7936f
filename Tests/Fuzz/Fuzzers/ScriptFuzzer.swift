import FluxClient
import FluxModule
import LuaRuntime

/// What the library in Lua reads: whatever it is given, it gives values, or an error in its own words.
struct ScriptFuzzer: Sendable {
    private let lua: LuaRuntime
    private let function: LuaFunction

    /// Reads all rows of a table in a file.
    static let csv = """
        local path = os.tmpname()
        local open = io.open
        return function(text)
          local file <close> = assert(open(path, "wb"))
          file:write(text)
          file:close()
          local ok, err = pcall(function()
            for row in flux.csv(path) do
              for name, value in pairs(row) do assert(type(name) == "string" and value ~= nil) end
            end
          end)
          return ok or tostring(err):find("flux.csv: ", 1, true) ~= nil, tostring(err)
        end
        """

    /// Makes prompts of a template twice, which must be the same ones.
    static let prompts = """
        return function(text)
          local function make(mode) return table.concat((flux.prompts(text, { count = 3, seed = 7, mode = mode, max = 50 })), "\\n") end
          for _, mode in ipairs { "random", "all", "cycle" } do
            local ok, first = pcall(make, mode)
            if not ok and not tostring(first):find("flux.prompts: ", 1, true) then return false, tostring(first) end
            if ok and make(mode) ~= first then return false, "other prompts the second time" end
          end
          return true
        end
        """

    init(_ source: String) {
        do {
            (lua, function) = try blocking {
                let lua = try LuaRuntime()
                let module = FluxModule(
                    notice: { _ in },
                    openEngine: { _ throws(FluxError) in throw FluxError(.io, "nothing is asked for here") })
                try await module.install(in: lua)
                guard case .function(let function)? = try await lua.run(source, name: "@fuzzer.lua").first else {
                    fatalError("no function")
                }
                return (lua, function)
            }
        } catch {
            fatalError("\(error)")
        }
    }

    @Sendable func test(_ bytes: [UInt8]) {
        do {
            let result = try blocking { [lua, function] in try await lua.call(function, [LuaValue(bytes: bytes)]) }
            guard result.first == true else { fatalError("\(result)") }
        } catch {
            fatalError("\(error)")
        }
    }
}
