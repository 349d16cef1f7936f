-- Who cancels the caller of flux.map cancels its workers, and a cancelled consumer takes nothing along.
local done = 0
local mapping = flux.spawn(function()
  flux.map({ 1, 2, 3, 4, 5, 6 }, function() flux.sleep(0.01) done = done + 1 end, { concurrency = 1 })
end)
flux.sleep(0)
mapping:cancel()
flux.sleep(0.05)
print("done", done)

local tasks = {}
for i = 1, 3 do tasks[i] = flux.spawn(function() flux.sleep(0.01 * i) return i end) end
local each = flux.completed(tasks)
local impatient = flux.spawn(function() return each() end)
flux.sleep(0)
impatient:cancel()
local count = 0
for _ in each do count = count + 1 end
print("seen", count)

--[[ stdout
done	0
seen	3
]]
