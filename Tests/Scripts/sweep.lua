-- Eight jobs are in flight together; each picture is saved once it is done.
local flux = require "flux"

local jobs = {}
for seed = 1, 8 do
  jobs[seed] = flux.generate { prompt = "a mug on marble", seed = seed, resolution = "0.5MP" }
end

local saved = {}
for job in flux.completed(jobs) do
  assert(job.ok and job.done and job.status == "COMPLETED" and job.progress == 100)
  saved[job.seed] = flux.save(job, "out/{seed}.{ext}")
end
print(table.concat(saved, " "))

-- The same again is the same files: nothing is written twice.
local again = flux.await(jobs)
print(flux.save(again[3], "out/{seed}.{ext}"))

--[[ stdout
out/1.jpg out/2.jpg out/3.jpg out/4.jpg out/5.jpg out/6.jpg out/7.jpg out/8.jpg
out/3.jpg
]]
--[[ stderr
fluxlua: no APIFRAME_API_KEY: using the local service, which draws stand-in pictures; nothing is paid
]]
