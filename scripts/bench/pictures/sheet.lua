-- A contact sheet of so many pictures of a megapixel, ten in a row.   sheet.lua COUNT SHEET [PATTERN]
-- With a pattern they are made and saved under it; without one all of them must be in the ledger.
local jobs, new = {}, 0
for seed = 1, tonumber(arg[1]) do
  jobs[seed] = flux.generate {
    model = "flux-2-pro", prompt = "a red fox in the snow at dawn", seed = seed, resolution = "1MP",
  }
end
flux.await(jobs)
for _, job in ipairs(jobs) do
  if not job.reused then new = new + 1 end
end
if arg[3] then
  assert(#flux.save(jobs, arg[3]) == #jobs)
else
  assert(new == 0, new .. " pictures were made again")
end
flux.sheet(jobs, arg[2], { columns = 10, cell = 384, quality = 90 })
