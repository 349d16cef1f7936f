-- Trained styles: what there is, and a picture in one of them.
local ready
for _, lora in ipairs(flux.loras()) do
  print(lora.name, lora.status, lora.is_ready, lora.trigger_word, lora.image_count, math.type(lora.created_at))
  ready = ready or lora.is_ready and lora
end
print(#flux.loras { include_archived = true }, flux.loras(ready.id).name)

local style = { model = "flux-lora", loraId = ready.id, prompt = ready.trigger_word .. " waving", seed = 7 }
print(flux.await(flux.generate(style)).ok)

local training = flux.loras()[1]
print(select(2, flux.generate { model = "flux-lora", loraId = training.id, prompt = "a fox" }:await()))
local _, err = flux.loras("10000000-0000-4000-8000-00000000ffff")
print(err, err.hint)
print(select(2, pcall(flux.loras, { archived = true })))

--[[ stdout
Winter catalogue	TRAINING	false	WINTERCAT	24	float
House mascot	READY	true	MASCOT	18	float
Watercolour line	READY	true	AQUALINE	32	float
4	House mascot
true
…is not ready (TRAINING)
the service knows no LoRA 10000000-0000-4000-8000-00000000ffff	flux.loras() lists them
loras.lua:16: flux.loras: unknown option 'archived'
]]
--[[ stderr
…local service…
]]
