-- A task for each of a hundred thousand lines; those that have ended leave nothing behind.
local before
for line = 1, 100000 do
  flux.spawn(function() flux.sleep(0) return line end)
  if line == 20000 then before = collectgarbage("count") end
end
assert(collectgarbage("count") < before + 8192)
