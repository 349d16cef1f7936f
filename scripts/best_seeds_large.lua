-- Many seeds, small and cheap; then those that you like again at 4 MP. The second run pays for the large ones only.
-- usage: fluxlua best_seeds_large.lua [PROMPT [SEED...]]     (first without seeds; then with those you like)

local prompt = arg[1] or "A cabin by a mountain lake"
local small = flux.sweep { model = "flux-2-pro", prompt = prompt, resolution = "0.5MP", seed = flux.seeds(6) }:run()
print(small:sheet("out/seeds/small.jpg", { columns = "seed", rows = {}, cell = 256, title = prompt })[1])

local liked = {}
for index = 2, #arg do liked[#liked + 1] = tonumber(arg[index]) end
if #arg == 0 then liked = { 3 } end

for _, seed in ipairs(liked) do
  local large = flux.generate { model = "flux-2-pro", prompt = prompt, resolution = "4MP", seed = seed }
  print(flux.save(large, "out/seeds/{seed}-4MP.{ext}"))
end
