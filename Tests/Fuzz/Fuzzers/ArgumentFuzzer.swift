import LuaRuntime

/// Arguments of every kind on their way from Lua to Swift and back: plain ones come back as they were, and none crashes.
struct ArgumentFuzzer: Sendable {
    private final class Thing: LuaObject {}

    private let lua: LuaRuntime
    private let function: LuaFunction

    /// Builds values from bytes, hands them over, and compares what comes back.
    private static let source = """
        local function build(text)
          local at, made = 1, {}
          local function byte()
            at = at + 1
            return text:byte(at - 1) or 0
          end
          local function count(most) return byte() % (most + 1) end
          local value
          local makers = {
            function() return nil end, function() return true end, function() return false end,
            function() return byte() - 128 end, function() return byte() / 7 end,
            function() return ("<i8"):unpack((text:sub(at, at + 7) .. ("\\0"):rep(8))) end,
            function() return ("<d"):unpack((text:sub(at, at + 7) .. ("\\0"):rep(8))) end,
            function()
              local length = byte()
              at = at + length
              return text:sub(at - length, at - 1)
            end,
            function() return text:rep(byte()) end,
            function()
              local list = {}
              made[#made + 1] = list
              for index = 1, count(4) do list[index] = value() end
              return list
            end,
            function()
              local map = {}
              made[#made + 1] = map
              for _ = 1, count(4) do
                local key = value()
                if key ~= nil and key == key then map[key] = value() end
              end
              return map
            end,
            function() return made[count(#made)] end, function() return build end,
            function() return coroutine.create(build) end, thing,
            function()
              local function fail() error("not to be asked") end
              return setmetatable({ value() }, { __index = fail, __len = fail, __pairs = fail, __tostring = fail, __eq = fail })
            end,
          }
          function value()
            if at > #text then return nil end
            return makers[byte() % #makers + 1]()
          end
          local arguments = { n = count(12) }
          for index = 1, arguments.n do arguments[index] = value() end
          return arguments
        end

        local function same(a, b, seen)
          if rawequal(a, b) or a ~= a and b ~= b then return true end
          if type(a) ~= "table" then return type(a) == "function" or type(a) == "thread" or type(a) == "userdata" end
          if type(b) ~= "table" then return false end
          if seen[a] then return true end
          seen[a] = true
          for key, value in next, a do
            -- What has no counterpart, as a value or as a key, is left out.
            local is_plain = type(key) ~= "table" and type(key) ~= "thread"
            if is_plain and not same(value, rawget(b, key), seen) then return false end
          end
          return true
        end

        return function(text)
          local arguments = build(text)
          local back = table.pack(pcall(echo, table.unpack(arguments, 1, arguments.n)))
          if not back[1] then return type(back[2]) == "table" or type(back[2]) == "string" end
          for index = 1, arguments.n do
            if not same(arguments[index], back[index + 1], {}) then return false end
          end
          return true
        end
        """

    init() {
        do {
            (lua, function) = try blocking {
                let lua = try LuaRuntime()
                // As a script from someone else runs: what is handed over may take an eighth of it.
                try await lua.limit(LuaLimits(memory: 256 << 20)) { _ in fatalError("stuck") }
                var type = LuaObjectType<Thing>("thing")
                type.text { _ in "thing" }
                try await lua.define(type)
                try await lua.register("thing") { _ throws(LuaError) in .value(.object(Thing())) }
                try await lua.register("echo") { call throws(LuaError) in
                    for position in 1...call.count + 1 {
                        _ = (call.typeName(position), call.isNil(position), call.isFunction(position))
                        let thing: Thing? = call.object(position)
                        _ = (thing, try call[position].typeName)
                    }
                    return .values(try call.values())
                }
                guard case .function(let function)? = try await lua.run(Self.source, name: "@fuzzer.lua").first else {
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
            guard result.first == true else { fatalError("not the same again: \(bytes)") }
        } catch {
            fatalError("\(error)")
        }
    }
}
