-- Galleries: a folder with a page that shows what jobs make, while they make it. Swift writes it.

local flux = flux
local mistake = flux.mistake
local check, write, change = flux.check_gallery, flux.write_gallery, flux.gallery_change
local task_of_result = flux.task_of_result
-- The last file that needs them: scripts do not see them.
flux.check_gallery, flux.write_gallery, flux.gallery_change, flux.task_of_result = nil, nil, nil, nil
flux.mistake = nil

local function kind(value)
  local name = type(value) == "userdata" and tostring(value):match("^(%a+) ")
  return name or type(value)
end

-- Jobs and images of a list, however deep.
local function collect(list, entries, level)
  for index, item in ipairs(list) do
    local what = kind(item)
    if what == "job" or what == "image" then
      entries[#entries + 1] = { item = item }
    elseif what == "table" and level < 8 then
      collect(item, entries, level + 1)
    elseif item ~= false then
      mistake(("flux.gallery: expected jobs or images, but item %d is a %s"):format(index, what))
    end
  end
  return entries
end

local function cells_of(result)
  local entries, number = {}, 0
  for cell, job in result:cells() do
    number = number + 1
    entries[number] = { item = job or nil, cell = cell, place = result:place(number) }
  end
  return entries
end

--- Writes a folder with a page of pictures, and keeps it up while jobs are under way: `index.html` opens in any
--- browser, also from the folder. Stars, notes and the exact calls are in it.
--- @param what table jobs and images, or the result of a sweep
--- @param folder string
--- @param options? table title; copy: "link" (the default: no second copy of a picture where the file system can) or
--- "copy" (for pictures that will be edited there)
--- @return string? path of the page; nil and an error when it cannot be written
--- @return table? err
function flux.gallery(what, folder, options)
  if kind(what) == "job" or kind(what) == "image" then what = { what } end
  if type(what) ~= "table" then
    mistake("flux.gallery: expected a list of jobs or the result of a sweep, got " .. kind(what))
  end
  local is_planned = check(folder, options)
  local is_result = type(what.place) == "function" and type(what.axes) == "table"
  local task = is_result and task_of_result(what)
  local entries = not is_result and collect(what, {}, 0)
  local axes = is_result and what.axes or nil

  -- The jobs that are still to end, and whether cells are still to be asked for.
  local function under_way()
    local open, is_more = {}, task and task.status == "running"
    for _, entry in ipairs(is_result and cells_of(what) or entries) do
      if kind(entry.item) == "job" and not entry.item.done then open[#open + 1] = entry.item end
    end
    return open, is_more
  end

  -- What is under way is looked at first: what ends while the page is written makes one more.
  local open, is_more
  local function draw()
    open, is_more = under_way()
    local is_running = #open > 0 or is_more
    return write(folder, options, is_result and cells_of(what) or entries, axes, is_running)
  end

  if is_planned then return folder .. "/index.html" end
  local page = draw()
  if #open > 0 or is_more then
    flux.spawn(function()
      while #open > 0 or is_more do
        change(open, is_more and task or nil)
        draw()
      end
    end)
  end
  return page
end
