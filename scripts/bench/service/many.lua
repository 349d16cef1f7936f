-- N jobs in flight, from the first look on watched as long as they run; prints a line when all are accepted.
local count = tonumber(arg[1])
flux.config { concurrency = count, first_look = 1 }
local jobs = {}
for seed = 1, count do
  jobs[seed] = flux.generate { model = "flux-2-pro", prompt = "bench", seed = seed, resolution = "0.5MP" }
end
for _, job in ipairs(jobs) do
  while not job.id do
    assert(not job.done, "a job failed")
    flux.sleep(0.05)
  end
end
io.stdout:setvbuf("line")
print("accepted")
flux.await(jobs)
