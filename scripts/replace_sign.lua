-- Repaints one part of a picture, here the sign above a door: white of the mask is made anew, black stays as it is.
-- usage: fluxlua replace_sign.lua [PICTURE [PROMPT [X Y WIDTH HEIGHT]]]     (the place in hundredths of the picture)
-- Without a picture, one is made first.

local image = arg[1]
local prompt = arg[2] or "A hand-painted sign that says 'open', white on green"
local x, y, width, height = table.unpack(arg, 3, 6)
local place = { tonumber(x or 25), tonumber(y or 16), tonumber(width or 50), tonumber(height or 22) }

if not image then
  local shop = flux.generate {
    prompt = "A small shop front in a quiet street at dusk, a sign above the door",
    seed = 7, resolution = "1MP", output_format = "png",
  }
  image = flux.save(shop, "out/sign/before.{ext}")
  print("before", image)
end

local mask = flux.mask(image, { rect = place }, { unit = "%", feather = 12, file = "out/sign/mask.png" })
print("mask", mask)
local edited = flux.edit { image = image, mask = mask, prompt = prompt, seed = 7, output_format = "png" }
print("after", flux.save(edited, "out/sign/after.{ext}"))
