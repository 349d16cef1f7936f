-- Of a list, the jobs come back in order, failed ones too, and how many failed; one failure never stops the others.
local jobs = {}
for seed, prompt in ipairs { "a fox", "please fail", "an owl" } do
  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256 }
end

local results, failed = flux.await(jobs)
print(#results, failed)
for _, job in ipairs(results) do print(job.prompt, job.ok, job.status, job.error and job.error.kind) end

local job, err = jobs[2]:await()
print(job, err)
print(err.kind, err.job == jobs[2], err.job.seed)

-- With assert, or when saving, a failed job raises.
print(select(2, pcall(function() return assert(jobs[2]:await()) end)).kind)
local ok, raised = pcall(flux.save, jobs, "out/{seed}.{ext}")
print(ok, raised.kind, raised.job == jobs[2], io.open("out/1.jpg"))

-- options: --fault fail:prompt=please
--[[ stdout
3	1
a fox	true	COMPLETED	nil
please fail	false	FAILED	failed
an owl	true	COMPLETED	nil
nil	the job failed: The model could not make this picture
failed	true	2
failed
false	failed	true	nil	out/1.jpg: No such file or directory	2
]]
--[[ stderr
…local service…
]]
