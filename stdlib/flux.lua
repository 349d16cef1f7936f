-- The parts of the flux module that are written in Lua. They complete the table that Swift has filled.

local flux = flux

local colour_of = { string = "32", number = "36", boolean = "35", ["nil"] = "35", ["function"] = "33" }

--- A value as text a person reads, strings quoted and tables with all they hold. What the prompt prints.
--- @param value any
--- @param options? { depth: integer, width: integer, items: integer, colours: boolean } how deep tables are followed,
--- cells of a line (76), how many entries of a table are shown; without them all are
--- @return string
function flux.inspect(value, options)
  options = options or {}
  if type(options) ~= "table" then
    error("flux.inspect: expected options such as { depth = 2 }, got " .. type(options), 2)
  end
  local limit, width, most = options.depth or math.huge, options.width or 76, options.items or math.huge
  local seen = {}
  local show

  local function coloured(text, kind)
    local colour = options.colours and colour_of[kind]
    return colour and ("\27[%sm%s\27[0m"):format(colour, text) or text
  end

  local function cells(text)
    text = text:gsub("\27%[[%d;]*m", "")
    return utf8.len(text, 1, -1, true) or #text
  end

  local function key_text(key)
    if type(key) == "string" and key:match("^[%a_][%w_]*$") then return key end
    return "[" .. show(key, "", 1) .. "]"
  end

  -- Numbers before strings before the rest, each in its own order.
  local function before(a, b)
    local ta, tb = type(a), type(b)
    if ta ~= tb then return ta < tb end
    if ta == "number" or ta == "string" then return a < b end
    return tostring(a) < tostring(b)
  end

  local function show_table(t, indent, depth)
    if seen[t] then return "{ … }" end
    if next(t) == nil then return "{}" end
    if depth > limit then return "{ … }" end
    seen[t] = true
    local inner, parts, wide = indent .. "  ", {}, 0
    local items, left = 0, 0
    for _, item in ipairs(t) do
      items = items + 1
      if #parts < most then parts[#parts + 1] = show(item, inner, depth + 1) else left = left + 1 end
    end
    local keys = {}
    for key in next, t do
      if not (math.type(key) == "integer" and key >= 1 and key <= items) then keys[#keys + 1] = key end
    end
    table.sort(keys, before)
    for _, key in ipairs(keys) do
      if #parts < most then
        parts[#parts + 1] = key_text(key) .. " = " .. show(rawget(t, key), inner, depth + 1)
      else
        left = left + 1
      end
    end
    seen[t] = nil
    if left > 0 then parts[#parts + 1] = ("… %d more"):format(left) end
    local has_lines = false
    for _, part in ipairs(parts) do
      wide = wide + cells(part) + 2
      has_lines = has_lines or part:find("\n", 1, true) ~= nil
    end
    if not has_lines and #indent + wide <= width then return "{ " .. table.concat(parts, ", ") .. " }" end
    return "{\n" .. inner .. table.concat(parts, ",\n" .. inner) .. "\n" .. indent .. "}"
  end

  function show(v, indent, depth)
    if type(v) == "string" then
      local text = '"' .. v:gsub('[%c"\\]', function(c)
        local short = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }
        return short[c] or ("\\%03d"):format(c:byte())
      end) .. '"'
      return coloured(text, "string")
    end
    local meta = getmetatable(v)
    local named = type(meta) == "table" and rawget(meta, "__tostring")
    if type(v) ~= "table" or named then return coloured(tostring(v), type(v)) end
    return show_table(v, indent, depth)
  end

  return show(value, "", 1)
end

--- Calls f(item, index) for each item of a list, many at the same time, and keeps the order of the results. One error
--- never stops the others: it is raised when all have ended.
--- @param list table
--- @param f function
--- @param options? { concurrency: integer } how many run at once; without it all do
--- @return table
function flux.map(list, f, options)
  if type(list) ~= "table" then error("flux.map: expected a list, got " .. type(list), 2) end
  local meta = getmetatable(f)
  if type(f) ~= "function" and not (type(meta) == "table" and meta.__call) then
    error("flux.map: expected a function after the list, got " .. type(f), 2)
  end
  if options ~= nil and type(options) ~= "table" then
    error("flux.map: expected options such as { concurrency = 4 }, got " .. type(options), 2)
  end
  for name in pairs(options or {}) do
    if name ~= "concurrency" then
      error("flux.map: unknown option '" .. tostring(name) .. "' (there is only 'concurrency')", 2)
    end
  end
  local limit = options and options.concurrency or #list
  if math.type(limit) ~= "integer" or limit < 1 and #list > 0 then
    error("flux.map: 'concurrency' must be a whole number, 1 or more (got " .. tostring(limit) .. ")", 2)
  end
  local results, next_index, failed = {}, 1, nil
  local function work()
    while next_index <= #list do
      local index = next_index
      next_index = index + 1
      -- A task of its own, because it keeps the traceback of what f raises.
      local item <close> = flux.spawn(function() return f(list[index], index) end)
      local result = flux.await(item, { timeout = false })
      if item.status == "done" then results[index] = result else failed = failed or item end
    end
  end
  -- Who cancels the caller cancels the workers with it.
  local workers <close> = setmetatable({}, { __close = function(all)
    for _, worker in ipairs(all) do worker:cancel() end
  end })
  for i = 1, math.min(limit, #list) do workers[i] = flux.spawn(work) end
  for _, worker in ipairs(workers) do
    local _, err = flux.await(worker, { timeout = false })
    if err then error(err, 0) end
  end
  if failed then
    -- Asked once more, so that it is this error's traceback that goes on.
    local _, err = flux.await(failed)
    error(err, 0)
  end
  return results
end

-- Makes the entries of a list also readable by one of their fields: models["flux-2-pro"].
local function also_by(field, list)
  return setmetatable(list, { __index = function(all, name)
    if type(name) ~= "string" then return nil end
    for _, entry in ipairs(all) do
      if entry[field] == name then return entry end
    end
  end })
end

local models = flux.models

--- The models, with their parameters and what they cost. Both lists are read by number and by name:
--- flux.models()["flux-2-pro"].parameters.resolution.values
--- @return table models
--- @return table? err why costs may be missing
function flux.models()
  local list, err = models()
  if not list then return nil, err end
  for _, model in ipairs(list) do also_by("name", model.parameters) end
  return also_by("model", list), err
end

local show = flux.show

--- Shows pictures in the terminal: of a job, an image, a file, a list of them, or the result of a sweep. Waits for
--- jobs. Where the output is no terminal, nothing is shown.
--- @param what any
function flux.show(what)
  local is_result = type(what) == "table" and getmetatable(what) ~= nil and type(what.place) == "function"
  return show(is_result and what.jobs or what)
end
