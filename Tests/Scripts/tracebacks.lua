-- A traceback goes through coroutines, and through a task to where it was spawned.
local function inner() error("deep") end
local generator = coroutine.wrap(function() inner() end)

flux.spawn(function()
  generator()
end)

-- exit status: 1
--[[ stderr
fluxlua: a task failed: tracebacks.lua:6: tracebacks.lua:2: deep
stack traceback:
	[C]: in function 'error'
	tracebacks.lua:2: in upvalue 'inner'
	tracebacks.lua:3: in function <tracebacks.lua:3>
	[C]: in upvalue 'generator'
	tracebacks.lua:6: in function <tracebacks.lua:5>
	tracebacks.lua:5: spawned here
]]
