import FluxClient
import FluxModule
import LuaRuntime

/// What the studio's form asks for, done by the `flux` table itself: requests are checked, priced and sent as a script's are.
actor StudioRequests {
    private let lua: LuaRuntime

    init(_ lua: LuaRuntime) { self.lua = lua }

    /// - Parameter order: `{ call, request, axes = { field → values }, words = { word → values } }`.
    /// - Returns: `{ least, most, count, reused }`; the prices null where nobody tells them.
    func estimate(_ order: JSONValue) async throws(FluxError) -> JSONValue { try await run("estimate", order) }

    /// - Returns: `{ count }`, of the requests that were asked for.
    func ask(_ order: JSONValue) async throws(FluxError) -> JSONValue { try await run("ask", order) }

    private func run(_ action: String, _ order: JSONValue) async throws(FluxError) -> JSONValue {
        do throws(LuaError) {
            let results = try await lua.run(
                Self.source, name: "=studio", [.string(action), .string(order.encodedText)])
            guard let text = results.first?.string, let answer = try? JSONValue(parsing: Array(text.utf8)) else {
                throw LuaError(kind: "invalid", "studio: no answer")
            }
            return answer
        } catch {
            throw FluxError(
                FluxError.Kind(rawValue: error.kind) ?? .invalid,
                error.message.replacing(#/^(studio:\d+: )?(flux\.(generate|edit|sweep|estimate|vary): )?/#, with: ""))
        }
    }

    /// Kept between orders in the global `studio`: what was asked for with a seed is not asked for twice.
    private static let source = """
        local action, text = ...
        local order = flux.json.decode(text)
        studio = studio or { asked = {} }

        local function value(item)
          if type(item) == "table" and item.job then
            local job = flux.job(item.job)
            if item.index and item.index > 1 then return flux.await(job).images[item.index] end
            return job
          end
          return item
        end

        local request = {}
        for name, item in pairs(order.request) do request[name] = value(item) end
        if next(order.words) then request.prompt = flux.vary(request.prompt, order.words) end
        for name, values in pairs(order.axes) do request[name] = values end
        local is_sweep = next(order.words) ~= nil or next(order.axes) ~= nil

        local function key(cell)
          if not cell.seed then return nil end
          local parts = {}
          for name, item in pairs(cell) do parts[#parts + 1] = tostring(name) .. "=" .. tostring(item) end
          table.sort(parts)
          return order.call .. " " .. table.concat(parts, "\\0")
        end
        local function is_known(cell)
          local job = studio.asked[key(cell) or false]
          return job ~= nil and not (job.done and not job.ok)
        end

        local cells = { request }
        if is_sweep then
          local sweep = flux.sweep(request)
          cells = {}
          for cell in sweep:cells() do cells[#cells + 1] = cell end
          if action == "estimate" then
            local least, most, reused = sweep:estimate()
            if not least then return flux.json.encode { count = #cells, least = flux.json.null, most = flux.json.null, reused = 0 } end
            return flux.json.encode { count = #cells, least = least, most = most, reused = reused }
          end
        elseif action == "estimate" then
          if is_known(request) then return flux.json.encode { count = 1, least = 0, most = 0, reused = 1 } end
          local least, most = flux.estimate(request)
          if not least then return flux.json.encode { count = 1, least = flux.json.null, most = flux.json.null, reused = 0 } end
          return flux.json.encode { count = 1, least = least, most = most, reused = 0 }
        end
        local count = 0
        for _, cell in ipairs(cells) do
          if not is_known(cell) then
            local job = flux[order.call](cell)
            count = count + 1
            if key(cell) then studio.asked[key(cell)] = job end
          end
        end
        return flux.json.encode { count = count }
        """
}

extension JSONValue {
    /// As text on one line.
    fileprivate var encodedText: String { String(decoding: encoded(), as: UTF8.self) }
}
