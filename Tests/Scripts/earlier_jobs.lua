-- A job's id finds it again, in this run or a later one; flux.jobs lists what was asked for, newest first.
local function ask(prompt, seed)
  return flux.generate { model = "flux-1.1-pro", prompt = prompt, seed = seed, width = 256, height = 256 }
end
local first = assert(ask("a fox", 1):await())
ask("please fail", 2):await()
ask("an owl", 3):await()

print(flux.job(first.id) == first)
for _, job in ipairs(flux.jobs {}) do print(job.seed, job.prompt, job.status, job.ok) end
print(#flux.jobs { status = "failed" }, #flux.jobs { model = "flux-2-pro" }, #flux.jobs { limit = 2 })
print(#flux.jobs { since = "1h" }, #flux.jobs { since = "2026-03-15" }, #flux.jobs { since = first.created_at - 60 })

-- A job that the service does not know can happen to a good script; a wrong id or a wrong option is a mistake in it.
local job, err = flux.job "b2c3d4e5-0000-4000-8000-000000000000"
print(job, err.kind, err)
print(err.hint)
print(select(2, pcall(flux.job, "the first")))
print(select(2, pcall(flux.jobs, { stauts = "failed" })))
print(select(2, pcall(flux.jobs, { status = "done" })))
print(select(2, pcall(flux.jobs, { since = "last week" })))

-- options: --fault fail:prompt=please
--[[ stdout
true
3	an owl	COMPLETED	true
2	please fail	FAILED	false
1	a fox	COMPLETED	true
1	0	2
3	3	3
nil	invalid	the service knows no job b2c3d4e5-0000-4000-8000-000000000000
it may belong to another API key
earlier_jobs.lua:18: flux.job: expected the id of a job, such as "b2c3d4e5-…", or its first 4 …(got "the first")
earlier_jobs.lua:19: flux.jobs: unknown option 'stauts' (did you mean 'status'?)
earlier_jobs.lua:20: flux.jobs: 'status' must be one of PENDING, QUEUED, PROCESSING, COMPLETED, FAILED, CANCELLED (got "done")
earlier_jobs.lua:21: flux.jobs: 'since' must be seconds since 1970, a day such as "2026-03-15" or …(got "last week")
]]
--[[ stderr
…local service…
]]
