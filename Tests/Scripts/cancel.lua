-- A task in a `<close>` variable ends with its scope, and so does what it was doing.
local function guarded(name)
  return setmetatable({}, { __close = function() print(name .. " let go") end })
end

do
  local task <close> = flux.spawn(function()
    local file <close> = guarded("file")
    local inner <close> = flux.spawn(function()
      local lamp <close> = guarded("lamp")
      flux.sleep(1000)
      print("never", lamp)
    end)
    flux.sleep(1000)
    print("never", file, inner)
  end)
  flux.sleep(0)
  flux.sleep(0)
  print(task.status)
end

-- By hand, and what its waiters are told.
local task = flux.spawn(flux.sleep, 1000)
local waiter = flux.spawn(function() return task:await() end)
flux.sleep(0)
task:cancel()
print(task.status, task.done)
local _, err = waiter:await()
print(err.kind, err)

-- An error that leaves the scope ends the task as well.
local kept
print(pcall(function()
  local mine <close> = flux.spawn(flux.sleep, 1000)
  kept = mine
  flux.sleep(0)
  error("out of here")
end))
print(kept.status)

-- Cancelling what has ended changes nothing.
local done = flux.spawn(function() return "result" end)
done:await()
done:cancel()
print(done.status, done:await())

-- A task cannot cancel itself.
local own
own = flux.spawn(function() own:cancel() end)
print(own:await())

--[[ stdout
running
lamp let go
file let go
cancelled	true
cancelled	the task was cancelled
false	cancel.lua:37: out of here
cancelled
done	result
nil	cancel.lua:49: a task cannot cancel itself: return, or raise an error
]]
