-- pcall and xpcall wait like any other function, and catch what happens afterwards.
print(pcall(function(a, b)
  flux.sleep(0)
  return a, b
end, "one", "two"))

print(pcall(function()
  flux.sleep(0)
  error("after waiting")
end))

-- The handler sees the error where it was raised.
local function deep()
  flux.sleep(0)
  error("in deep")
end
local ok, trace = xpcall(deep, function(message)
  return debug.traceback(message, 1)
end)
print(ok, trace)

-- They nest.
print(pcall(pcall, pcall, function()
  flux.sleep(0)
  error("thrice", 0)
end))

--[[ stdout
true	one	two
false	await_in_pcall.lua:9: after waiting
false	await_in_pcall.lua:15: in deep
stack traceback:
…	await_in_pcall.lua:15: in function <await_in_pcall.lua:13>
…
true	true	false	thrice
]]
