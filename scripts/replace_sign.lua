-- Repaints one part of a picture: white of the mask is made anew, black stays as it is.
-- usage: fluxlua replace_sign.lua [PICTURE MASK [PROMPT]]
-- Without a picture, one is made first, and the mask beside this script is used.

local here = arg[0]:match("^(.*/)") or ""
local image, mask = arg[1], arg[2] or here .. "sign_mask.png"
local prompt = arg[3] or "A hand-painted sign that says 'open', white on green"

if not image then
  image = assert(flux.await(flux.generate {
    prompt = "A small shop front in a quiet street at dusk, a sign above the door",
    seed = 7, resolution = "1MP", output_format = "png",
  }))
  print("before", flux.save(image, "out/sign/before.{ext}"))
end

local edited = flux.edit { image = image, mask = mask, prompt = prompt, seed = 7, output_format = "png" }
print("after", flux.save(edited, "out/sign/after.{ext}"))
