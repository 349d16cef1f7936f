-- Variations of one idea overnight: new ones each day, and never more credits than you set.
-- usage: fluxlua nightly_variations.lua [CREDITS]

flux.config { budget = tonumber(arg[1] or 40) }
local today = os.date("%Y-%m-%d")
local prompts = flux.prompts("A {clay|paper|glass|knitted} {fox|hare|owl} in {1-2$$ and $$snow|fog|moonlight}", {
  count = 6, seed = tonumber((today:gsub("-", ""))),
})

local jobs = {}
for index, prompt in ipairs(prompts) do
  jobs[index] = flux.generate { model = "flux-2-pro", resolution = "0.5MP", prompt = prompt, seed = index }
end
flux.await(jobs)

local made = {}
for _, job in ipairs(jobs) do
  if job.ok then
    made[#made + 1] = job
    print(flux.save(job, "out/nightly/" .. today .. "/{prompt:50}.{ext}"))
  elseif job.error.kind ~= "budget" then
    print("failed: " .. job.error.message)
  end
end
if #made > 0 then print(flux.sheet(made, "out/nightly/" .. today .. "/sheet.jpg", { title = today })[1]) end
