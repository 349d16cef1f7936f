-- Contact sheets: which job goes where, and the text beside it. Swift draws them.

local flux = flux
local mistake, suggestion = flux.mistake, flux.suggestion
local check, draw = flux.check_sheet, flux.draw_sheet
flux.check_sheet, flux.draw_sheet = nil, nil

local function kind(value)
  local name = type(value) == "userdata" and tostring(value):match("^(%a+) ")
  return name or type(value)
end

-- The text of a field in a label; nothing where the job has none.
local function text_of(job, cell, field)
  local value = cell and cell[field]
  if value == nil and job then
    local ok, read = pcall(function() return job[field] end)
    value = read
    if not ok then value = job.params[field] end
  end
  if value == nil then return nil end
  if math.type(value) == "float" then value = ("%.10g"):format(value) end
  return (tostring(value):gsub("%s+", " "))
end

-- A function that gives a cell's label as a list of paragraphs.
local function labeller(label, default)
  if label == nil then return default end
  if label == false then return function() return {} end end
  if type(label) == "function" then
    return function(job, cell)
      local said = label(job, cell)
      if said == nil or said == false then return {} end
      if type(said) ~= "table" then said = { said } end
      local list = {}
      for index, part in ipairs(said) do list[index] = tostring(part) end
      return list
    end
  end
  if type(label) ~= "table" or #label == 0 then
    mistake("flux.sheet: 'label' must be a list of fields such as { \"prompt\", \"seed\" }, a function, or false")
  end
  for _, field in ipairs(label) do
    if type(field) ~= "string" then mistake("flux.sheet: 'label' lists names of fields, got a " .. type(field)) end
  end
  return function(job, cell)
    local parts = {}
    for _, field in ipairs(label) do
      parts[#parts + 1] = text_of(job, cell, field)
    end
    return { table.concat(parts, " · ") }
  end
end

-- What says most of a job that stands alone: its name or its prompt, then what made it.
local function about(job)
  if not job then return {} end
  local facts = job.model
  if job.seed then facts = facts .. " · seed " .. job.seed end
  return { text_of(job, nil, "name") or text_of(job, nil, "prompt") or "", facts }
end

local function owner(item)
  if kind(item) ~= "image" then return item end
  return nil
end

-- A list of jobs and images, row by row: checked at once, and what makes the sheets once the jobs have ended.
local function from_list(list, options)
  for index, item in ipairs(list) do
    local what = kind(item)
    if what ~= "job" and what ~= "image" and item ~= false then
      mistake(("flux.sheet: expected jobs or images, but item %d is a %s"):format(index, what))
    end
  end
  if #list == 0 then mistake("flux.sheet: there is no picture to show: the list is empty") end
  for _, name in ipairs { "rows", "pages" } do
    if options[name] ~= nil then mistake(("flux.sheet: '%s' needs the result of a sweep"):format(name)) end
  end
  local columns = options.columns
  if columns ~= nil and (math.type(columns) ~= "integer" or columns < 1) then
    mistake("flux.sheet: 'columns' must be a whole number, 1 or more, for a list of jobs")
  end
  local label = labeller(options.label, about)

  return function()
    local entries = {}
    for _, item in ipairs(list) do
      local images = kind(item) == "job" and item.images
      if images and #images > 1 then
        for _, image in ipairs(images) do entries[#entries + 1] = { shown = image, job = item } end
      elseif item then
        entries[#entries + 1] = { shown = item, job = owner(item) }
      else
        entries[#entries + 1] = { missing = "nothing here" }
      end
    end
    local count = #entries
    local across = columns or count <= 5 and count or math.min(12, math.ceil(math.sqrt(count * 1.4)))
    local rows = {}
    for index, entry in ipairs(entries) do
      if (index - 1) % across == 0 then rows[#rows + 1] = { cells = {} } end
      local cells = rows[#rows].cells
      cells[#cells + 1] = { job = entry.shown, missing = entry.missing, label = label(entry.job) }
    end
    return { { title = options.title, heads = {}, rows = rows } }
  end
end

-- The places of axes that an option names: one name or a list of them.
local function places(value, name, axes, taken)
  if value == nil then return nil end
  local names = type(value) == "table" and value or { value }
  local known, shown, list = {}, {}, {}
  for index, axis in ipairs(axes) do
    known[index] = axis.name
    shown[index] = "'" .. axis.name .. "'"
  end
  for _, wanted in ipairs(names) do
    local found
    for index, axis in ipairs(axes) do if axis.name == wanted then found = index end end
    if not found then
      mistake(("flux.sheet: '%s' names the axis '%s'%s, but the sweep has %s"):format(
        name, tostring(wanted), suggestion(tostring(wanted), known),
        #shown == 0 and "no axis" or table.concat(shown, ", ")))
    end
    if taken[found] then
      mistake(("flux.sheet: the axis '%s' cannot be in two places"):format(tostring(wanted)))
    end
    taken[found] = true
    list[#list + 1] = found
  end
  return list
end

-- How a value of an axis is called beside a picture: numbers need their axis's name to mean something.
local function head_of(axis, index)
  local value, label = axis.values[index], axis.labels[index]
  if (type(value) == "number" or type(value) == "boolean") and label == tostring(value) then
    return axis.name .. " " .. label
  end
  return label
end

-- All combinations of the values of some axes that occur, in order: their keys, and what they are called. An axis of
-- one value, which the author has not named, tells nothing.
local function combinations(axes, which, used, joint, named)
  local list = {}
  local function add(depth, key, parts)
    if depth > #which then
      if used[key] then list[#list + 1] = { key = key, text = table.concat(parts, joint) } end
      return
    end
    local axis = axes[which[depth]]
    local is_shown = #axis.values > 1 or named[which[depth]]
    for index = 1, #axis.values do
      if is_shown then parts[#parts + 1] = head_of(axis, index) end
      add(depth + 1, key .. "," .. index, parts)
      if is_shown then parts[#parts] = nil end
    end
  end
  add(1, "", {})
  return list
end

-- The result of a sweep, one sheet for each combination of the axes that pages are made of: checked at once, and what
-- makes the sheets once the jobs have ended.
local function from_result(result, options)
  local axes, taken = result.axes, {}
  local columns = places(options.columns, "columns", axes, taken)
  local rows = places(options.rows, "rows", axes, taken)
  local pages = places(options.pages, "pages", axes, taken) or {}
  local left = {}
  for index = 1, #axes do if not taken[index] then left[#left + 1] = index end end
  -- The axis that varies fastest lies across, the next one down; what then is left makes pages.
  if not columns then columns = { table.remove(left) } end
  if not rows then rows = { table.remove(left) } end
  for _, index in ipairs(left) do pages[#pages + 1] = index end
  local label = labeller(options.label, function() return {} end)
  if #result == 0 then mistake("flux.sheet: there is no picture to show: the result has no cells") end

  return function()
    local used = { columns = {}, rows = {}, pages = {} }
    local jobs = {}
    local function key(place, which)
      local parts = ""
      for _, axis in ipairs(which) do parts = parts .. "," .. place[axis] end
      return parts
    end
    local number = 0
    for cell, job in result:cells() do
      number = number + 1
      local place = result:place(number)
      local page, row, column = key(place, pages), key(place, rows), key(place, columns)
      used.pages[page], used.rows[row], used.columns[column] = true, true, true
      jobs[page .. "/" .. row .. "/" .. column] = { cell = cell, job = job }
    end
    local across = combinations(axes, columns, used.columns, "\n", taken)
    local down = combinations(axes, rows, used.rows, "\n", taken)
    local sheets = {}
    for _, page in ipairs(combinations(axes, pages, used.pages, " · ", taken)) do
      local sheet = { heads = {}, rows = {} }
      local title = {}
      if options.title then title[#title + 1] = options.title end
      if page.text ~= "" then title[#title + 1] = page.text end
      sheet.title = table.concat(title, " — ")
      for index, column in ipairs(across) do sheet.heads[index] = column.text end
      for _, row in ipairs(down) do
        local cells = {}
        for index, column in ipairs(across) do
          local entry = jobs[page.key .. "/" .. row.key .. "/" .. column.key]
          if not entry then
            cells[index] = { missing = "left out", label = {} }
          else
            local job = entry.job or nil
            cells[index] = { job = job, missing = "not requested", label = label(job, entry.cell) }
          end
        end
        sheet.rows[#sheet.rows + 1] = { head = row.text, cells = cells }
      end
      sheets[#sheets + 1] = sheet
    end
    return sheets
  end
end

-- Everything that the arguments tell is checked before the jobs are waited for, since those cost credits. `wait` waits
-- for the result of a sweep; without it, for the jobs that were asked for.
local function sheet(what, file, options, wait)
  if kind(what) == "job" or kind(what) == "image" then what = { what } end
  if type(what) ~= "table" then
    mistake("flux.sheet: expected a list of jobs or the result of a sweep, got " .. kind(what))
  end
  check(file, options)
  options = options or {}
  if options.title ~= nil and type(options.title) ~= "string" then
    mistake("flux.sheet: 'title' must be a string")
  end
  local is_result = type(what.place) == "function" and type(what.axes) == "table"
  local sheets = is_result and from_result(what, options) or from_list(what, options)
  if wait then
    wait(what)
  else
    local jobs = {}
    for _, job in ipairs(is_result and what.jobs or what) do
      if kind(job) == "job" then jobs[#jobs + 1] = job end
    end
    if #jobs > 0 then flux.await(jobs, { timeout = false }) end
  end
  return draw(file, options, sheets())
end

--- Draws a contact sheet: pictures in rows and columns, with what they are written beside them. Waits for the jobs.
--- The format follows from the file's name (.png, .jpg, .webp); what does not fit on one page goes on the next
--- (`mugs-1.png`, `mugs-2.png`). An older file of that name is replaced.
--- @param what table a list of jobs and images, or the result of a sweep
--- @param file string
--- @param options? table columns, rows, pages (axes; for a list a number of columns), cell (longer side of a picture
--- in pixels, 384), label (a function of job and cell, a list of fields, or false), title, theme ("light", "dark"),
--- gap, font_size (pixels), quality (0–100)
--- @return string[]? paths of the pages; nil and an error when one cannot be written
--- @return table? err
function flux.sheet(what, file, options)
  local paths, err = sheet(what, file, options)
  return paths, err
end

-- What draws the result of a sweep; sweep_result.lua takes it.
flux.sheet_of_result = sheet
