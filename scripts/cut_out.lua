-- Cuts the subjects out of pictures: a PNG with transparency of each, made larger first if you like.
-- usage: fluxlua cut_out.lua [FACTOR] [PICTURE…]
-- Without a picture, a mug is made first.

local factor = tonumber(arg[1])
local pictures = table.move(arg, factor and 2 or 1, #arg, 1, {})
if #pictures == 0 then
  pictures[1] = flux.generate { prompt = "A red mug on a plain white table", seed = 4, resolution = "0.5MP" }
end

local jobs = {}
for i, picture in ipairs(pictures) do
  local large = picture
  if factor then large = flux.upscale(picture, { upscale_factor = factor, output_format = "png", seed = 1 }) end
  local name = type(picture) == "string" and picture:match("([^/]+)%.%w+$") or "mug"
  jobs[i] = flux.remove_background(large, { name = name })
end

for job in flux.completed(jobs) do
  if job.ok then
    local cut = job.images[1]
    print(("%-12s %4d x %-4d  %s"):format(job.name, cut.width, cut.height, flux.save(job, "out/cut/{name}.png")))
  else
    print(("%-12s failed: %s"):format(job.name, job.error.message))
  end
end
