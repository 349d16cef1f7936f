-- A mascot, then the same one in several poses: each is made from the first picture.
-- usage: fluxlua mascot_set.lua [PICTURE]
-- Without a picture, the mascot is made first.

local mascot = arg[1]
if not mascot then
  local first = flux.generate {
    prompt = "A round orange fox mascot, flat colours, white background", seed = 5, resolution = "0.5MP",
  }
  mascot = flux.save(first, "out/mascot/mascot.{ext}")
  print(mascot)
end

local result = flux.sweep {
  model = "flux-2-flex", width = 512, height = 512, seed = 5,
  prompt = flux.vary("The same mascot, waving", { waving = { "waving", "reading", "running", "asleep" } }),
  input_images = { { mascot } },
}:run()

for _, path in ipairs(result:save("out/mascot/{waving}.{ext}")) do print(path) end
print(result:sheet("out/mascot/set.png", { columns = "waving", title = "Mascot" })[1])
