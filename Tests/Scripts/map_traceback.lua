-- What flux.map raises still tells where it came from, also when others failed after it.
local function mix(colour)
  flux.sleep(colour == "red" and 0 or 0.01)
  error("no " .. colour)
end

flux.map({ "red", "green", "blue" }, function(colour)
  mix(colour)
  return colour
end, { concurrency = 2 })

-- exit status: 1
--[[ stderr
fluxlua: map_traceback.lua:4: no red
stack traceback:
	[C]: in function 'error'
	map_traceback.lua:4: in upvalue 'mix'
	map_traceback.lua:8: in function <map_traceback.lua:7>
	(...tail calls...)
	[C]: in function 'error'
	map_traceback.lua:7: in main chunk
]]
