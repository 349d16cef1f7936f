-- The same prompt and seed on the three generate models, side by side in one folder.
-- usage: fluxlua compare_models.lua [PROMPT]

local prompt = arg[1] or "A lighthouse on a cliff at sunset, gentle waves"
local models = { "flux-2-pro", "flux-1.1-pro", "flux-1.1-pro-ultra" }

local jobs = {}
for i, model in ipairs(models) do
  jobs[i] = flux.generate { model = model, prompt = prompt, seed = 42, aspect_ratio = "16:9" }
end

for _, job in ipairs(flux.await(jobs)) do
  if job.ok then
    local image = job.images[1]
    print(("%-20s %4d x %-4d  %s credits  %s"):format(
      job.model, image.width, image.height, job.cost, flux.save(job, "out/compare/{model}.{ext}")))
  else
    print(("%-20s failed: %s"):format(job.model, job.error.message))
  end
end
