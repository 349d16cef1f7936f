-- Repaints one part of a picture: where the mask is white it is repainted, where the mask is black it stays.
-- usage: fluxlua replace_sign.lua [PICTURE MASK [PROMPT]]
-- Without a picture, one is made first; without a mask, the sign is taken to be above the middle.

local image, mask = arg[1], arg[2]
local prompt = arg[3] or "A hand-painted sign that says 'open', white on green"

if not image then
  image = assert(flux.await(flux.generate {
    prompt = "A small shop front in a quiet street at dusk, a sign above the door",
    seed = 7, resolution = "1MP", output_format = "png",
  }))
  print("before", flux.save(image, "out/sign/before.{ext}"))
end

mask = mask or flux.mask(image, { rect = { 30, 25, 40, 20 } }, { unit = "%", feather = 6 })
local edited = flux.edit { image = image, mask = mask, prompt = prompt, seed = 7, output_format = "png" }
print("after", flux.save(edited, "out/sign/after.{ext}"))
