-- The rest of the family is asked for like the main models.
local jobs = {
  flux.generate { model = "flux-2-dev", prompt = "a fox", seed = 1, width = 256, height = 256, go_fast = true },
  flux.generate { model = "flux-2-flex", prompt = "a fox", seed = 1, width = 256, height = 320, guidance = 4.5 },
  flux.generate { model = "flux-2-max", prompt = "a fox", seed = 1, resolution = "0.5MP", output_format = "png" },
  flux.generate { model = "flux-lora", prompt = "a fox", seed = 1, loraId = "my-style", num_outputs = 2 },
}
for _, job in ipairs(flux.await(jobs)) do
  print(job.model, job.ok, #job.images, job.images[1].format, job.cost)
end
print(select(2, pcall(flux.generate, { model = "flux-lora", prompt = "a fox" })))
print(select(2, pcall(flux.generate, { model = "flux-2-max", prompt = "a fox", loraId = "my-style" })))

-- Any other model of the service: what stands in params goes out as it is, under the key that the model wants, and the
-- service checks it. Local pictures are given by flux.upload(path), pictures of jobs by the job.
local function ask(model, params)
  return flux.generate { model = model, params_key = "fluxParams", params = params, prompt = "a fox" }
end
local job = assert(ask("flux-1.1-pro", { seed = 7, width = 256, height = 256, image_prompt = jobs[1] }):await())
print(job.model, job.seed, job.params.width, job.ok)

local _, err = ask("flux-1.1-pro", { seed = "seven" }):await()
print(err.kind, err)
print(err.details["fluxParams.seed"])
print(select(2, ask("flux-9", {}):await()))
print(select(2, pcall(flux.generate, { model = "flux-9", prompt = "a fox" })))
print(select(2, pcall(flux.generate, { model = "flux-9", params_key = "p", prompt = "a fox", seed = 7 })))

--[[ stdout
flux-2-dev	true	1	jpg	10
flux-2-flex	true	1	jpg	10
flux-2-max	true	1	png	10
flux-lora	true	2	jpg	20
other_models.lua:11: flux.generate: flux-lora needs 'loraId' (the trained style to apply)
other_models.lua:12: flux.generate: unknown parameter 'loraId' for flux-2-max (it belongs to flux-lora)
flux-1.1-pro	7	256	true
invalid	the service refused the request: Validation failed: fluxParams.seed: 'seed' must be a whole number (got "seven")
'seed' must be a whole number (got "seven")
the service refused the request: Validation failed: model: Invalid model 'flux-9', expected one of …
other_models.lua:26: flux.generate: unknown model 'flux-9'…
other_models.lua:27: flux.generate: 'seed' does not go beside 'params_key': put the model's parameters into 'params'
]]
--[[ stderr
…local service…
]]
