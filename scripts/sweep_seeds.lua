-- One prompt, a range of seeds, keep what worked.
-- usage: fluxlua sweep_seeds.lua [PROMPT [FIRST [LAST]]]

local prompt = arg[1] or "A cozy home office, warm afternoon light"
local first, last = tonumber(arg[2] or 1), tonumber(arg[3] or 8)

local jobs = {}
for seed = first, last do
  jobs[#jobs + 1] = flux.generate { model = "flux-2-pro", prompt = prompt, seed = seed }
end

for job in flux.completed(jobs) do
  if job.ok then
    print(job.seed, flux.save(job, "out/{seed}.{ext}"))
  else
    print(job.seed, "failed: " .. job.error.message)
  end
end
