-- An error may be any value, also one that contains itself; a script may return such a one.
local problem = setmetatable({}, { __tostring = function() return "a problem of its own" end })
problem.self = problem

print(select(2, flux.spawn(function() error(problem) end):await()) == problem)
flux.spawn(function() error(problem) end)
return problem

-- exit status: 1
--[[ stdout
true
]]
--[[ stderr
fluxlua: a task failed: a problem of its own
stack traceback:
	[C]: in function 'error'
	error_with_itself.lua:6: in function <error_with_itself.lua:6>
	error_with_itself.lua:6: spawned here
]]
