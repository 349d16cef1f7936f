-- A gallery is a folder with a page. It is there at once, and is kept up while jobs are under way.
local function data(folder)
  local file <close> = assert(io.open(folder .. "/gallery.json"))
  return flux.json.decode(file:read("a"))
end

local sweep = flux.sweep {
  model = "flux-1.1-pro", prompt = { "a red mug", "[sim fail:reason=out_of_clay] a mug" }, seed = { 1, 2 },
  width = 256, height = 256,
}
local result = sweep:start()
print(result:gallery("mugs", { title = "Mugs" }))
print(data("mugs").running, data("mugs").pictures[1].status == "COMPLETED")
flux.await(result)
print(result.failed)

-- Of a list of jobs and images; what is done needs no waiting.
print(flux.gallery({ result.jobs[1], { result.jobs[2].images[1] } }, "some/folder/"))
local some = data("some/folder")
print(some.title, some.running, #some.pictures, #some.axes)
for _, picture in ipairs(some.pictures) do
  print(picture.prompt, picture.seed, picture.width, io.open("some/folder/" .. picture.thumb) ~= nil)
end

-- Mistakes are told before anything is written.
local function try(...) print(select(2, pcall(flux.gallery, ...))) end
try("mugs", "folder")
try(result)
try({ 1 }, "folder")
try({ { "x" } }, "folder")
try(result, "folder", { titel = "x" })
try(result, "folder", { copy = "hard" })
print(io.open("folder"))

--[[ stdout
mugs/index.html
true	false
2
some/folder/index.html
folder	false	2	0
a red mug	1	256	true
a red mug	2	256	true
gallery.lua:26: flux.gallery: expected a list of jobs or the result of a sweep, got string
gallery.lua:26: flux.gallery: expected the name of a folder such as "mugs" (got nil)
gallery.lua:26: flux.gallery: expected jobs or images, but item 1 is a number
gallery.lua:26: flux.gallery: expected jobs or images, but item 1 is a string
gallery.lua:26: flux.gallery: unknown option 'titel' (did you mean 'title'?)
gallery.lua:26: flux.gallery: 'copy' must be "link" or "copy" (got "hard")
nil	folder: No such file or directory	2
]]
--[[ stderr
…local service…
]]
