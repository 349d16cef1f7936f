-- What can happen to a good script comes back as nil, err; saving a failed job raises.
local job, err = flux.await(flux.generate { prompt = "please fail", seed = 5 })
print(job, err.kind, err.job.status)
print(err)

local ok, raised = pcall(flux.save, err.job)
print(ok, raised.kind)
print(raised)

-- options: --fault fail:prompt=please
--[[ stdout
nil	failed	FAILED
…
false	failed
failed_job.lua:6: flux.save: job … flux-2-pro seed=5 FAILED: …
]]
--[[ stderr
…local service…
]]
