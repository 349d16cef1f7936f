-- The result of a sweep: jobs by coordinates. asking.lua requests its cells.

local flux = flux
local mistake, suggestion = flux.mistake, flux.suggestion
local save_cells, check_saving, ask_all = flux.save_cells, flux.check_saving, flux.ask_all
local sheet = flux.sheet_of_result
flux.save_cells, flux.check_saving, flux.ask_all, flux.sheet_of_result = nil, nil, nil, nil

local Result = { methods = {} }

-- What a result is made of, hidden from scripts.
local parts = setmetatable({}, { __mode = "k" })

local function new(part)
  local result = setmetatable({}, Result)
  parts[result] = part
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

-- What a result is made of, once all of it is there; raises what stopped the sweep.
local function finished(result)
  local part = parts[result]
  local _, err = flux.await(result, { timeout = false })
  if part.wrong then mistake(part.wrong) end
  if err then error(err, 0) end
  return part
end

--- Starts asking for the cells of a sweep.
--- @return table result, userdata task, function finished
function flux.new_sweep_result(part, options, name)
  local result = new(part)
  part.task = ask_all(part, options, name)
  return result, part.task, finished
end

function Result.__len(result) return #parts[result].cells end

local members = { "jobs", "failed", "axes", "at", "cells", "pick", "place", "save", "sheet", "gallery", "await" }

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
  mistake(("the result of a sweep has no field '%s' (it has %s)"):format(
    tostring(name), table.concat(members, ", ")))
end

function Result.__tostring(result)
  local part, done, failed, unsent = parts[result], 0, 0, 0
  for _, job in ipairs(part.jobs) do
    if not job then
      unsent = unsent + 1
    elseif job.done then
      done = done + 1
      if job.status ~= "COMPLETED" then failed = failed + 1 end
    end
  end
  local text = ("result of %d cell%s, %d done"):format(#part.cells, #part.cells == 1 and "" or "s", done)
  if failed > 0 then text = text .. (", %d failed"):format(failed) end
  if unsent > 0 then text = text .. (", %d not requested"):format(unsent) end
  return text
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
  if not cell then mistake(("result:place: there is no cell %s"):format(tostring(number))) end
  return part.places(cell)
end

-- The values of axes that some cells still have, and where those are now.
local function narrowed(part, cells)
  local used, moved, axes, shown = {}, {}, {}, {}
  for index in ipairs(part.axes) do used[index] = {} end
  for _, cell in ipairs(cells) do
    for index, place in ipairs(part.places(cell)) do used[index][place] = true end
  end
  for index, axis in ipairs(part.axes) do
    local entries, values, labels = {}, {}, {}
    moved[index] = {}
    for place, entry in ipairs(axis.entries) do
      if used[index][place] then
        local at = #entries + 1
        entries[at], values[at], labels[at] = entry, entry.value, entry.label
        moved[index][place] = at
      end
    end
    axes[index] = { name = axis.name, entries = entries, is_word = axis.is_word }
    shown[index] = { name = axis.name, values = values, labels = labels }
  end
  local function places(cell)
    local list = part.places(cell)
    for index, place in ipairs(list) do list[index] = moved[index][place] end
    return list
  end
  return axes, shown, places
end

--- A result with the cells for which f(job, cell) is true, once all jobs have ended. What was not asked for is not in
--- it.
function Result.methods.pick(result, f)
  local meta = getmetatable(f)
  if type(f) ~= "function" and not (type(meta) == "table" and meta.__call) then
    mistake("result:pick: expected a function of job and cell, got " .. type(f))
  end
  local part = finished(result)
  local picked = { cells = {}, jobs = {} }
  for number, cell in ipairs(part.cells) do
    local job = part.jobs[number]
    if job and f(job, cell) then
      picked.cells[#picked.cells + 1], picked.jobs[#picked.jobs + 1] = cell, job
    end
  end
  picked.axes, picked.shown, picked.places = narrowed(part, picked.cells)
  return new(picked)
end

-- The places in an axis that a coordinate may mean: by value, else by label, else by number.
local function matching(axis, wanted)
  local found = {}
  for place, entry in ipairs(axis.entries) do if entry.value == wanted then found[place] = true end end
  if next(found) then return found end
  for place, entry in ipairs(axis.entries) do if entry.label == tostring(wanted) then found[place] = true end end
  if next(found) then return found end
  local place = math.tointeger(wanted)
  if place and axis.entries[place] then found[place] = true end
  return found
end

-- The places in an axis whose values set a field so: one beside the value, or one of fields that change together. Nil
-- where no axis sets it.
local function setting(axes, field, wanted)
  for index, axis in ipairs(axes) do
    local found, sets = {}, false
    for place, entry in ipairs(axis.entries) do
      if entry.fields[field] ~= nil then
        sets = true
        if entry.fields[field] == wanted then found[place] = true end
      end
    end
    if sets then return index, found end
  end
  return nil
end

-- Coordinates in the words of the author, for messages.
local function shown(coordinates)
  local list = {}
  for name, value in pairs(coordinates) do list[#list + 1] = ("%s=%s"):format(tostring(name), tostring(value)) end
  table.sort(list)
  return table.concat(list, " ")
end

--- The job at some coordinates: `result:at { seed = 3, red = "blue", model = 1 }`; false where it was not asked for.
function Result.methods.at(result, coordinates)
  if type(coordinates) ~= "table" then
    mistake("result:at: expected coordinates such as { seed = 3 }, got " .. type(coordinates))
  end
  local part = parts[result]
  local wanted, names = {}, {}
  for index, axis in ipairs(part.axes) do names[index] = axis.name end
  local have = #names == 0 and "no axis" or "'" .. table.concat(names, "', '") .. "'"
  for name, value in pairs(coordinates) do
    local index, places
    for at, axis in ipairs(part.axes) do if axis.name == name then index = at end end
    if index then places = matching(part.axes[index], value) else index, places = setting(part.axes, name, value) end
    if not index then
      mistake(("result:at: there is no axis '%s'%s: the sweep has %s"):format(
        tostring(name), suggestion(tostring(name), names), have))
    end
    if not next(places) then
      mistake(("result:at: no value of '%s' is %s (it has %s)"):format(
        name, tostring(value), table.concat(part.shown[index].labels, ", ")))
    end
    wanted[#wanted + 1] = { index = index, places = places }
  end
  local found
  for number, cell in ipairs(part.cells) do
    local places, fits = part.places(cell), true
    for _, one in ipairs(wanted) do fits = fits and one.places[places[one.index]] end
    if fits and found then
      mistake(("result:at: several cells fit; name more of the axes, or labels (%s)"):format(have))
    end
    if fits then found = number end
  end
  if not found then mistake(("result:at: no cell is at %s: it was left out"):format(shown(coordinates))) end
  return part.jobs[found]
end

-- What stands for an axis in a file's name: a name of its value's own, else the value; a picture's name or a parameter
-- is put in as always.
local function placeholders(part, cell)
  local labels = {}
  for index, place in ipairs(part.places(cell)) do
    local axis = part.axes[index]
    local entry = axis.entries[place]
    if entry.is_named or entry.fields[axis.name] == nil then labels[axis.name] = entry.label end
  end
  return labels
end

--- Saves the pictures that were made; the axes are placeholders of the pattern. Failed cells are passed over.
--- @return string[] paths
function Result.methods.save(result, pattern, options)
  check_saving(pattern, options)
  local part = finished(result)
  local jobs, labels = {}, {}
  for number, cell in ipairs(part.cells) do
    local job = part.jobs[number]
    if job and job.ok then
      jobs[#jobs + 1], labels[#labels + 1] = job, placeholders(part, cell)
    end
  end
  return save_cells(jobs, labels, pattern, options)
end

function Result.methods.sheet(result, file, options)
  local paths, err = sheet(result, file, options, finished)
  return paths, err
end

function Result.methods.gallery(result, folder, options)
  return flux.gallery(result, folder, options)
end

-- What asks for a result's cells; gallery.lua takes it.
function flux.task_of_result(result)
  return getmetatable(result) == Result and parts[result].task or nil
end
