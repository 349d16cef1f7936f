-- The same as jobs.lua, and each picture is saved under a name of its own, as every script does it.
flux.config { concurrency = 200, first_look = 0 }
local jobs = {}
for seed = 1, tonumber(arg[1]) do
  jobs[seed] = flux.generate { model = "flux-2-pro", prompt = "bench", seed = seed }
end
assert(#flux.save(jobs, "out/{seed}.jpg") == #jobs)
