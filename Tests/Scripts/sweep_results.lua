-- The jobs of a sweep are found by their coordinates, picked, saved under the names of their axes, and drawn as sheets.
local sweep = flux.sweep {
  model = "flux-1.1-pro", prompt = flux.vary("a red mug", { red = { "red", { "blue", label = "deep/blue" } } }),
  seed = { 5, 6, 7 }, width = 256, height = 256,
}
local result = sweep:run()
print(result, #result, result.failed)
print(result:at({ seed = 6, red = "blue" }).prompt, result:at({ seed = 6, red = "deep/blue" }).seed)
-- By value, else by label, else by place: 1 is no seed here, so it is the first one.
print(result:at({ seed = 1, red = 2 }).seed)

local blue = result:pick(function(_, cell) return cell.red == "blue" end)
print(#blue, table.concat(blue:save("out/{red}-{seed}.{ext}"), " "))
print(table.concat(result:sheet("mugs.png", { columns = "seed", cell = 64 }), " "))
print(table.concat(result:sheet("mugs.webp", { columns = { "red", "seed" }, rows = {}, cell = 64 }), " "))

-- sweep:start gives the result at once. `each` judges what comes: "retry" makes one with another seed, "stop" sends no
-- more.
local tried = 0
local function judge(job)
  tried = tried + 1
  if job.seed == 5 then return "retry" end
end
local again = sweep:start { each = judge, concurrency = 1 }
print(flux.await(again) == again, tried, again:at({ red = "red", seed = 5 }).seed ~= 5, again.failed)

local stopped = flux.sweep { prompt = "a mug", seed = flux.seeds(20) }:run {
  concurrency = 1, each = function(job) if job.seed == 3 then return "stop" end end,
}
print(stopped, stopped.jobs[3].ok, stopped.jobs[4])
print(table.concat(stopped:sheet("stopped.png", { cell = 64 }), " "))

-- Failed jobs stay in their places.
local failing = flux.sweep { prompt = { "a mug", "[sim moderated] a mug" }, seed = 1 }:run()
print(failing.failed, failing:at({ prompt = 2 }).error.kind, #failing:save("failing/{seed}.{ext}"))

-- An error of `each` is raised when what is under way has ended.
print(pcall(sweep.run, sweep, { each = function() error("no more clay") end, concurrency = 1 }))
print(pcall(sweep.run, sweep, { each = function() return "again" end }))

--[[ stdout
result of 6 cells, 6 done	6	0
a blue mug	6
5
3	out/deep_blue-5.jpg out/deep_blue-6.jpg out/deep_blue-7.jpg
mugs.png
mugs.webp
true	8	true	0
result of 20 cells, 3 done, 17 not requested	true	false
stopped.png
1	moderated	1
false	sweep_results.lua:38: no more clay
false	sweep_results.lua:39: flux.sweep: 'each' must return nothing, "retry" or "stop" (got "again")
]]
--[[ stderr
…local service…
]]
