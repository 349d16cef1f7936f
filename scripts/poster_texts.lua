-- A poster with several texts: which of them does the model draw well?
-- usage: fluxlua poster_texts.lua [TEXT...]

local texts = #arg > 0 and { table.unpack(arg) } or { "Summer Jazz", "Jazz in the Park", "Night of Jazz" }
local prompts = {}
for index, text in ipairs(texts) do
  prompts[index] = { ("A festival poster with the words \"%s\", a saxophone, two colours"):format(text), label = text }
end

local result = flux.sweep {
  model = "flux-2-pro", resolution = "0.5MP", aspect_ratio = "3:4", prompt = prompts, seed = flux.seeds(2),
}:run()

for _, path in ipairs(result:save("out/poster/{prompt}-{seed}.{ext}")) do print(path) end
print(result:sheet("out/poster/sheet.png", { columns = "prompt", rows = "seed", theme = "dark" })[1])
