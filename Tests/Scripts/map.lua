-- flux.map calls a function for every item at the same time and keeps the order of the results.
local before = {}
local results = flux.map({ "a", "b", "c" }, function(item, index)
  -- The last goes first.
  before[index] = flux.spawn(function()
    while index < 3 and not (before[index + 1] and before[index + 1].done) do flux.sleep(0.001) end
  end)
  before[index]:await()
  return item .. index
end)
print(table.concat(results, " "))

-- No more than so many at once.
local running, most = 0, 0
flux.map({ 1, 2, 3, 4, 5 }, function()
  running = running + 1
  most = math.max(most, running)
  flux.sleep(0.001)
  running = running - 1
end, { concurrency = 2 })
print("at most", most)

-- One error never stops the others; it is raised when all have ended.
local seen = {}
print(pcall(flux.map, { 1, 2, 3 }, function(n)
  flux.sleep(0)
  if n == 1 then error("one is wrong") end
  seen[#seen + 1] = n
end))
print(table.concat(seen, " "))

print(#flux.map({}, error))
print(pcall(flux.map, { 1 }, print, { concurrency = 0 }))
print(pcall(flux.map, { 1 }, print, { concurency = 1 }))
print(pcall(flux.map, { 1 }, print, 5))
print(pcall(flux.map, nil, print))
print(pcall(flux.map, { 1 }, 5))

--[[ stdout
a1 b2 c3
at most	2
false	map.lua:27: one is wrong
2 3
0
false	flux.map: 'concurrency' must be a whole number, 1 or more (got 0)
false	flux.map: unknown option 'concurency' (there is only 'concurrency')
false	flux.map: expected options such as { concurrency = 4 }, got number
false	flux.map: expected a list, got nil
false	flux.map: expected a function after the list, got number
]]
