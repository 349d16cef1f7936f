-- Of a list, the paths come as a list, in its order; it may hold jobs, pictures and lists.
local jobs = {}
for seed = 1, 3 do
  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "a mug", seed = seed, width = 256, height = 256 }
end

local paths = flux.save(jobs, "out/{seed}.{ext}")
print(#paths, table.concat(paths, " "))
print(table.concat(flux.save({ jobs[3].images[1], { jobs[1] } }, "out/{n}.{ext}"), " "))
print(#flux.save({}, "out/{seed}.{ext}"))

-- What cannot be saved is refused before anything is written.
print(pcall(flux.save, { jobs[1], "picture.jpg" }, "new/{seed}.{ext}"))
print(pcall(flux.save, nil, "new/{seed}.{ext}"))
print(pcall(flux.save, jobs, "new/{seed"))
print(io.open("new/1.jpg"))

--[[ stdout
3	out/1.jpg out/2.jpg out/3.jpg
out/4.jpg out/5.jpg
0
false	save_lists.lua:13: flux.save: expected a job, an image or a list of them, got string
false	save_lists.lua:14: flux.save: expected a job, an image or a list of them, got nil
false	save_lists.lua:15: flux.save: '{' without '}' in the file pattern "new/{seed"
nil	new/1.jpg: No such file or directory	2
]]
--[[ stderr
…local service…
]]
