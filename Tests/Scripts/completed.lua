-- flux.completed gives each job or task as it ends, in the order in which they end, failed ones too.
local first, second
local third = flux.spawn(function()
  second:await()
  return "third"
end)
second = flux.spawn(function()
  first:await()
  error("second broke")
end)
first = flux.spawn(function()
  flux.sleep(0)
  return "first"
end)

for task in flux.completed { third, second, first } do print(task.status, task:await()) end

-- Several tasks may share one: each job goes to one of them.
local jobs = {}
for seed = 1, 4 do
  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = seed, width = 256, height = 256 }
end
local queue, count, sum = flux.completed(jobs), { 0, 0 }, 0
flux.map({ 1, 2 }, function(worker)
  for job in queue do
    count[worker] = count[worker] + 1
    sum = sum + job.seed
  end
end)
print(count[1] + count[2], sum, queue())

for _ in flux.completed {} do print("never") end

--[[ stdout
done	first
failed	nil	completed.lua:9: second broke
done	third
4	10	nil
]]
--[[ stderr
…local service…
]]
