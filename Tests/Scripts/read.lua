-- flux.read gives the request back from a picture, as flux.generate takes it.
for _, format in ipairs { "png", "jpg", "webp" } do
  local job = flux.generate {
    model = "flux-2-pro", prompt = "a \"red\" fox,\nin snow: 여우", seed = 7, resolution = "0.5MP",
    output_format = format,
  }
  local path = flux.save(job, "out/fox.{ext}")
  local request, program = flux.read(path)
  print(path, program, request.model, request.seed, request.resolution, request.prompt == job.prompt)
  print(request.output_format, #flux.sweep(request))
end

-- An edit tells the files that it was made from.
local mask = flux.mask("out/fox.png", { rect = { 0, 0, 50, 50 } }, { unit = "%", file = "out/mask.png" })
local edit = flux.edit { image = "out/fox.png", mask = mask, prompt = "a hare", seed = 3, output_format = "png" }
local again = flux.read(flux.save(edit, "out/hare.png"))
print(again.image, again.mask, again.mode, #flux.sweep(again))

-- What tells nothing is nil and why.
print(flux.read("out/mask.png"))
print(select(2, flux.read("none.png")).kind, select(2, flux.read("read.lua")).message)
print(pcall(flux.read, 7))

--[[ stdout
out/fox.png	fluxlua	flux-2-pro	7	0.5MP	true
png	1
out/fox.jpg	fluxlua	flux-2-pro	7	0.5MP	true
jpg	1
out/fox.webp	fluxlua	flux-2-pro	7	0.5MP	true
webp	1
out/fox.png	out/mask.png	inpaint	1
nil	out/mask.png does not say how it was made
io	read.lua: not a PNG, JPEG, WebP or GIF picture
false	read.lua:22: flux.read: expected the path of a picture (got 7)
]]
--[[ stderr
…local service…
]]
