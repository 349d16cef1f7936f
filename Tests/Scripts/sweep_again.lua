-- What a sweep has asked for it does not ask for again: run once more, it has the same jobs, but for those that failed.
local sweep = flux.sweep { prompt = { "a mug", "[sim fail] a cup" }, seed = { 1, 2 } }
local once, again = sweep:run(), sweep:run()
print(#once, once.failed, again.failed, once.jobs[1] == again.jobs[1], once.jobs[3] == again.jobs[3])
print(select(3, sweep:estimate()))

-- A seed that is drawn for "retry" is the same one each time, so that it too is paid once.
local function judge(job) if job.seed == 1 then return "retry" end end
local first = sweep:run { each = judge, retries = 1 }
print(first.jobs[1].seed ~= 1, first.jobs[1] == sweep:run({ each = judge, retries = 1 }).jobs[1])

-- Sweeps of one script hold one seed, unless they are the same in all words; wanted fresh, each run has its own.
local function seed_of(spec) return flux.sweep(spec):cells()().seed end
local held = seed_of { prompt = "a fox" }
print(held == seed_of { prompt = "a cat" }, held == seed_of { prompt = "a fox" })
print(held == seed_of { prompt = "a dog", fresh = true })

-- What was stopped holds false; pick leaves it out, and its axes have only the values that are left.
local stopped = flux.sweep { prompt = "a pear", seed = flux.seeds(9) }:run {
  concurrency = 1, each = function(job) if job.seed == 3 then return "stop" end end,
}
local odd = stopped:pick(function(job) return job.seed % 2 == 1 end)
print(stopped, odd, table.concat(odd.axes[1].labels, " "), odd:place(2)[1], odd:at({ seed = 3 }).seed)

-- Who cancels the task that runs a sweep stops the sweep.
local running = flux.spawn(function()
  flux.sweep { prompt = "a plum", seed = flux.seeds(50) }:run { concurrency = 1, each = function() flux.sleep(60) end }
end)
flux.sleep(0)
running:cancel()
print(running.status)

-- An error of `each` comes back from flux.await, and from what needs the whole result.
local failing = flux.sweep { prompt = "a mug", seed = 1 }:start { each = function() error("no clay") end }
print(flux.await(failing))
print(pcall(failing.save, failing))

--[[ stdout
4	2	2	true	false
2
true	true
true	false
false
result of 9 cells, 3 done, 6 not requested	result of 2 cells, 2 done	1 3	2	3
cancelled
nil	sweep_again.lua:34: no clay
false	sweep_again.lua:34: no clay
]]
--[[ stderr
…local service…
]]
