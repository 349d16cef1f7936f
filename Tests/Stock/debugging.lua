-- Levels, hooks and tracebacks of the main program and of coroutines are those of stock Lua.
for level = 0, 4 do
  local info = debug.getinfo(level, "Snl")
  print(level, info and info.what, info and info.namewhat, info and info.currentline)
end
print(debug.traceback("from the main chunk"))
print(debug.traceback("from a level", 2))

local function deep(n)
  if n > 0 then return (deep(n - 1)) end
  coroutine.yield()
  error("deep down")
end
local co = coroutine.create(deep)
coroutine.resume(co, 3)
print(debug.traceback(co))
print(debug.traceback(co, "a message", 2))
print(debug.getinfo(co, 1, "n").name, debug.getlocal(co, 1, 1))
debug.setlocal(co, 1, 1, 99)
print(coroutine.resume(co))
print(debug.traceback(co, "dead"))

local events = {}
debug.sethook(function(event, line) events[#events + 1] = event .. (line and "@" .. line or "") end, "crl")
local _ = math.abs(-1)
coroutine.wrap(function() local unseen = 1 return unseen end)()
pcall(error, "seen")
debug.sethook()
print(table.concat(events, " "))
print(debug.gethook())

local traced = {}
co = coroutine.create(function()
  coroutine.yield(1)
  return 2
end)
debug.sethook(co, function(event) traced[#traced + 1] = event end, "crl")
repeat until not coroutine.resume(co)
print(table.concat(traced, " "), debug.gethook(co) ~= nil, debug.gethook())

print(xpcall(function() error("handled") end, function(m) return debug.traceback(m, 1) end))
print(xpcall(error, error))
local handled = 0
print(xpcall(function() local function f() return 1 + f() end return f() end, function(m)
  handled = handled + 1
  return m:match("stack overflow")
end), handled)

print(debug.getinfo(1, "S").short_src, debug.getinfo(coroutine.resume, "S").what, debug.getinfo(print, "u").isvararg)
print(type(debug.getregistry()), debug.getregistry()[2] == _G, type(debug.getregistry()[1]))

local seen
setmetatable({}, { __gc = function() seen = debug.getinfo(1, "n").namewhat end })
repeat local _ = {} until seen
print(seen)
