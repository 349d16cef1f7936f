-- Requests the cells of a sweep. sweep_result.lua hides `flux.ask_all` from scripts.

local flux = flux
local mistake, suggestion = flux.mistake, flux.suggestion
local note, ask, settle = flux.note_sweep, flux.ask_cell, flux.settle
flux.note_sweep, flux.ask_cell, flux.settle = nil, nil, nil

local names = { "concurrency", "each", "retries" }

local function checked(options, name)
  if options == nil then return {} end
  if type(options) ~= "table" then
    mistake(("%s: expected options such as { concurrency = 4 }, got %s"):format(name, type(options)))
  end
  for key in pairs(options) do
    if key ~= "concurrency" and key ~= "each" and key ~= "retries" then
      local meant = suggestion(tostring(key), names)
      if meant == "" then meant = (" (it takes %s)"):format(table.concat(names, ", ")) end
      mistake(("%s: unknown option '%s'%s"):format(name, tostring(key), meant))
    end
  end
  if options.each ~= nil and type(options.each) ~= "function" then
    mistake(("%s: 'each' must be a function of job and cell"):format(name))
  end
  local function count(key, least)
    local value = options[key]
    if value ~= nil and (math.type(value) ~= "integer" or value < least) then
      mistake(("%s: '%s' must be a whole number, %d or more (got %s)"):format(name, key, least, tostring(value)))
    end
  end
  count("concurrency", 1)
  count("retries", 0)
  return options
end

-- The job of a cell. What the same sweep has asked for before and what did not fail is not asked for again.
-- `attempt` is 0 for the cell as it is; a further one has a seed of its own where the cell has one, the same in every
-- run, so that it is paid once.
local function job_of(part, cell, attempt)
  local asked = part.asked[cell] or {}
  part.asked[cell] = asked
  local known = asked[attempt]
  if known and not cell.fresh and not (known.done and not known.ok) then return known end
  local request = cell
  if attempt > 0 then
    request = {}
    for key, value in pairs(cell) do request[key] = value end
    if request.seed then request.seed = part.reseed(("retry %d of %d"):format(attempt, request.seed)) end
  end
  asked[attempt] = ask(request, part.id)
  return asked[attempt]
end

-- Asks for a limited number of cells at once, and lets `each` judge what comes.
local function work(part, options)
  local cells, jobs, each = part.cells, part.jobs, options.each
  local next_cell, is_over, failure = 1, false, nil

  -- What `each` says of a job; an error of it, or a wrong answer, ends the sweep.
  local function judge(cell, job)
    -- A task of its own, because it keeps the traceback of what is raised.
    local judgement <close> = flux.spawn(each, job, cell)
    local answer = flux.await(judgement, { timeout = false })
    if judgement.status ~= "done" then
      failure = failure or judgement
      return "stop"
    end
    if answer ~= nil and answer ~= "retry" and answer ~= "stop" then
      part.wrong = part.wrong or ("flux.sweep: 'each' must return nothing, \"retry\" or \"stop\" (got %s)"):format(
        type(answer) == "string" and '"' .. answer .. '"' or tostring(answer))
      return "stop"
    end
    return answer
  end

  -- A cell that cannot be asked for ends it for all: neither can those behind it.
  local guard = setmetatable({}, { __close = function(_, err) is_over = is_over or err ~= nil end })

  local function worker()
    local _ <close> = guard
    while next_cell <= #cells and not is_over do
      local number = next_cell
      next_cell = number + 1
      local cell, attempt = cells[number], 0
      repeat
        jobs[number] = job_of(part, cell, attempt)
        settle(jobs[number])
        -- Who was given a job has seen it.
        if each then flux.await(jobs[number], { timeout = false }) end
        local has_failed = failure or part.wrong
        local verdict = each and not has_failed and judge(cell, jobs[number])
        if verdict == "stop" then is_over = true end
        attempt = attempt + 1
      until is_over or verdict ~= "retry" or attempt > (options.retries or 3)
    end
  end

  -- Who cancels this task cancels its workers.
  local workers <close> = setmetatable({}, { __close = function(all)
    for _, one in ipairs(all) do one:cancel() end
  end })
  for index = 1, math.min(options.concurrency or flux.config().concurrency, #cells) do
    workers[index] = flux.spawn(worker)
  end
  for _, one in ipairs(workers) do
    local _, err = flux.await(one, { timeout = false })
    if err then failure = failure or one end
  end
  -- Asked once more, so that it is this error's traceback that goes on.
  if failure then
    local _, err = flux.await(failure, { timeout = false })
    error(err, 0)
  end
  if part.wrong then error(part.wrong, 0) end
end

-- Nothing can stop it, so all are asked for at once.
local function wait_for_all(part) settle(part.jobs) end

--- Asks for all cells. `part.jobs` fills with their jobs.
--- @return userdata task ends when all have ended that were asked for
function flux.ask_all(part, options, name)
  options = checked(options, name)
  local axes = {}
  for index, axis in ipairs(part.shown) do axes[index] = { name = axis.name, labels = axis.labels } end
  part.id = note(part.title, part.summary, axes, part.draws_seeds)
  part.jobs = {}
  for number = 1, #part.cells do part.jobs[number] = false end
  if options.each or options.concurrency then return flux.spawn(work, part, options) end
  for number, cell in ipairs(part.cells) do part.jobs[number] = job_of(part, cell, 0) end
  return flux.spawn(wait_for_all, part)
end
