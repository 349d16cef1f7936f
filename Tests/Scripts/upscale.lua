-- A picture made larger, and one without its background. Both take the picture first, and are jobs like any other.
local mug = flux.generate { model = "flux-1.1-pro", prompt = "a red mug", seed = 7, width = 256, height = 320 }

local large = assert(flux.upscale(mug, { upscale_factor = 4, seed = 1 }):await())
local picture = large.images[1]
print(large.model, large.prompt == "", picture.width, picture.height, picture.format, large.cost)

local clarity = flux.upscale {
  model = "clarity-upscale", image = mug, scale_factor = 2, prompt = "sharp", output_format = "webp",
}
print(clarity:await().images[1].width, clarity.images[1].format, clarity.prompt, clarity.cost)

local path = flux.save(mug, "mug.{ext}")
local cut = assert(flux.remove_background(path):await())
print(cut.model, cut.images[1].width, cut.images[1].height, cut.images[1].format, cut.seed)
print(flux.save(cut, "cut/{name}-{seed}.{ext}"))

local white = flux.remove_background(cut, { model = "851-bg-remove", background_type = "white", format = "jpg" })
print(white:await().images[1].format)

-- A list of pictures goes through flux.map, and a sweep takes these models too.
print(#flux.map({ mug, path }, flux.remove_background))
local sweep = flux.sweep { model = "clarity-upscale", image = mug, scale_factor = { 1, 2 }, seed = 3 }
print(#sweep, sweep:estimate())
for cell, job in sweep:run():cells() do print(cell.scale_factor, job.images[1].width) end
print(flux.estimate { model = "topaz-image-upscale", image = path, upscale_factor = 2 })

--[[ stdout
topaz-image-upscale	true	1024	1280	jpg	5
512	webp	sharp	10
bria-bg-remove	256	320	png	nil
cut/…-random.png
jpg
2
2	20	20	0
1	256
2	512
5	10
]]
--[[ stderr
…local service…
]]
