-- So many jobs, 200 in flight, each looked at as soon as it is accepted; their pictures are on disk when it ends.
flux.config { concurrency = 200, first_look = 0 }
local jobs = {}
for seed = 1, tonumber(arg[1]) do
  jobs[seed] = flux.generate { model = "flux-2-pro", prompt = "bench", seed = seed }
end
local _, failures = flux.await(jobs)
assert(failures == 0, failures .. " jobs failed")
