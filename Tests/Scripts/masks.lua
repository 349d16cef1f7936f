-- A mask says where flux.edit paints anew. flux.mask makes one without an image editor, as large as the picture.
local photo = flux.generate {
  model = "flux-1.1-pro", prompt = "a red mug on a table", width = 320, height = 256, seed = 1, output_format = "png",
}
local mug = flux.save(photo, "mug.{ext}")

-- In pixels from the upper left corner; several shapes add up.
print(flux.mask(mug, { rect = { 40, 60, 120, 100 } }))
print(flux.mask(mug, { { ellipse = { 100, 120, 60, 50 } }, { polygon = { { 200, 20 }, { 300, 20 }, { 250, 90 } } } }))
-- In hundredths of width and height, with an edge that fades, of a job; the name may be yours.
local round = flux.mask(photo, { ellipse = { 50, 50, 30, 40 } }, { unit = "%", feather = 12, file = "round.png" })
-- The same shapes are the same mask: nothing is written twice, and an edit with it is recognised.
print(round, flux.mask(mug, { ellipse = { 50, 50, 30, 40 } }, { unit = "%", feather = 12, file = "round.png" }))
-- Everything but that.
local around = flux.mask(mug, { ellipse = { 50, 50, 30, 40 } }, { unit = "%", invert = true, file = "around.png" })

for _, mask in ipairs { round, around } do
  local edited = flux.edit { image = photo, mask = mask, prompt = "a blue bowl", seed = 5, output_format = "png" }
  local _, path = assert(flux.await(edited)), flux.save(edited, "edited.{ext}")
  print(path, edited.images[1].width, edited.images[1].height)
end

-- What would be paid in vain is an error before anything is sent.
print(pcall(flux.mask, mug, { rect = { 400, 60, 120, 100 } }))
print(pcall(flux.mask, mug, { rectangel = { 40, 60, 120, 100 } }))
local small = flux.mask({ width = 32, height = 24 }, { rect = { 4, 4, 8, 8 } })
print(small, pcall(flux.edit, { image = mug, mask = small, prompt = "a blue bowl" }))

--[[ stdout
out/mug-mask.png
out/mug-mask-2.png
round.png	round.png
edited.png	320	256
edited-2.png	320	256
false	masks.lua:24: flux.mask: the shape lies outside the picture, which is 320 × 256
false	masks.lua:25: flux.mask: unknown shape 'rectangel' (did you mean 'rect'?)
out/mask-32x24.png	false	masks.lua:27: flux.edit: mask: out/mask-32x24.png is 32 × 24, but the picture is 320 × 256;…
]]
--[[ stderr
…local service…
]]
