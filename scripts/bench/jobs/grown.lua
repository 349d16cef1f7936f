-- A sweep of so many cells, each saved; so many of them are new, and the others are there.   grown.lua CELLS NEW
flux.config { concurrency = 200, first_look = 0 }
local result = flux.sweep { model = "flux-2-pro", prompt = "bench", seed = flux.seeds(tonumber(arg[1])) }:run()
assert(#result:save("out/{seed}.jpg") == #result)
local new = 0
for _, job in ipairs(result.jobs) do
  if not job.reused then new = new + 1 end
end
assert(new == tonumber(arg[2]), new .. " cells were new")
