-- So many jobs of small pictures, all of them kept: 400 on their way at a time, as nobody waits for an answer.
--   fluxlua growth.lua JOBS
local count = tonumber(arg[1])
flux.config { concurrency = 400, first_look = 0.02 }
local jobs = {}
for seed = 1, count do
  jobs[seed] = flux.generate {
    model = "flux-1.1-pro", prompt = "a fox", seed = seed, width = 256, height = 256, output_quality = 10,
  }
end
local _, failures = flux.await(jobs)
for _, job in ipairs(jobs) do
  if job.error then error(failures .. " jobs failed, the first with: " .. tostring(job.error)) end
end
