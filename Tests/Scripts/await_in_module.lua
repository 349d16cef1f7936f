-- A module may wait while it is loaded, and so may what requires it; it is still loaded once.
local function module(name, source)
  assert(io.open(name .. ".lua", "w")):write(source):close()
end

module("palette", [[
  print("loading", ...)
  flux.sleep(0)
  local job = assert(flux.await(flux.generate {
    model = "flux-1.1-pro", prompt = "colours", seed = 1, width = 256, height = 256,
  }))
  return { width = job.images[1].width }
]])
module("broken", [[
  flux.sleep(0)
  error("it broke")
]])

print(require("palette").width, select(2, require "palette") == nil)
print(require("palette") == package.loaded.palette)
print((select(2, pcall(require, "broken")):gsub("^.*broken.lua", "broken.lua")))
print(package.loaded.broken)

-- One that is there already, and one that stands in package.preload.
package.preload.ready = function(name, place)
  flux.sleep(0)
  return name .. " from " .. place
end
print(require "ready")

--[[ stdout
loading	palette	./palette.lua
256	true
true
broken.lua:2: it broke
nil
ready from :preload:	:preload:
]]
--[[ stderr
…local service…
]]
