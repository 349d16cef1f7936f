-- A job stands for its first picture and is awaited if need be, so steps can be written one after the other.
local portrait = flux.generate { model = "flux-1.1-pro", prompt = "a portrait", seed = 1, width = 256, height = 320 }
local wide = flux.edit { image = portrait, outpaint = "Make square", prompt = "the room", seed = 1 }
local again = flux.generate {
  model = "flux-1.1-pro", prompt = "the same at night", image_prompt = wide, seed = 1, width = 256, height = 256,
}
print(portrait.done, wide.done, again.done)
print(assert(again:await()).ok, portrait.ok, wide.ok, wide.images[1].width == wide.images[1].height)

-- A picture of a job that is there already.
print(assert(flux.await(flux.edit { image = portrait.images[1], outpaint = "Zoom out 2x", prompt = "more" })).ok)

-- When the first step fails, the second says so, and is not paid.
local broken = flux.generate { model = "flux-1.1-pro", prompt = "please fail", seed = 1 }
local edit = flux.edit { image = broken, outpaint = "Make square", prompt = "never" }
local job, err = edit:await()
print(job, err.kind, edit.id, edit.status, edit.cost)
print(broken:await())

-- options: --fault fail:prompt=please
--[[ stdout
false	false	false
true	true	true	true
true
nil	failed	nil	FAILED	nil
nil	the job failed: The model could not make this picture
]]
--[[ stderr
…local service…
]]
