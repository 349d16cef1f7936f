-- Local files stand wherever a picture is asked for; they are uploaded.
local function small(request)
  request.model, request.width, request.height, request.output_format = "flux-1.1-pro", 256, 256, "png"
  return request
end

local photo = flux.save(flux.generate(small { prompt = "a shop front", seed = 1 }), "refs/photo.{ext}")
local mask = flux.save(flux.generate(small { prompt = "a mask", seed = 2 }), "refs/mask.{ext}")
print(photo, mask)

local jobs = {
  flux.generate(small { prompt = "in the style of this", seed = 3, image_prompt = photo, image_prompt_strength = 0.8 }),
  flux.edit { image = photo, mask = mask, prompt = "a green sign", seed = 3, output_format = "png" },
  flux.edit { image = photo, outpaint = "Make square", prompt = "the street", seed = 3 },
  flux.generate { model = "flux-2-dev", prompt = "both", input_images = { photo, mask }, width = 256, height = 256 },
}
for _, job in ipairs(flux.await(jobs)) do
  print(job.ok, job.params.mode, job.params.image_prompt or job.params.image or #job.params.input_images)
end

--[[ stdout
refs/photo.png	refs/mask.png
true	nil	refs/photo.png
true	inpaint	refs/photo.png
true	outpaint	refs/photo.png
true	nil	2
]]
--[[ stderr
…local service…
]]
