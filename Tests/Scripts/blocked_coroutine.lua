-- A coroutine that something resumes where Lua cannot wait cannot wait either, and says so; no later wait is disturbed.
print(pcall(table.sort, { 2, 1 }, function()
  local ok, message = coroutine.resume(coroutine.create(function() flux.sleep(0.01) end))
  print(ok, message)
  error("enough", 0)
end))

local task = flux.spawn(function() flux.sleep(0.02) return "whole" end)
print(task:await())

--[[ stdout
false	blocked_coroutine.lua:3: cannot wait inside …, where Lua cannot suspend; wait before it and use what came back
false	enough
whole
]]
