-- Sweeps: every combination of the values of some axes, checked before the first is sent, and paid once.

local flux = flux
local axes_of = flux.axes_of
local catalogue, check, estimate = flux.sweep_catalogue, flux.check_requests, flux.estimate_requests
local new_result = flux.new_sweep_result
flux.axes_of, flux.sweep_catalogue, flux.check_requests = nil, nil, nil
flux.estimate_requests, flux.new_sweep_result = nil, nil

-- More than anybody pays for; a list that is far too long ends here instead of in all memory.
local most = 1000000

-- Sweeps of this run so far: each has a seed of its own.
local sweeps = 0

local Sweep = { methods = {} }

-- What a sweep is made of, hidden from scripts.
local parts = setmetatable({}, { __mode = "k" })

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

local function plain(value)
  if type(value) ~= "table" then return tostring(value) end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for index, key in ipairs(keys) do keys[index] = tostring(key) .. "=" .. plain(value[key]) end
  return "{" .. table.concat(keys, ",") .. "}"
end

-- What is wrong with a sweep; caught below and raised at the author's line.
local Wrong = {}
local function fail(message) error(setmetatable({ message = message }, Wrong), 0) end

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
    local count = #axes[index].entries
    places[index] = rest % count + 1
    rest = rest // count
  end
  return places
end

local function name_of(axes, places)
  local list = {}
  for index, axis in ipairs(axes) do list[index] = axis.name .. "=" .. axis.entries[places[index]].label end
  return table.concat(list, " ")
end

local function make(spec)
  local known = catalogue()
  local where, order = spec.where, spec.axes
  local given = {}
  for key, value in pairs(spec) do given[key] = value end
  given.where, given.axes = nil, nil
  if where ~= nil and type(where) ~= "function" then fail("'where' must be a function of a cell") end
  local each_seed = given.seed == "each"
  if each_seed then given.seed = nil end
  local axes, shared, pieces, setters = axes_of(given, known, fail)
  axes = ordered(axes, order)
  local total, by_name = 1, {}
  for index, axis in ipairs(axes) do
    total = total * #axis.entries
    if total > most then fail("more than a million cells") end
    by_name[axis.name] = index
  end

  local numbers = setmetatable({}, { __mode = "k" })
  local meta = { __name = "cell" }
  -- A cell also answers by the names of its axes; what is sent are its own fields alone.
  function meta.__index(cell, name)
    local index = by_name[name]
    if not index then return nil end
    return axes[index].entries[places_of(axes, numbers[cell])[index]].value
  end

  sweeps = sweeps + 1
  local held = seed_from(("sweep %s %d"):format(script(), sweeps))
  local needs_seed = shared.seed == nil and not setters.seed
  local repeats, cells = {}, {}
  local words = {}
  for number = 1, total do
    local cell = setmetatable({}, meta)
    for key, value in pairs(shared) do rawset(cell, key, value) end
    local rest = number - 1
    for index = #axes, 1, -1 do
      local axis = axes[index]
      local entry = axis.entries[rest % #axis.entries + 1]
      rest = rest // #axis.entries
      for key, value in pairs(entry.fields) do rawset(cell, key, value) end
      if axis.is_word then words[axis.name] = entry.value end
      if shared.name and axis.name then words[axis] = entry.label end
    end
    if pieces then
      local text = {}
      for index, piece in ipairs(pieces) do text[index] = type(piece) == "string" and piece or words[piece.word] end
      rawset(cell, "prompt", table.concat(text))
    end
    if type(shared.name) == "string" then
      rawset(cell, "name", (shared.name:gsub("{([^{}]+)}", function(name)
        local index = by_name[name]
        return index and words[axes[index]] or nil
      end)))
    end
    numbers[cell] = number
    if needs_seed and known.seeds[rawget(cell, "model") or known.model] then
      if each_seed then
        local text = script() .. plain(cell)
        repeats[text] = (repeats[text] or 0) + 1
        rawset(cell, "seed", seed_from(("each %d %s"):format(repeats[text], text)))
      else
        rawset(cell, "seed", held)
      end
    end
    if not where or where(cell) then cells[#cells + 1] = cell end
  end
  return axes, cells, numbers
end

--- Every combination of the values of some axes. A list is an axis; see flux.vary and flux.zip. All cells are checked
--- here: a sweep with a wrong cell sends nothing.
--- @param spec table fields of a request, lists for axes; `axes` (their order), `where` (a function of a cell),
--- `seed = "each"` (each cell has its own)
function flux.sweep(spec)
  if type(spec) ~= "table" then
    error("flux.sweep: expected a table such as { prompt = \"…\", seed = flux.seeds(4) }, got " .. type(spec), 2)
  end
  local ok, axes, cells, numbers = pcall(make, spec)
  if not ok then
    -- What is wrong with the sweep is said at the author's line; an error of the author's own `where` stays as it is.
    if getmetatable(axes) == Wrong then error("flux.sweep: " .. axes.message, 2) end
    error(axes, 0)
  end
  local index, message = check(cells)
  if index then
    local cell = name_of(axes, places_of(axes, numbers[cells[index]]))
    error(("flux.sweep: cell %s: %s"):format(cell == "" and index or cell, message), 2)
  end
  local shown = {}
  for place, axis in ipairs(axes) do
    local values, labels = {}, {}
    for at, entry in ipairs(axis.entries) do values[at], labels[at] = entry.value, entry.label end
    shown[place] = { name = axis.name, values = values, labels = labels }
  end
  local sweep = setmetatable({}, Sweep)
  parts[sweep] = { axes = axes, shown = shown, cells = cells, numbers = numbers }
  return sweep
end

function Sweep.__len(sweep) return #parts[sweep].cells end

function Sweep.__index(sweep, name)
  if name == "axes" then return parts[sweep].shown end
  local method = Sweep.methods[name]
  if method then return method end
  error(("a sweep has no field '%s' (it has axes, cells, estimate, run, start)"):format(tostring(name)), 2)
end

function Sweep.__tostring(sweep)
  local part, counts = parts[sweep], {}
  for index, axis in ipairs(part.axes) do counts[index] = #axis.entries end
  local shape = #counts > 1 and table.concat(counts, " × ") .. ", " or ""
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

--- What it would cost: credits at least and at most, and how many cells are answered from what was made before.
--- @return integer? least nil and an error where the service tells no price
--- @return integer|table most
--- @return integer? reused
function Sweep.methods.estimate(sweep) return estimate(parts[sweep].cells) end

local function summary(part)
  local lines = {}
  for index, axis in ipairs(part.axes) do
    local labels = {}
    for at, entry in ipairs(axis.entries) do
      if at > 6 then
        labels[at] = ("… %d more"):format(#axis.entries - 6)
        break
      end
      labels[at] = utf8.len(entry.label) and utf8.len(entry.label) > 40
        and entry.label:sub(1, utf8.offset(entry.label, 40) - 1) .. "…" or entry.label
    end
    lines[index] = ("%s: %s"):format(axis.name, table.concat(labels, ", "))
  end
  return lines
end

local function start(sweep, options, name)
  local part = parts[sweep]
  return new_result({
    axes = part.axes, shown = part.shown, cells = part.cells, title = tostring(sweep), summary = summary(part),
    places = function(cell) return places_of(part.axes, part.numbers[cell]) end, reseed = seed_from,
  }, options, name)
end

--- Asks for all cells and gives the result at once; `flux.await(result)` waits for it.
--- @param options? table concurrency (jobs at once), each (a function of job and cell: nothing, "retry" or "stop"),
--- retries (3)
function Sweep.methods.start(sweep, options)
  local result = start(sweep, options, "sweep:start")
  return result
end

--- Asks for all cells, waits for them, and gives the result. Options as in sweep:start.
function Sweep.methods.run(sweep, options)
  local result = start(sweep, options, "sweep:run")
  local _, err = flux.await(result, { timeout = false })
  if err then error(err, 0) end
  return result
end
