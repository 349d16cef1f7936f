-- Settings for all that follows. Reading gives them all; a wrong one changes nothing.
print(flux.inspect(flux.config()))
print(flux.config { out = "pictures", model = "flux-1.1-pro", concurrency = 2 }.out)

-- The model is that of requests that name none, where it fits the call.
local job = flux.generate { prompt = "a mug", seed = 1, width = 256, height = 256 }
print(job.model, (flux.save(job):gsub("%x%x%x%x%x%x%x%x", "12345678", 1)))
local edit = flux.edit { image = job, outpaint = "Make square", prompt = "x" }
print(edit.model, edit:await() == edit)

print(pcall(flux.config, { concurrency = 0, out = "elsewhere" }))
print(pcall(flux.config, { out = "elsewhere", retires = 1 }))
print(pcall(flux.config, "pictures"))
print(flux.config().out, flux.config().concurrency)
print(require "flux" == flux)

--[[ stdout
{ concurrency = 100, metadata = true, out = "out", retries = 4 }
pictures
flux-1.1-pro	pictures/flux-1.1-pro-1-12345678.jpg
flux-fill-pro	true
false	config.lua:11: flux.config: 'concurrency' must be a whole number from 1 to 10000 (got 0)
false	config.lua:12: flux.config: unknown setting 'retires' (did you mean 'retries'?)
false	config.lua:13: flux.config: expected a table such as { out = "pictures" }, got string
pictures	2
true
]]
--[[ stderr
…local service…
]]
