-- A name that does not exist is an error that says what was probably meant.
local job = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = 1, width = 256, height = 256 }
assert(job:await())
local task = flux.spawn(print, "a task")
task:await()

local function refused(f, ...)
  local _, err = pcall(f, ...)
  print(err.message)
end

refused(function() return job.promt end)
refused(function() return job.images[1].widht end)
refused(function() return task.stauts end)
refused(function() job.seed = 2 end)
refused(flux.generate, { prompt = "x", outputFromat = "png" })
refused(flux.config, { modle = "flux-2-pro" })
refused(flux.save, job, "{sede}.{ext}")
-- At once: nobody waits for a job to learn of it.
local late = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = 2, width = 256, height = 256 }
refused(flux.save, { job, late }, "{sede}.{ext}")
print(late.done)
refused(flux.save, job, "a.{ext}", { overwrit = true })
refused(flux.await, job, { timout = 1 })

--[[ stdout
a task
a job has no field 'promt' (did you mean 'prompt'?)
an image has no field 'widht' (did you mean 'width'?)
a task has no field 'stauts' (did you mean 'status'?)
a job cannot be changed (setting 'seed')
flux.generate: unknown parameter 'outputFromat' for flux-2-pro (did you mean 'output_format'?)
flux.config: unknown setting 'modle' (did you mean 'model'?)
flux.save: unknown placeholder 'sede' in the file pattern (did you mean 'seed'?)
flux.save: unknown placeholder 'sede' in the file pattern (did you mean 'seed'?)
false
flux.save: unknown option 'overwrit' (did you mean 'overwrite'?)
flux.await: unknown option 'timout' (did you mean 'timeout'?)
]]
--[[ stderr
…local service…
]]
