-- A job tells what was asked at once, and the rest as it becomes known. Reading never waits.
local job = flux.generate {
  model = "flux-1.1-pro", prompt = "a matte black mug", seed = 7, name = "mug",
  width = 256, height = 320, output_format = "webp", image_prompt_strength = 0.25,
}
print(job.model, job.prompt, job.seed, job.name)
print(job.params.width, job.params.output_format, job.params.image_prompt_strength, job.params.seed)
print(({ PENDING = true, QUEUED = true, PROCESSING = true })[job.status], job.done, job.ok, job.error, #job.images)
print(job.cost, job.completed_at, job.elapsed, job.reused)

print(job:await() == job)
print(#job.id, job.status, job.progress, job.done, job.ok, job.error, #job.images, job.cost, job.reused)
print(job.completed_at > job.created_at, job.elapsed > 0)
print(tostring(job):gsub("%x%x%x%x%x%x%x%x", "12345678", 1))

local image = job.images[1]
print(image.format, image.width, image.height, image.url:match("%.webp$"), image == job.images[1])
print(io.open(image.path, "rb"):read(4))

-- A job can be a table's key.
print(({ [job] = "the mug" })[flux.await { job }[1]])

--[[ stdout
flux-1.1-pro	a matte black mug	7	mug
256	webp	0.25	nil
true	false	false	nil	0
nil	nil	nil	false
true
36	COMPLETED	100	true	true	nil	1	10	false
true	true
job 12345678 flux-1.1-pro seed=7 COMPLETED	1
webp	256	320	.webp	true
RIFF
the mug
]]
--[[ stderr
…local service…
]]
