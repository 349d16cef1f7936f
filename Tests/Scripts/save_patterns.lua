-- File names are made from a pattern; what a placeholder stands for never leaves the folder.
local job = flux.generate {
  model = "flux-1.1-pro", prompt = "../a mug: matte/black", seed = 7, name = "shelf 2", width = 256, height = 320,
  output_format = "png",
}

print(flux.save(job, "a/{name}/{seed:04}-{index:03}.{ext}"))
print(flux.save(job, "a/{prompt:8}_{width}x{height}.{ext}"))
print(flux.save(job, "a/{prompt}.{ext}"))
print(flux.save(job, "a/{model}-{output_format}-{output_quality}-{raw}-{n}.{ext}"))
print(flux.save(job, "a/{{seed}}.{ext}"))
print((flux.save(job, "a/{date} {time}.{ext}"):gsub("%d", "0")))
print((flux.save(job, "a/folder/"):gsub("%x%x%x%x%x%x%x%x", "12345678", 1)))
print((flux.save(job):gsub("%x%x%x%x%x%x%x%x", "12345678", 1)))
flux.config { out = "b" }
print((job:save():gsub("%x%x%x%x%x%x%x%x", "12345678", 1)))
print(flux.save(job.images[1], "c.{ext}"))

print(flux.save(flux.generate {
  model = "flux-1.1-pro", prompt = "x", seed = false, width = 256, height = 256,
}, "d-{seed}-{name}.{ext}"))

--[[ stdout
a/shelf 2/0007-001.png
a/_a mug_256x320.png
a/_a mug_ matte_black.png
a/flux-1.1-pro-png-90-false-4.png
a/{seed}.png
a/0000-00-00 00-00-00.png
a/folder/flux-1.1-pro-7-12345678.png
out/flux-1.1-pro-7-12345678.png
b/flux-1.1-pro-7-12345678.png
c.png
d-random-.jpg
]]
--[[ stderr
…local service…
]]
