-- A model shoot-out: the same prompt and seed on several models, as one contact sheet.
-- usage: fluxlua compare_models.lua [PROMPT]

local result = flux.sweep {
  model = { "flux-1.1-pro", "flux-1.1-pro-ultra", { "flux-2-pro", resolution = "1MP", label = "flux-2-pro, 1 MP" } },
  prompt = arg[1] or "A lighthouse on a cliff at sunset, gentle waves",
  seed = { 42, 43 },
  aspect_ratio = "16:9",
}:run()

for _, path in ipairs(result:save("out/compare/{model}-{seed}.{ext}")) do print(path) end
for _, path in ipairs(result:sheet("out/compare/sheet.png", { columns = "model", rows = "seed" })) do print(path) end
