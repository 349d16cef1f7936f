-- What a task raises arrives as `nil, err`, whatever kind of value it is.
local function raising(value)
  return flux.spawn(function()
    flux.sleep(0)
    error(value)
  end)
end

local raised = { code = 7 }
local result, err = flux.await(raising(raised))
print(result, err == raised, err.code)
print(flux.await(raising("words")))
print(flux.await(raising(42)))
print(flux.await(raising(nil)))

-- It can be asked for again.
local task = raising("kept")
print(task:await())
print(task:await())
print(task.status, task.done, task.error)

-- With assert it goes on to whoever called, from task to task.
print(select(2, pcall(function() return assert(raising(raised):await()) end)) == raised)
print(select(2, flux.spawn(function() return assert(raising(raised):await()) end):await()) == raised)

--[[ stdout
nil	true	7
nil	task_errors.lua:5: words
nil	42
nil	nil
nil	task_errors.lua:5: kept
nil	task_errors.lua:5: kept
failed	true	task_errors.lua:5: kept
true
true
]]
