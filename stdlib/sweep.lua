-- Sweeps: every combination of the values of some axes, checked before the first is sent, and paid for once.

local flux = flux
local mistake, suggestion = flux.mistake, flux.suggestion
local axes_of, catalogue, run_salt = flux.axes_of, flux.sweep_catalogue, flux.run_salt
local check, estimate = flux.check_requests, flux.estimate_requests
local new_result = flux.new_sweep_result
-- The last file that needs them: scripts do not see them.
flux.axes_of, flux.sweep_catalogue, flux.check_requests, flux.estimate_requests = nil, nil, nil, nil
flux.new_sweep_result, flux.suggestion, flux.run_salt = nil, nil, nil

-- More than anybody pays for; a list that is far too long ends here instead of in all memory.
local most = 100000

local Sweep = { methods = {} }

-- What a sweep is made of, hidden from scripts.
local parts = setmetatable({}, { __mode = "k" })

local function fail(message) mistake("flux.sweep: " .. message) end

-- A number from 1 to 2³¹−1, the same for the same text in every run, so that a script that runs again asks for the same
-- pictures.
local function seed_from(text)
  local hash = -3750763034362895579
  for at = 1, #text do hash = (hash ~ text:byte(at)) * 1099511628211 end
  hash = (hash ~ (hash >> 30)) * -4658895280553007687
  hash = (hash ~ (hash >> 27)) * -7723592293110705685
  return ((hash ~ (hash >> 31)) & 0x7fffffffffffffff) % 0x7fffffff + 1
end

local function script() return arg and type(arg[0]) == "string" and arg[0]:match("[^/\\]*$") or "" end

-- A cell as text, the same in every run: jobs and their pictures by what they were asked with.
local function plain(value)
  if type(value) == "userdata" then
    local text = tostring(value)
    if not text:find("^job ") then return (text:gsub(" of job %x* ?", " of ")) end
    return ("job %s %s %s"):format(value.model, value.prompt, value.seed)
  end
  if type(value) ~= "table" then return tostring(value) end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for index, key in ipairs(keys) do keys[index] = tostring(key) .. "=" .. plain(value[key]) end
  return "{" .. table.concat(keys, ",") .. "}"
end

-- How often a text was counted in this run. What a script does twice in the same words gets two seeds.
local counts = {}
local function count(text)
  counts[text] = (counts[text] or 0) + 1
  return counts[text]
end

-- What gives a cell the seed that it holds, and one that it draws where new pictures are wanted on purpose: those have
-- other seeds in the next run, unless that takes this one up.
local function seeder(each, is_fresh)
  local salt, held = nil, {}
  local function salt_of(cell)
    if not is_fresh and rawget(cell, "fresh") ~= true then return "" end
    salt = salt or (" %d"):format(run_salt())
    return salt
  end
  return function(cell)
    if each then
      local text = script() .. plain(cell)
      return seed_from(("each %d %s%s"):format(count(text), text, salt_of(cell)))
    end
    local own = salt_of(cell)
    held.number = held.number or count("sweep " .. plain(cell))
    held[own] = held[own] or seed_from(("sweep %s %d%s"):format(script(), held.number, own))
    return held[own]
  end, function() return salt ~= nil end
end

-- The order of axes that the author wants: those named first, then the others as they are.
local function ordered(axes, wanted)
  if wanted == nil then return axes end
  if type(wanted) ~= "table" then fail("'axes' must be a list of names such as { \"model\", \"seed\" }") end
  local by_name, names, list, taken = {}, {}, {}, {}
  for index, axis in ipairs(axes) do
    by_name[axis.name] = axis
    names[index] = "'" .. axis.name .. "'"
  end
  for _, name in ipairs(wanted) do
    local axis = by_name[name]
    if not axis then
      local have = #names == 0 and "no axis" or table.concat(names, ", ")
      fail(("'axes' names '%s', but the sweep has %s"):format(tostring(name), have))
    end
    if taken[axis] then fail(("'axes' names '%s' twice"):format(name)) end
    taken[axis] = true
    list[#list + 1] = axis
  end
  for _, axis in ipairs(axes) do if not taken[axis] then list[#list + 1] = axis end end
  return list
end

-- Places of a cell's values in their axes; the first axis varies slowest.
local function places_of(axes, number)
  local places, rest = {}, number - 1
  for index = #axes, 1, -1 do
    local size = #axes[index].entries
    places[index] = rest % size + 1
    rest = rest // size
  end
  return places
end

-- The beginning of a text that is too long to be read in a line.
local function cut(text, length)
  if (utf8.len(text) or 0) <= length then return text end
  return text:sub(1, utf8.offset(text, length) - 1) .. "…"
end

local function name_of(axes, places)
  local list = {}
  for index, axis in ipairs(axes) do
    local label = cut(axis.entries[places[index]].label, 40)
    list[index] = axis.name .. "=" .. (label:find(" ") and '"' .. label .. '"' or label)
  end
  return table.concat(list, " ")
end

-- What may stand in a sweep. Names of parameters are checked here for all cells at once, unless only the service knows
-- the model.
local function check_fields(spec, known)
  if type(spec) ~= "table" then
    fail("expected a table such as { prompt = \"…\", seed = flux.seeds(4) }, got " .. type(spec))
  end
  if spec.where ~= nil and type(spec.where) ~= "function" then fail("'where' must be a function of a cell") end
  local names = { "prompt", "model", "name", "fresh", "webhook_url", "webhook_events", "params", "params_key",
    "where", "axes" }
  table.move(known.order, 1, #known.order, #names + 1, names)
  local is_known = {}
  for _, name in ipairs(names) do is_known[name] = true end
  for key, value in pairs(spec) do
    if type(key) ~= "string" and math.type(key) ~= "integer" then
      fail(("expected named fields, got the key %s"):format(tostring(key)))
    end
    -- What flux.zip and flux.vary made has messages of its own.
    local is_plain = getmetatable(value) == nil or type(value) == "string"
    if type(key) == "string" and not is_known[key] and is_plain and (not spec.params_key or type(value) == "function")
    then
      fail(("unknown field '%s'%s"):format(key, suggestion(key, names)))
    end
  end
end

-- A name for cells, with the labels of axes put in. `by_name` is the place of each axis.
local function namer(pattern, axes, by_name)
  if type(pattern) ~= "string" then return nil end
  local names = {}
  for index, axis in ipairs(axes) do names[index] = axis.name end
  for name in pattern:gmatch("{([^{}]+)}") do
    if not by_name[name] then fail(("'name': there is no axis '%s'%s"):format(name, suggestion(name, names))) end
  end
  return function(places)
    return (pattern:gsub("{([^{}]+)}", function(name)
      local index = by_name[name]
      return axes[index].entries[places[index]].label
    end))
  end
end

-- All combinations as requests, in order; and of each, which combination it is.
local function expand(spec, known)
  local where, given = spec.where, {}
  for key, value in pairs(spec) do given[key] = value end
  given.where, given.axes = nil, nil
  local each = given.seed == "each"
  if each then given.seed = nil end
  local axes, shared, pieces = axes_of(given, known)
  axes = ordered(axes, spec.axes)
  local total, by_name, sizes = 1, {}, {}
  for index, axis in ipairs(axes) do
    sizes[index] = #axis.entries
    total = total * sizes[index]
    by_name[axis.name] = index
  end
  if total > most then
    fail(("%s are more than %d cells"):format(table.concat(sizes, " × "), most))
  end

  local numbers = setmetatable({}, { __mode = "k" })
  local meta = { __name = "cell" }
  -- A cell also answers by the names of its axes; what is sent are its own fields alone.
  function meta.__index(cell, name)
    local index = by_name[name]
    return index and axes[index].entries[places_of(axes, numbers[cell])[index]].value
  end
  local named = namer(shared.name, axes, by_name)
  local seed, was_salted = seeder(each, known.fresh)
  local cells = {}
  for number = 1, total do
    local cell, places = {}, places_of(axes, number)
    for key, value in pairs(shared) do cell[key] = value end
    for index, axis in ipairs(axes) do
      for key, value in pairs(axis.entries[places[index]].fields) do cell[key] = value end
    end
    if pieces then
      local text = {}
      for index, piece in ipairs(pieces) do
        local axis = type(piece) == "table" and by_name[piece.word]
        text[index] = axis and axes[axis].entries[places[axis]].value or piece
      end
      cell.prompt = table.concat(text)
    end
    if named then cell.name = named(places) end
    if cell.seed == nil and known.seeds[cell.model or known.model] then cell.seed = seed(cell) end
    numbers[cell] = number
    setmetatable(cell, meta)
    if not where or where(cell) then cells[#cells + 1] = cell end
  end
  return axes, cells, numbers, was_salted()
end

--- Every combination of the values of some axes. A list is an axis; see flux.vary and flux.zip. All cells are checked
--- here: a sweep with a wrong cell sends nothing.
--- @param spec table fields of a request, lists for axes; `axes` (their order), `where` (a function of a cell),
--- `seed = "each"` (each cell has its own)
function flux.sweep(spec)
  local known = catalogue()
  check_fields(spec, known)
  local axes, cells, numbers, draws_seeds = expand(spec, known)
  local index, message = check(cells)
  if index then
    local cell = name_of(axes, places_of(axes, numbers[cells[index]]))
    fail(cell == "" and message or ("cell %s: %s"):format(cell, message))
  end
  local shown = {}
  for place, axis in ipairs(axes) do
    local values, labels = {}, {}
    for at, entry in ipairs(axis.entries) do values[at], labels[at] = entry.value, entry.label end
    shown[place] = { name = axis.name, values = values, labels = labels }
  end
  local sweep = setmetatable({}, Sweep)
  parts[sweep] = {
    axes = axes, shown = shown, cells = cells, numbers = numbers, draws_seeds = draws_seeds,
    asked = setmetatable({}, { __mode = "k" }),
  }
  return sweep
end

function Sweep.__len(sweep) return #parts[sweep].cells end

local members = { "axes", "cells", "estimate", "run", "start" }

function Sweep.__index(sweep, name)
  if name == "axes" then return parts[sweep].shown end
  local method = Sweep.methods[name]
  if method then return method end
  mistake(("a sweep has no field '%s' (it has %s)"):format(tostring(name), table.concat(members, ", ")))
end

function Sweep.__tostring(sweep)
  local part, sizes = parts[sweep], {}
  for index, axis in ipairs(part.axes) do sizes[index] = #axis.entries end
  local shape = #sizes > 1 and table.concat(sizes, " × ") .. ", " or ""
  return ("sweep of %s%d cell%s"):format(shape, #part.cells, #part.cells == 1 and "" or "s")
end

--- @return fun(): table? each cell, a request as flux.generate takes it
function Sweep.methods.cells(sweep)
  local cells, index = parts[sweep].cells, 0
  return function()
    index = index + 1
    return cells[index]
  end
end

--- What it would cost: credits at least and at most, and how many cells are answered from what was made before, or are
--- paid already.
--- @return integer? least nil and an error where the service tells no price
--- @return integer|table most
--- @return integer? reused
function Sweep.methods.estimate(sweep) return estimate(parts[sweep].cells) end

-- The axes for a person to read, a line each.
local function summary(part)
  local lines = {}
  for index, axis in ipairs(part.axes) do
    local labels = {}
    for at, entry in ipairs(axis.entries) do
      if at > 6 then
        labels[at] = ("… %d more"):format(#axis.entries - 6)
        break
      end
      labels[at] = cut(entry.label, 40)
    end
    lines[index] = ("%s: %s"):format(axis.name, table.concat(labels, " | "))
  end
  return lines
end

local function start(sweep, options, name)
  local part = parts[sweep]
  return new_result({
    axes = part.axes, shown = part.shown, cells = part.cells, title = tostring(sweep), summary = summary(part),
    places = function(cell) return places_of(part.axes, part.numbers[cell]) end, reseed = seed_from,
    draws_seeds = part.draws_seeds, asked = part.asked,
  }, options, name)
end

--- Asks for all cells and gives the result at once; `flux.await(result)` waits for it. Cells that the same sweep has
--- asked for before and that did not fail are not asked for again.
--- @param options? table concurrency (jobs at once), each (a function of job and cell: nothing, "retry" or "stop"),
--- retries (3)
function Sweep.methods.start(sweep, options)
  local result = start(sweep, options, "sweep:start")
  return result
end

--- Asks for all cells, waits for them, and gives the result. Options as in sweep:start.
function Sweep.methods.run(sweep, options)
  local result, task, finish = start(sweep, options, "sweep:run")
  -- Who cancels the caller cancels the sweep with it.
  local _ <close> = task
  finish(result)
  return result
end
