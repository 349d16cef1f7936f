-- Gives a portrait room to breathe: the same picture on a larger canvas, once for each way to extend it.
-- usage: fluxlua widen_portrait.lua [PICTURE [PROMPT]]
-- Without a picture, a portrait is made first.

local image = arg[1] or flux.generate {
  prompt = "Portrait of a woman with a red scarf, soft window light",
  seed = 3, aspect_ratio = "3:4", resolution = "0.5MP",
}
local prompt = arg[2] or "The same room, softly out of focus"

local jobs = {}
for i, outpaint in ipairs { "Make square", "Left outpaint", "Right outpaint", "Zoom out 1.5x" } do
  jobs[i] = flux.edit { image = image, outpaint = outpaint, prompt = prompt, seed = 3, name = outpaint }
end

for job in flux.completed(jobs) do
  if job.ok then
    local wide = job.images[1]
    print(("%-15s %4d x %-4d  %s"):format(
      job.name, wide.width, wide.height, flux.save(job, "out/portrait/{name}.{ext}")))
  else
    print(("%-15s failed: %s"):format(job.name, job.error.message))
  end
end
