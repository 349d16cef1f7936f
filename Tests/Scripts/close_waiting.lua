-- A coroutine that waits can be closed: its wait is over, its `<close>` variables run, innermost first, and whoever
-- resumed it goes on, because resuming it has failed.
local function closing(name) return setmetatable({}, { __close = function() print("closed " .. name) end }) end

local waiting = coroutine.create(function()
  local outer <close> = closing("outer") -- luacheck: ignore
  coroutine.wrap(function()
    local inner <close> = closing("inner") -- luacheck: ignore
    flux.sleep(1000)
  end)()
end)
local holder = flux.spawn(function()
  print(coroutine.resume(waiting))
  flux.sleep(0)
  return "the task goes on"
end)
flux.sleep(0)
print(coroutine.status(waiting))
print(coroutine.close(waiting), coroutine.status(waiting))
print(holder:await())

-- Through wrap, the failure is an error like any other.
local thread
local wrapped = flux.spawn(function()
  coroutine.wrap(function()
    thread = coroutine.running()
    flux.sleep(1000)
  end)()
end)
flux.sleep(0)
coroutine.close(thread)
print(wrapped:await())

-- A task itself is no coroutine that a script could close: it is cancelled.
local task_thread
local task = flux.spawn(function()
  task_thread = coroutine.running()
  flux.sleep(1000)
end)
flux.sleep(0)
print(pcall(coroutine.close, task_thread))
task:cancel()
print(task.status)

--[[ stdout
normal
closed inner
closed outer
true	dead
false	the coroutine was closed while it waited
the task goes on
nil	close_waiting.lua:25: the coroutine was closed while it waited
false	cannot close a normal coroutine
cancelled
]]
