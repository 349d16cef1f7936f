-- A wait may have a limit. What was waited for goes on, and can be awaited again.
local released = false
local slow = flux.spawn(function()
  while not released do flux.sleep(0.001) end
  return "slow but sure"
end)

local result, err = flux.await(slow, { timeout = 0.01 })
print(result, err.kind, err)
print(err.hint)
print(slow:await { timeout = 0 })
print(flux.await({ slow, slow }, { timeout = 0 }))
print(flux.any({ slow }, { timeout = 0 }))

released = true
print(slow:await { timeout = math.huge })

-- The same for a job, which is paid all the same.
local job = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = 1, width = 256, height = 256 }
print(select(2, job:await { timeout = 0 }).kind, job.done)
print(assert(job:await()).done)

-- One limit for all waits that name none; false and math.huge take it back.
flux.config { timeout = 0 }
local never <close> = flux.spawn(flux.sleep, 1000)
print(flux.await(never))
flux.config { timeout = math.huge }
print(flux.config().timeout)

--[[ stdout
nil	timeout	not done after 0.01 s
it is still running, and jobs are paid for either way; await again to get the result
nil	not done after 0 s
nil	not done after 0 s
nil	not done after 0 s
slow but sure
timeout	false
true
nil	not done after 0 s
nil
]]
--[[ stderr
…local service…
]]
