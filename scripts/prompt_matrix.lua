-- Every combination of the words of a template, each as a picture with its prompt under it.
-- usage: fluxlua prompt_matrix.lua [TEMPLATE]

local template = arg[1] or "A {red|blue} sailboat on a {calm|stormy} sea, {morning mist|evening sun}"
local prompts = flux.prompts(template, { mode = "all", max = 100 })

local jobs = {}
for index, prompt in ipairs(prompts) do
  jobs[index] = flux.generate { model = "flux-2-pro", resolution = "0.5MP", prompt = prompt, seed = 21 }
end

flux.await(jobs)
for _, job in ipairs(jobs) do
  if job.ok then print(flux.save(job, "out/matrix/{prompt:60}.{ext}")) end
end
print(flux.sheet(jobs, "out/matrix/sheet.png", { columns = 4, label = { "prompt" }, title = template })[1])
