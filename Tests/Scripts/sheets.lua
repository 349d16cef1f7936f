-- A contact sheet shows what came of many jobs, with failed ones and why. What does not fit on a page goes on the next.
local jobs = {}
for seed = 1, 5 do
  jobs[seed] = flux.generate { model = "flux-1.1-pro", prompt = "a mug", seed = seed, width = 256, height = 256 }
end
jobs[6] = flux.generate { prompt = "[sim fail:reason=out_of_clay] a mug", seed = 6 }

local function size(path)
  local file <close> = assert(io.open(path, "rb"))
  return string.unpack(">I4I4", file:read(24), 17)
end

local paths = flux.sheet(jobs, "mugs/all.png", { columns = 3, cell = 200, gap = 10, label = false })
print(#paths, paths[1], size(paths[1]))

-- Images of jobs, one job, and an empty place work too; a label says what the author wants.
local function label(job) return job and "seed " .. job.seed end
print(flux.sheet({ jobs[1].images[1], false, jobs[2] }, "some.jpg", { label = label, theme = "dark" })[1])
print(flux.sheet(jobs[1], "one.webp", { label = { "seed", "width" } })[1])

-- A sheet is drawn anew when the script runs again: it takes the place of the older one.
print(flux.sheet(jobs, "mugs/all.png", { columns = 2, cell = 100 })[1])

-- Mistakes are told before anything is drawn.
local function try(...) print(select(2, pcall(flux.sheet, ...))) end
try(jobs, "sheet.gif")
try(jobs, "sheet.png", { colums = 3 })
try(jobs, "sheet.png", { cell = 5 })
try(jobs, "sheet.png", { theme = "blue" })
try(jobs, "mugs")
print(io.open("sheet.png"))

--[[ stdout
1	mugs/all.png	640	442	25
some.jpg
one.webp
mugs/all.png
sheets.lua:25: flux.sheet: the file's name must end in .png, .jpg or .webp (got "sheet.gif")
sheets.lua:25: flux.sheet: unknown option 'colums' (did you mean 'columns'?)
sheets.lua:25: flux.sheet: 'cell' must be a whole number from 16 to 4096 (got 5)
sheets.lua:25: flux.sheet: 'theme' must be "light" or "dark" (got "blue")
sheets.lua:25: flux.sheet: the file's name must end in .png, .jpg or .webp (got "mugs")
nil	sheet.png: No such file or directory	2
]]
--[[ stderr
…local service…
]]
