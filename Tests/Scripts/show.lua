-- flux.show puts pictures into the terminal; where there is none, as here, it does nothing but check what it is given.
local job = flux.generate { model = "flux-1.1-pro", prompt = "a mug", seed = 1, width = 256, height = 256 }
print(flux.show(job))
print(flux.show { job, false })
print(flux.show(flux.save(job, "mug.png")))
print(pcall(flux.show, 7))
print(pcall(flux.show, "none.png"))

--[[ stdout



false	show.lua:6: flux.show: expected a job, an image, a file or a list of them, got number
false	show.lua:7: flux.show: no such file: none.png
]]
--[[ stderr
…local service…
]]
