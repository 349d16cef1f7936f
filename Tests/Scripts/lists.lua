-- flux.range and flux.seeds make lists for loops: a sweep is a loop in a loop.
print(table.concat(flux.range(1, 5), " "))
print(table.concat(flux.range(0, 1, 0.25), " "))
print(table.concat(flux.range(10, 0, -5), " "))
print(flux.range(0, 1, 0.1)[4] == 0.3, #flux.range(1, 0))
print(table.concat(flux.seeds(4), " "), table.concat(flux.seeds(3, 100), " "))

local requests = {}
for _, strength in ipairs(flux.range(0.2, 0.8, 0.3)) do
  for _, seed in ipairs(flux.seeds(2)) do
    requests[#requests + 1] = {
      prompt = "a mug", image_prompt = "https://example.com/mug.png", image_prompt_strength = strength, seed = seed,
    }
  end
end
print(#requests, flux.estimate(requests))

local function refused(f) print(select(2, pcall(f))) end
refused(function() flux.range(1) end)
refused(function() flux.range("1", 8) end)
refused(function() flux.range(1, 8, 0) end)
refused(function() flux.range(0, 1, 1e-9) end)
refused(function() flux.seeds(2.5) end)
refused(function() flux.seeds(3, "7") end)

--[[ stdout
1 2 3 4 5
0.0 0.25 0.5 0.75 1.0
10 5 0
true	0
1 2 3 4	100 101 102
6	60	60
lists.lua:19: flux.range: the last must be a number, as in flux.range(1, 8) (got nil)
lists.lua:20: flux.range: the first must be a number, as in flux.range(1, 8) (got "1")
lists.lua:21: flux.range: the step must not be 0
lists.lua:22: flux.range: from 0 to 1 in steps of 1e-09 is more than a million numbers
lists.lua:23: flux.seeds: how many must be a whole number from 0 to 1000000 (got 2.5)
lists.lua:24: flux.seeds: the first must be a whole number (got "7")
]]
--[[ stderr
…local service…
]]
