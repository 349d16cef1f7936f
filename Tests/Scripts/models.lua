-- The catalogue: what models there are, what they take and what they cost. Both lists are read by number and by name.
local models = flux.models()
for _, model in ipairs(models) do
  if model.model:find("^flux") or model.call ~= "generate" then
    print(model.model, model.call, model.cost.least .. " to " .. model.cost.most, #model.parameters)
  end
end
print(#models > 50)

local pro = models["flux-2-pro"]
print(pro.title, pro.params_key, pro.seconds)
for _, name in ipairs { "resolution", "image_prompt_strength", "output_quality", "prompt_upsampling" } do
  local parameter = pro.parameters[name]
  print(name, parameter.type, parameter.min, parameter.max, parameter.step, parameter.default)
end
print(table.concat(pro.parameters.resolution.values, " "))

-- Whose key it is, and what it can still pay.
local account = flux.account()
print(account.plan, account.credits, account.user)

--[[ stdout
flux-2-pro	generate	10 to 10	15
flux-1.1-pro	generate	10 to 10	15
flux-1.1-pro-ultra	generate	10 to 10	15
flux-fill-pro	edit	9 to 9	10
flux-2-dev	generate	10 to 10	15
flux-2-flex	generate	10 to 10	15
flux-2-max	generate	10 to 10	15
flux-lora	generate	10 to 10	8
topaz-image-upscale	upscale	5 to 10	8
clarity-upscale	upscale	10 to 10	10
bria-bg-remove	remove_background	10 to 10	2
851-bg-remove	remove_background	10 to 10	5
true
Flux 2 Pro	fluxParams	15
resolution	choice	nil	nil	nil	2MP
image_prompt_strength	number	0	1	0.05	0.5
output_quality	integer	0	100	nil	90
prompt_upsampling	boolean	nil	nil	nil	false
0.5MP 1MP 2MP 4MP match_input_image
simulated	100000	Simulated designer
]]
--[[ stderr
…local service…
]]
