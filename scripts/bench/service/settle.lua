-- N jobs; prints how many succeeded and how many pictures are on disk.
local jobs, succeeded, pictures = {}, 0, 0
for seed = 1, tonumber(arg[1]) do
  jobs[seed] = flux.generate { model = "flux-2-pro", prompt = "bench", seed = seed, resolution = "0.5MP" }
end
for job in flux.completed(jobs) do
  if job.ok then
    succeeded = succeeded + 1
    for _, image in ipairs(job.images) do
      local file = assert(io.open(image.path, "rb"))
      if file:seek("end") > 0 then pictures = pictures + 1 end
      file:close()
    end
  else
    io.stderr:write(tostring(job.error), "\n")
  end
end
print(succeeded, pictures)
