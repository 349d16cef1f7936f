-- One product on four backgrounds, in two lights: a sheet to choose from.
-- usage: fluxlua product_backgrounds.lua [PRODUCT]

local product = arg[1] or "A perfume bottle"
local result = flux.sweep {
  model = "flux-2-pro", resolution = "0.5MP", seed = 11,
  prompt = flux.vary(product .. " on marble, morning light", {
    marble = { "marble", "oak", "linen", "wet sand" },
    ["morning light"] = { "morning light", { "evening light, long shadows", label = "evening" } },
  }),
}:run()

for _, path in ipairs(result:save("out/product/{marble}-{morning light}.{ext}")) do print(path) end
print(result:sheet("out/product/sheet.png", { columns = "marble", rows = "morning light", title = product })[1])
