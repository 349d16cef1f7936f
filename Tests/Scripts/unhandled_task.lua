-- An error that nobody awaits is reported when the script ends, with the way back to where the task was spawned.
local function work(what)
  flux.sleep(0)
  error(what .. " broke")
end

flux.spawn(function() work("the lamp") end)
flux.spawn(error, { kind = "odd", message = "of my own" })

-- This one was told of, so it is not reported again.
local told = flux.spawn(work, "the vase")
print(told:await())

--[[ stdout
nil	unhandled_task.lua:4: the vase broke
]]
--[[ stderr
fluxlua: a task failed: …
…fluxlua: a task failed: unhandled_task.lua:4: the lamp broke
stack traceback:
	[C]: in function 'error'
	unhandled_task.lua:4: in upvalue 'work'
	unhandled_task.lua:7: in function <unhandled_task.lua:7>
	unhandled_task.lua:7: spawned here
]]
-- exit status: 1
