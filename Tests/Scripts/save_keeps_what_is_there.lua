-- A file with other content is never written over, unless you say so; one with the same content is left as it is.
local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end
local function ask(seed)
  return flux.generate { model = "flux-1.1-pro", prompt = "a mug", seed = seed, width = 256, height = 256 }
end

local one, two = ask(1), ask(2)
assert(io.open("mug.jpg", "w")):write("my own notes"):close()

print(flux.save(one, "mug.{ext}"))
print(flux.save(two, "mug.{ext}"))
print(flux.save(one, "mug.{ext}"))
print(read("mug.jpg"), read("mug-2.jpg") == read("mug-3.jpg"))

print(flux.save(two, "mug.{ext}", { overwrite = true }))
print(read("mug.jpg") == read("mug-3.jpg"))

-- Pictures of one call never replace each other.
print(table.concat(flux.save({ one, two }, "both.{ext}", { overwrite = true }), " "))

--[[ stdout
mug-2.jpg
mug-3.jpg
mug-2.jpg
my own notes	false
mug.jpg
true
both.jpg both-2.jpg
]]
--[[ stderr
…local service…
]]
