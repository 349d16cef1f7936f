-- flux.upload gives the URL of a local picture, good for an hour or so; one content is uploaded once. Most scripts do
-- not need it, because a file may stand wherever a picture is asked for.
local fox = flux.generate { model = "flux-1.1-pro", prompt = "a fox", seed = 1, width = 256, height = 256 }
local path = flux.save(fox, "fox.{ext}")

local url = flux.upload(path)
print(url:match("^http"), url == flux.upload(path))
local like = flux.generate { model = "flux-1.1-pro", prompt = "an owl", image_prompt = url, width = 256, height = 256 }
print(assert(like:await()).ok)

print(select(2, pcall(flux.upload, "no-such.png")))
print(select(2, pcall(flux.upload, "upload.lua")))

--[[ stdout
http	true
true
upload.lua:11: flux.upload: no such file: no-such.png
upload.lua:12: flux.upload: not a PNG, JPEG, WebP or GIF picture: upload.lua
]]
--[[ stderr
…local service…
]]
