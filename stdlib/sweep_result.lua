-- What a sweep gives: jobs by coordinates. Also the work of asking for its cells.

local flux = flux
local note, ask = flux.note_sweep, flux.ask_cell
flux.note_sweep, flux.ask_cell = nil, nil

local Result = { methods = {} }

-- What a result is made of, hidden from scripts.
local parts = setmetatable({}, { __mode = "k" })

local function new(part)
  local result = setmetatable({}, Result)
  parts[result] = part
  return result
end

local function checked(options, name)
  if options == nil then return {} end
  if type(options) ~= "table" then
    error(("%s: expected options such as { concurrency = 4 }, got %s"):format(name, type(options)), 4)
  end
  for key in pairs(options) do
    if key ~= "concurrency" and key ~= "each" and key ~= "retries" then
      error(("%s: unknown option '%s' (it takes concurrency, each, retries)"):format(name, tostring(key)), 4)
    end
  end
  if options.each ~= nil and type(options.each) ~= "function" then
    error(("%s: 'each' must be a function of job and cell"):format(name), 4)
  end
  local function count(key, least)
    local value = options[key]
    if value ~= nil and (math.type(value) ~= "integer" or value < least) then
      error(("%s: '%s' must be a whole number, %d or more (got %s)"):format(name, key, least, tostring(value)), 5)
    end
  end
  count("concurrency", 1)
  count("retries", 0)
  return options
end

-- A cell once more, with a seed of its own where it has one. The same in every run, so that it is paid once.
local function again(cell, attempt, reseed)
  local request = {}
  for key, value in pairs(cell) do request[key] = value end
  if request.seed then request.seed = reseed(("retry %d of %d"):format(attempt, request.seed)) end
  return request
end

-- Asks for cells, a limited number at once, and lets `each` judge what comes.
local function work(part, options)
  local cells, jobs, each = part.cells, part.jobs, options.each
  local next_cell, stopped, failure = 1, false, nil
  local function judge(cell, job)
    local ok, answer = pcall(each, job, cell)
    if ok and answer ~= nil and answer ~= "retry" and answer ~= "stop" then
      ok = false
      answer = ("sweep: 'each' must return nothing, \"retry\" or \"stop\" (got %s)"):format(tostring(answer))
    end
    if not ok then
      failure = failure or { answer }
      return "stop"
    end
    return answer
  end
  local function worker()
    while next_cell <= #cells and not stopped do
      local number = next_cell
      next_cell = number + 1
      local cell, attempt = cells[number], 0
      jobs[number] = ask(cell, part.id)
      while true do
        flux.await(jobs[number], { timeout = false })
        local verdict = each and judge(cell, jobs[number])
        if verdict == "stop" then stopped = true end
        if stopped or verdict ~= "retry" or attempt >= (options.retries or 3) then break end
        attempt = attempt + 1
        jobs[number] = ask(again(cell, attempt, part.reseed), part.id)
      end
    end
  end
  local limit = options.concurrency or each and flux.config().concurrency or #cells
  if not each and not options.concurrency then
    for number, cell in ipairs(cells) do jobs[number] = ask(cell, part.id) end
    flux.await(jobs, { timeout = false })
  else
    -- Who cancels this task cancels its workers.
    local workers <close> = setmetatable({}, { __close = function(all)
      for _, one in ipairs(all) do one:cancel() end
    end })
    for index = 1, math.min(limit, #cells) do workers[index] = flux.spawn(worker) end
    for _, one in ipairs(workers) do
      local _, err = flux.await(one, { timeout = false })
      if err then failure = failure or { err } end
    end
  end
  if failure then error(failure[1], 0) end
end

--- Starts asking for the cells of a sweep.
function flux.new_sweep_result(part, options, name)
  options = checked(options, name)
  part.id = note(part.title, part.summary)
  part.jobs = {}
  for number = 1, #part.cells do part.jobs[number] = false end
  local result = new(part)
  part.task = flux.spawn(work, part, options)
  return result
end

local await = flux.await

--- Waits for a job, a task, a list, or the result of a sweep; see the module's page.
function flux.await(what, ...)
  if getmetatable(what) ~= Result then return await(what, ...) end
  local part = parts[what]
  if not part.task then return what end
  local _, err = await(part.task, ...)
  if err then return nil, err end
  return what
end

function Result.__len(result) return #parts[result].cells end

function Result.__index(result, name)
  local part = parts[result]
  if name == "jobs" then return part.jobs end
  if name == "axes" then return part.shown end
  if name == "failed" then
    local count = 0
    for _, job in ipairs(part.jobs) do if job and job.done and not job.ok then count = count + 1 end end
    return count
  end
  local method = Result.methods[name]
  if method then return method end
  error(("the result of a sweep has no field '%s' (it has jobs, failed, axes, at, cells, pick, place, save, sheet, "
    .. "gallery, await)"):format(tostring(name)), 2)
end

function Result.__tostring(result)
  local part, done, failed = parts[result], 0, 0
  for _, job in ipairs(part.jobs) do
    if job and job.done then
      done = done + 1
      if job.status ~= "COMPLETED" then failed = failed + 1 end
    end
  end
  local text = ("result of %d cell%s, %d done"):format(#part.cells, #part.cells == 1 and "" or "s", done)
  return failed > 0 and text .. (", %d failed"):format(failed) or text
end

Result.methods.await = function(result, ...) return flux.await(result, ...) end

--- @return fun(): table?, table? each cell and its job (false where it was not asked for)
function Result.methods.cells(result)
  local part, index = parts[result], 0
  return function()
    index = index + 1
    return part.cells[index], part.jobs[index]
  end
end

--- The place of a cell's value in each axis.
--- @param number integer of the cell
--- @return integer[]
function Result.methods.place(result, number)
  local part = parts[result]
  local cell = part.cells[number]
  if not cell then error(("result:place: there is no cell %s"):format(tostring(number)), 2) end
  return part.places(cell)
end

--- A result with the cells for which f(job, cell) is true.
function Result.methods.pick(result, f)
  if type(f) ~= "function" then error("result:pick: expected a function of job and cell, got " .. type(f), 2) end
  local part = parts[result]
  local cells, jobs = {}, {}
  for number, cell in ipairs(part.cells) do
    if f(part.jobs[number], cell) then
      cells[#cells + 1], jobs[#jobs + 1] = cell, part.jobs[number]
    end
  end
  local picked = {}
  for key, value in pairs(part) do picked[key] = value end
  picked.cells, picked.jobs, picked.task = cells, jobs, nil
  return new(picked)
end

-- The places in an axis that a coordinate may mean: by value, else by label, else by number.
local function matching(axis, wanted)
  local found = {}
  for place, entry in ipairs(axis.entries) do if entry.value == wanted then found[place] = true end end
  if next(found) then return found end
  for place, entry in ipairs(axis.entries) do if entry.label == tostring(wanted) then found[place] = true end end
  if next(found) then return found end
  if math.type(wanted) == "integer" and axis.entries[wanted] then found[wanted] = true end
  return found
end

--- The job at some coordinates: `result:at { seed = 3, red = "blue", model = 1 }`.
function Result.methods.at(result, coordinates)
  if type(coordinates) ~= "table" then
    error("result:at: expected coordinates such as { seed = 3 }, got " .. type(coordinates), 2)
  end
  local part = parts[result]
  local wanted, names = {}, {}
  for index, axis in ipairs(part.axes) do names[index] = "'" .. axis.name .. "'" end
  for name, value in pairs(coordinates) do
    local place, places
    for index, axis in ipairs(part.axes) do if axis.name == name then place = index end end
    if place then
      places = matching(part.axes[place], value)
    else
      -- A field that an axis sets beside its value, or one of fields that change together.
      for index, axis in ipairs(part.axes) do
        for at, entry in ipairs(axis.entries) do
          if entry.fields[name] ~= nil then
            place, places = index, places or {}
            if entry.fields[name] == value then places[at] = true end
          end
        end
      end
    end
    if not place then
      local have = table.concat(names, ", ")
      error(("result:at: there is no axis '%s' (the sweep has %s)"):format(tostring(name), have), 2)
    end
    if not next(places) then
      local labels = {}
      for index, entry in ipairs(part.axes[place].entries) do labels[index] = entry.label end
      error(("result:at: no value of '%s' is %s (it has %s)"):format(
        name, tostring(value), table.concat(labels, ", ")), 2)
    end
    wanted[#wanted + 1] = { place = place, places = places }
  end
  local found
  for number, cell in ipairs(part.cells) do
    local places, fits = part.places(cell), true
    for _, one in ipairs(wanted) do fits = fits and one.places[places[one.place]] end
    if fits then
      if found then
        error(("result:at: several cells fit; name more of the axes (%s)"):format(table.concat(names, ", ")), 2)
      end
      found = number
    end
  end
  if not found then error("result:at: no cell fits: it was left out", 2) end
  return part.jobs[found]
end

-- Text that can stand in a file's name and in a pattern.
local function in_a_name(text)
  text = text:gsub("[%c/\\:*?\"<>|{}]+", "-"):gsub("^[%s.]+", ""):gsub("[%s.]+$", "")
  return text == "" and "_" or text
end

-- A pattern with the axes' values put in, where they are no fields of a job or have a name of their own.
local function filled(pattern, part, cell)
  local places = part.places(cell)
  return (pattern:gsub("{([^{}:]+):?(%d*)}", function(name, length)
    for index, axis in ipairs(part.axes) do
      local entry = axis.entries[places[index]]
      if axis.name == name and (axis.is_word or axis.zipped or entry.is_named) then
        local text = in_a_name(entry.label)
        local cut = tonumber(length)
        if cut and (utf8.len(text) or 0) > cut then text = text:sub(1, utf8.offset(text, cut + 1) - 1) end
        return text
      end
    end
    return nil
  end))
end

--- Saves the pictures that were made; the axes are placeholders of the pattern. Failed cells are passed over.
--- @return string[] paths
function Result.methods.save(result, pattern, options)
  if pattern ~= nil and type(pattern) ~= "string" then
    error("result:save: the pattern must be a string, got " .. type(pattern), 2)
  end
  flux.await(result, { timeout = false })
  local part, paths = parts[result], {}
  for number, cell in ipairs(part.cells) do
    local job = part.jobs[number]
    if job and job.ok then
      for _, path in ipairs(flux.save({ job }, pattern and filled(pattern, part, cell), options)) do
        paths[#paths + 1] = path
      end
    end
  end
  return paths
end

function Result.methods.sheet(result, file, options)
  flux.await(result, { timeout = false })
  return flux.sheet(result, file, options)
end

function Result.methods.gallery(result, folder, options)
  if not flux.gallery then error("result:gallery: galleries are not there yet; result:sheet draws a sheet", 2) end
  return flux.gallery(result, folder, options)
end
